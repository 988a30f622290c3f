"""The checks of 'Better roads'."""
