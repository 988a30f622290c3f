"""What makes the course's pages a website: extensions of Sphinx, which docs/site/conf.py names."""
