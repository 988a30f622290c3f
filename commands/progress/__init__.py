"""Shows where a class is, from the outputs that the students' notebooks hold."""
