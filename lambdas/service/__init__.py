"""Notes with tags and search, per user: one small service that runs in three clouds."""
