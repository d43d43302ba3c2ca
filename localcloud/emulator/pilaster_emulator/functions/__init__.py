"""Functions in processes of their own: what they see, how they are called, and when they end."""
