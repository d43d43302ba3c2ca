"""What the domain asks of the world outside, as narrow as each use case needs it.

One file per port or pair: a function's archive holds what it imports, and should not change with
a port it never uses.
"""
