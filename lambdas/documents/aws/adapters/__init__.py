"""The domain's ports, kept by AWS."""
