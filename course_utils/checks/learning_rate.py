"""The checks of 'How far to step'."""
