"""The pictures of 'A network that bends'."""
