"""A real Valkey behind the emulator's serverless caches, with ElastiCache's login before it."""
