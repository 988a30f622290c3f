"""The course's pytest plugins; pyproject.toml loads them for every run, from whichever folder."""
