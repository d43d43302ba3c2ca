"""The documents system on AWS."""
