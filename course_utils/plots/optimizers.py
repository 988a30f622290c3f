"""The pictures of 'Better roads'."""
