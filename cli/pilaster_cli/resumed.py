"""Runs that went on: after the local cloud was stopped or killed, or after a person decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pilaster_local.services import health, platform

_DONE = (("kept", "kept"), ("again", "done again"), ("waiting", "waited for"))


def interruptions(root: Path) -> Mapping[str, Any]:
    """What the local cloud says of runs that were interrupted, by the run's name; nothing where it
    does not answer, since nobody's answer hangs on it."""
    here = platform.running(root)
    if here is None:
        return {}
    said = health.ask(int(here.endpoint.rpartition(":")[2]), "/_pilaster/resumed") or {}
    return said.get("executions", {})


def note(answers: Iterable[dict[str, Any]], interrupted: Mapping[str, Any]) -> None:
    """Notes of each answer where its run went on, and which steps it `kept`: `resumed`."""
    for answer in answers:
        document = answer["document_id"]
        answer["resumed"] = [
            {"after": "interruption", **each}
            for name, noted in interrupted.items()
            if document is not None and name.startswith(f"{document}-")
            for each in noted
        ]
        # What was done before a person was asked is not done again once they have answered.
        if "review" in answer["route"]:
            kept = [step["name"] for step in answer["steps"]]
            answer["resumed"].append({"after": "review", "kept": list(dict.fromkeys(kept))})


def said(went_on: Mapping[str, Any]) -> str:
    """`went on after an interruption: classify and read were kept, save was done again`."""
    told = [
        f"{' and '.join(went_on[word])} {'was' if len(went_on[word]) == 1 else 'were'} {done}"
        for word, done in _DONE
        if went_on.get(word)
    ]
    article = "an" if went_on["after"] == "interruption" else "a"
    return f"went on after {article} {went_on['after']}: {', '.join(told) or 'from its beginning'}"
