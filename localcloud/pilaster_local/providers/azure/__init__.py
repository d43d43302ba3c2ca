"""Azure's provider for this machine."""
