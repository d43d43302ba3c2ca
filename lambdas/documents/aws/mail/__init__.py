"""E-mail: telling a user, and whether to."""
