"""Google Cloud's provider for this machine: every type is previewed, some are stood in for."""
