"""What runs in functions, by domain. Knows nothing of Pulumi or of the components."""
