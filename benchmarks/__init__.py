"""How much time, memory and disk space the course takes."""
