"""PostgreSQL, the same in all three clouds."""
