"""Tags: how many, how long, and which names are AWS's own.

Source: "Tagging AWS resources", the limits all services share.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.finding import Said, shown
from pilaster_local.providers.aws.values import UNKNOWN

_MOST = 50
_SIGNS = re.compile(r"[\w\s.:/=+@-]*")


_ANY_SIGN = ("aws:ec2/", "aws:vpc/", "aws:sqs/")
"""Services that take any sign in tags."""


def broken(token: str, inputs: Mapping[str, Any]) -> Said:
    for name in ("tags", "tagsAll"):
        tags = inputs.get(name)
        if isinstance(tags, Mapping) and not (name == "tagsAll" and tags == inputs.get("tags")):
            yield from _tags(name, tags, any_sign=token.startswith(_ANY_SIGN))


def _tags(name: str, tags: Mapping[str, Any], *, any_sign: bool) -> Said:
    if len(tags) > _MOST:
        yield name, f"{len(tags)} tags are too many: {_MOST} at most"
    for key, value in tags.items():
        path = f"{name}.{key}"
        if not 1 <= len(key) <= 128:
            yield path, f"a tag's name has 1 to 128 characters, not {len(key)}"
        elif key.lower().startswith("aws:"):
            yield path, f"{shown(key)}: names that begin with 'aws:' are AWS's own"
        elif not any_sign and not _SIGNS.fullmatch(key):
            yield path, f"{shown(key)}: a tag's name has letters, digits, spaces and _.:/=+-@"
        if value is UNKNOWN or value is None:
            continue
        text = str(value)
        if len(text) > 256:
            yield path, f"a tag's value has 256 characters at most, not {len(text)}"
        elif not any_sign and not _SIGNS.fullmatch(text):
            yield path, f"{shown(text)}: a tag's value has letters, digits, spaces and _.:/=+-@"
