"""Right and wrong answers to the exercises: the checks must tell them apart."""
