"""What CI proves."""
