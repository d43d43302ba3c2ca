"""Reviews, one function per route, and the watch that goes round them."""
