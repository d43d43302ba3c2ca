"""A provider as the plugin the official engine starts and talks gRPC with."""
