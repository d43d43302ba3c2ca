"""The domain's edges on AWS: decode, call, encode; and that cloud's adapters."""
