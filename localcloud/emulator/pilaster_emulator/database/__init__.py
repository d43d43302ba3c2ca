"""A real PostgreSQL behind the emulator's Aurora resources, and the login Aurora has in front of it."""
