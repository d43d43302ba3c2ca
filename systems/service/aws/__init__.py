"""The notes service on AWS."""
