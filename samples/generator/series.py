"""A run of documents: families and kinds taken in turn, a seed for each."""

import itertools
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from samples.generator import letters
from samples.generator.document import KINDS, Document, document
from samples.generator.families import FAMILIES, of_set


@dataclass(frozen=True)
class Order:
    """One document of a run, before it is drawn."""

    family: str
    seed: int
    kind: str
    set_name: str
    damage: str | None

    def draw(self) -> Document:
        return document(
            self.family, self.seed, self.kind, set_name=self.set_name, damage=self.damage
        )


def orders(
    *,
    seed: int,
    count: int,
    set_name: str = "development",
    kinds: Sequence[str] = KINDS,
    families: Sequence[str] = (),
    damages: Sequence[str] = (),
) -> Iterator[Order]:
    """`count` orders from `seed` on, kinds, families and damages in turn.

    The turn depends on the seed, so two short runs one after the other are one long run.
    """
    names = tuple(families) or in_turn(set_name)
    cycle = math.lcm(len(names), len(kinds))
    for place in range(seed, seed + count):
        kind, turn = kinds[place % len(kinds)], place // len(kinds)
        if kind == "not_timetable":
            yield Order(letters.KINDS[turn % len(letters.KINDS)], place, kind, set_name, None)
            continue
        # One family further after each cycle, so that in time every family meets every kind.
        family = names[(place + place // cycle) % len(names)]
        damage = damages[turn % len(damages)] if damages else None
        if damage == "smudge" and kind == "pdf_text":
            damage = "erased"
        yield Order(family, place, kind, set_name, damage)


def generate(
    *,
    seed: int,
    count: int,
    set_name: str = "development",
    kinds: Sequence[str] = KINDS,
    families: Sequence[str] = (),
    damages: Sequence[str] = (),
) -> Iterator[Document]:
    """The documents of a run, drawn one by one as they are asked for."""
    run = orders(
        seed=seed, count=count, set_name=set_name, kinds=kinds, families=families, damages=damages
    )
    return (order.draw() for order in run)


def in_turn(set_name: str) -> tuple[str, ...]:
    """The families in the order of a run. In the held-out set every other one is a reserved one."""
    names = of_set(set_name)
    reserved = [name for name in names if FAMILIES[name].held_out]
    others = [name for name in names if not FAMILIES[name].held_out]
    if not reserved:
        return names
    pairs = zip(itertools.cycle(reserved), others, strict=False)
    return tuple(name for pair in pairs for name in pair)


def write(documents: Iterable[Document], folder: Path) -> list[Path]:
    """Writes each document with its truth beside it; the documents' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for drawn in documents:
        path = folder / drawn.name
        path.write_bytes(drawn.data)
        truth = json.dumps(drawn.truth, indent=1, ensure_ascii=False) + "\n"
        path.with_suffix(".truth.json").write_text(truth, encoding="utf-8")
        paths.append(path)
    return paths
