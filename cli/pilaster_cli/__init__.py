"""The `pilaster` command: one file a subcommand, thin; what it does lives in `pilaster_local`."""

import gc
import sys

# Some machines set PYTHONDONTWRITEBYTECODE. The environment here is the project's own, and without
# bytecode every start would compile Pulumi's SDK again: three seconds, measured.
sys.dont_write_bytecode = False

# Looking for cycles among the SDK's hundred thousand classes and annotations took a quarter of a
# preview and freed nothing: the command's memory is the same without.
gc.set_threshold(2_000_000, 50, 100)
