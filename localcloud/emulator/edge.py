"""Run the edge: `python -I edge.py <endpoint of the emulator> <socket with the buckets' objects>`.

A script and not `-m`, as `start.py` beside it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pilaster_emulator.edge.main import main

if __name__ == "__main__":
    main(endpoint=sys.argv[1], objects=Path(sys.argv[2]))
