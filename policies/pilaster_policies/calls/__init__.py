"""Which AWS actions a function's code can call, read from its source. Nothing of it is run."""
