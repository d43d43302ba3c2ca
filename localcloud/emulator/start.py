"""Run the emulator with what Pilaster adds to it: `python -I start.py <settings file>`.

A script and not `-m`, because `-I` keeps the working folder and the caller's variables out of
`sys.path`; the package beside this file is the only thing it adds.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pilaster_emulator.server import main

if __name__ == "__main__":
    main(Path(sys.argv[1]))
