"""Which types carry tags: those with a `tagsAll`, which the provider makes of tags and defaults.

`python -m pilaster_policies.taggable FOLDER` writes `taggable.txt` anew, from an installed
`pulumi_aws`.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".txt")
_TOKEN = re.compile(r'@pulumi\.type_token\("(aws:[^"]+)"\)')


@cache
def taggable() -> frozenset[str]:
    return frozenset(_FILE.read_text(encoding="utf-8").split())


def read(folder: Path) -> list[str]:
    """From the folder of `pulumi_aws`, whose files hold a resource each."""
    texts = (each.read_text(encoding="utf-8") for each in sorted(folder.glob("*/*.py")))
    return sorted({t for text in texts if "def tags_all" in text for t in _TOKEN.findall(text)})


if __name__ == "__main__":
    _FILE.write_text("\n".join(read(Path(sys.argv[1]))) + "\n", encoding="utf-8")
