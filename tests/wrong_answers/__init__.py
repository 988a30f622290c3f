"""Typical wrong answers to the exercises, and the words that a student must be told."""
