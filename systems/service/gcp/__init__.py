"""The notes service on Google Cloud."""
