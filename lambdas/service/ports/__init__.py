"""What the service wants from outside, as narrowly as it uses it."""
