"""The calls that were seen, with their resources: what a run on another account will ask for too.

A list is a JSON file: `{handler: {action: [resource, ...]}}`. What differs from stack to stack
stands in it as a wildcard, so that one list, made on one machine, is held against every stack.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

Calls = dict[str, dict[str, list[str]]]

_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|[a-z]{2}-[a-z]+-\d_[A-Za-z0-9]+"  # a user pool
    r"|(?<=dbuser:)cluster-[A-Z0-9]+"
    r"|(?<=/stream/).+"
    r"|(?<=:distribution/)[A-Z0-9]+"
    r"|(?<=/assets/)[\w.-]+-[\w-]{8}(?=\.)"  # what the site's build calls its files
    r"|(?<=:)[0-9a-z]{8,10}(?=/[\w$-]+/\w+/@connections)"
    r"|(?<=/@connections/).+"
    r"|(?<=day=)\d{4}-\d{2}-\d{2}|(?<=/)\d{4}/\d{2}(?=/)"
    r"|(?<=/)(?=[^/]*\d)[0-9A-Za-z_-]{16,}(?=[/.]|$)"  # a version, a digest
    r"|(?<=/page-)\d+"
)
_RUN = re.compile(r"(:(?:execution|express):[^:]+:).+")
"""Of a state machine: its name is drawn, or made of what started it."""
_REGION = re.compile(r"\b[a-z]{2}(?:-[a-z]+)+-\d\b")
_ACCOUNT = re.compile(r"\b\d{12}\b")


def read(file: Path) -> Calls:
    """Raises ValueError for what is no such list."""
    found = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise ValueError(f"{file} is no list of calls: write it with `pilaster policy --record`")
    return found


def write(file: Path, calls: Calls) -> None:
    file.write_text(json.dumps(calls, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def merged(former: Calls, seen: Mapping[str, Mapping[str, Iterable[str]]], prefix: str) -> Calls:
    """Both lists, the new one without what is this stack's own; `prefix`: of its names."""
    found = {handler: {a: list(r) for a, r in each.items()} for handler, each in former.items()}
    for handler, actions in seen.items():
        mine = found.setdefault(handler, {})
        for action, resources in actions.items():
            if action.startswith("logs:"):
                continue  # the platform's own
            general = {generalised(resource, prefix) for resource in resources}
            mine[action] = sorted({*mine.get(action, ()), *general})
    return found


def generalised(resource: str, prefix: str) -> str:
    """Without account, region, stack and ids."""
    general = _ID.sub("*", resource.replace(prefix, "*-"))
    general = _RUN.sub(r"\1*", _ACCOUNT.sub("*", _REGION.sub("*", general)))
    return re.sub(r"\*+", "*", general)
