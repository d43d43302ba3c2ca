"""A stand-in for a language model's service, on this machine. It knows nothing and says so."""
