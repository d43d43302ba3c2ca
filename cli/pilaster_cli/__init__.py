"""The `pilaster` command: one file a subcommand, thin; what it does lives in `pilaster_local`."""
