"""What `up`, `status` and `down` do alike for stacks on this machine of every cloud but AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pilaster_local import engine
from pilaster_local.engine.plan import Outcome
from pilaster_local.services.azure.places import Places as AzurePlaces
from pilaster_local.services.google.places import Places as GooglePlaces
from pilaster_local.services.stand_ins import supervising
from pilaster_local.services.stand_ins.record import Places
from pilaster_local.services.stand_ins.secrets import Store
from rich.console import Console
from rich.markup import escape


def down(root: Path, *, purge: bool) -> list[str]:
    """Ends what runs of all such stacks; with `purge` their data goes too. Their names."""
    ended: list[str] = []
    for places in _all(root):
        if purge:
            supervising.purge(places)
            engine.forget(root, places.stack)
        if purge or supervising.stop(places):
            ended.append(places.stack)
    return ended


def running(root: Path) -> dict[str, dict[str, Any]]:
    """By stack, what runs of it stands in for whom, where its log is, which secrets have values."""
    return {
        places.stack: {
            "stands_in_for": places.cloud,
            "log": str(places.log),
            "secrets": Store(places.secrets).stored(),
        }
        for places in _all(root)
        if supervising.is_running(places)
    }


def show_running(out: Console, stacks: Mapping[str, Mapping[str, Any]]) -> None:
    for stack, told in stacks.items():
        secrets = ", ".join(told["secrets"]) or "none"
        out.print(
            f"[bold]Running[/bold] {escape(stack)}, in what stands in for {told['stands_in_for']}\n"
            f"  secrets with a value here, in private files: {escape(secrets)}\n"
            f"  log: {escape(told['log'])}",
            highlight=False,
            soft_wrap=True,
        )


def show(out: Console, outcome: Outcome, stood_in: str) -> None:
    """What was deployed, and what of it is none of the cloud's."""
    counts = ", ".join(f"{count} {op}" for op, count in outcome.counts.items())
    out.print(f"[bold]Deployed[/bold] in {outcome.seconds:.1f} s: {counts}", highlight=False)
    out.print(stood_in, highlight=False)
    for name, value in outcome.outputs.items():
        out.print(f"  {escape(name)}: {escape(str(value))}", highlight=False, soft_wrap=True)


def _all(root: Path) -> Iterator[Places]:
    for kind in (GooglePlaces, AzurePlaces):
        yield from supervising.all_of(kind, root)
