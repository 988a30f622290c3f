"""The commands that course.py runs, a module each: `python -m commands.NAME` from the root."""
