"""What holds for every test."""

import signal

# A job in the background of a shell ignores Ctrl-C, and so would everything that is started here.
signal.signal(signal.SIGINT, signal.default_int_handler)
