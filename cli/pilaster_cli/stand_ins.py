"""What `up` and `down` do alike for the stacks of every cloud but AWS that are for this machine."""

from __future__ import annotations

from pathlib import Path

from pilaster_local import engine
from pilaster_local.engine.plan import Outcome
from pilaster_local.services.azure.places import Places as AzurePlaces
from pilaster_local.services.google.places import Places as GooglePlaces
from pilaster_local.services.stand_ins import supervising
from rich.console import Console
from rich.markup import escape


def down(root: Path, *, purge: bool) -> list[str]:
    """Ends what runs of all such stacks; with `purge` their data goes too. Their names."""
    ended: list[str] = []
    kinds = (GooglePlaces, AzurePlaces)
    for places in (each for kind in kinds for each in supervising.all_of(kind, root)):
        if purge:
            supervising.purge(places)
            engine.forget(root, places.stack)
        if purge or supervising.stop(places):
            ended.append(places.stack)
    return ended


def show(out: Console, outcome: Outcome, stood_in: str) -> None:
    """What was deployed, and what of it is none of the cloud's."""
    counts = ", ".join(f"{count} {op}" for op, count in outcome.counts.items())
    out.print(f"[bold]Deployed[/bold] in {outcome.seconds:.1f} s: {counts}", highlight=False)
    out.print(stood_in, highlight=False)
    for name, value in outcome.outputs.items():
        out.print(f"  {escape(name)}: {escape(str(value))}", highlight=False, soft_wrap=True)
