"""The pictures of 'A project of your own'."""
