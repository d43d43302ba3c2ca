"""The `pilaster` command: one file a subcommand, thin; what it does lives in `pilaster_local`."""

import sys

# Some machines set PYTHONDONTWRITEBYTECODE. The environment here is the project's own, and without
# bytecode every start would compile Pulumi's SDK again: three seconds, measured.
sys.dont_write_bytecode = False
