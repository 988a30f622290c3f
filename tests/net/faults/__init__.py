"""Does the net hold? A bank of small faults, each of which the tests have to notice."""
