"""What edges on Google Cloud need and no domain owns."""
