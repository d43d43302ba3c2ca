"""A real PostgreSQL behind the emulator's Aurora resources, with Aurora's login before it."""
