"""A run of documents: families and kinds taken in turn, a seed for each."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from samples.generator import letters
from samples.generator.document import KINDS, Document, document
from samples.generator.families import of_set


def generate(
    *,
    seed: int,
    count: int,
    set_name: str = "development",
    kinds: Sequence[str] = KINDS,
    families: Sequence[str] = (),
    damages: Sequence[str] = (),
) -> Iterator[Document]:
    """`count` documents from `seed` on. The families rotate inside each kind, so that every pair
    comes up.
    """
    names = tuple(families) or of_set(set_name)
    for index in range(count):
        kind = kinds[index % len(kinds)]
        turn = index // len(kinds)
        damage = damages[index % len(damages)] if damages else None
        if damage == "smudge" and kind == "pdf_text":
            damage = "erased"
        if kind == "not_timetable":
            yield document(
                letters.KINDS[turn % len(letters.KINDS)], seed + index, kind, set_name=set_name
            )
            continue
        family = names[(turn + index % len(kinds)) % len(names)]
        yield document(family, seed + index, kind, set_name=set_name, damage=damage)


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
