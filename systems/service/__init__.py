"""The notes service, the same in three clouds."""
