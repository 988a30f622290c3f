"""What course.py runs, one short module each: `python -m commands.NAME` from the root."""
