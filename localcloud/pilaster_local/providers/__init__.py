"""Resource providers for this machine: what a stack's resources become when there is no cloud."""
