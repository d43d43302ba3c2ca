"""What whoever runs `pulumi up` needs to be allowed."""
