"""The documents API, one function per route."""
