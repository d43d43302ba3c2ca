"""What the documentation says of each rule (`controls`), with what the pack itself says of its
examples. `python -m pilaster_policies.catalog docs/policies.md` writes the rules' part of the page.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pulumi_policy import policy

from pilaster_policies.controls import CATALOG, Entry
from pilaster_policies.exceptions import UNKNOWN as UNKNOWN_OF
from pilaster_policies.pack import Pack
from pilaster_policies.registry import RULES
from pilaster_policies.testing import SIGNATURE, Judge, Said, Thing
from pilaster_policies.values import keep_marks

BEGIN = "<!-- rules: written by pilaster_policies.catalog -->"
END = "<!-- end of rules -->"


def verdicts(rule: str, things: Sequence[Thing]) -> list[Said]:
    """What the rule says of a stack called prod."""
    calls = CATALOG[rule].calls
    keep_marks()
    servicer = policy._PolicyAnalyzerServicer(  # pyright: ignore[reportPrivateUsage]
        "pack", "0.0.1", Pack().policies(), policy.EnforcementLevel.ADVISORY
    )
    judge = Judge(lambda method, request: getattr(servicer, method)(request, None), stack="prod")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "calls.json").write_text(json.dumps(calls or {}), encoding="utf-8")
        graph: dict[str, Any] = {"calls": f"{folder}/calls.json", **CATALOG[rule].asked}
        for name, document in (CATALOG[rule].bounds or {}).items():
            (Path(folder) / f"{name}.json").write_text(document, encoding="utf-8")
            graph["bounds"] = {**graph.get("bounds", {}), name: f"{folder}/{name}.json"}
        judge.configure({"graph": graph})
        spoken = (rule, f"{rule}{UNKNOWN_OF}")
        return [said for said in judge.on_stack(things) if said.rule in spoken]


def page() -> str:
    """The rules' part of the documentation, in Markdown."""
    parts = [BEGIN, ""]
    for id_ in sorted(CATALOG):
        entry, rule = CATALOG[id_], RULES[id_]
        broken = next(s for s in verdicts(id_, entry.broken) if s.level == "mandatory")
        parts += [f"### `{id_}`", "", rule.why, ""]
        controls = [
            f"{name} {', '.join(each)}"
            for name, each in (("AWS FSBP", entry.fsbp), ("CIS AWS 5.0.0", entry.cis))
            if each
        ]
        level = f"mandatory; `{id_}{UNKNOWN_OF}` advisory"
        parts += ["| | |", "|---|---|", f"| level | {level} |"]
        parts.append(f"| controls | {'; '.join(controls) or 'none of theirs'} |")
        parts.append(f"| broken | {_cell(broken.text)} |")
        parts.append(f"| kept | {_difference(entry)} |")
        told = next(s for s in verdicts(id_, entry.unknown) if s.level == "advisory")
        parts += [f"| not known yet | {_cell(told.text.removeprefix('not known yet: '))} |", ""]
    return "\n".join([*parts, END])


def _difference(entry: Entry) -> str:
    """What of the resources is otherwise in the one that keeps the rule."""
    before = {thing.name: thing for thing in entry.broken}
    for thing in entry.kept:
        former = before.get(thing.name)
        if former is None:
            return _cell(f"with {thing.type.rpartition(':')[2]} {thing.name}")
        for key, value in thing.props.items():
            if former.props.get(key) != value:
                text = value if isinstance(value, str) else json.dumps(_readable(value))
                return f"`{key}`: `{_cell(text)}`"
    return "without what is named"


def _readable(value: Any) -> Any:
    """Without what Pulumi marks a secret by."""
    if isinstance(value, dict):
        held = {key: _readable(each) for key, each in value.items()}
        return "[secret]" if SIGNATURE in held else held
    return [_readable(each) for each in value] if isinstance(value, list) else value


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def write(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(before + page() + after, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
