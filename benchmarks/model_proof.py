"""What a model's answer could pass by: for generated timetables, the one answer that `extract`
would accept, held against the truth.

python -m benchmarks.model_proof --count 200 [--set held-out] [--damage]

No model is asked. Exits 1 when a wrong answer would be accepted for a document that goes to the
model. Documents that go elsewhere are counted too: there it would have been a mistake as well.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from samples.generator import DAMAGES, KINDS, SETS
from samples.generator.damage import NothingToDamageError
from samples.generator.series import Order, orders
from samples.generator.typeset import TextTooLongError
from samples.score import score

COMPLETE_AT, MODEL_AT = 98, 80


@dataclass(frozen=True, slots=True)
class Outcome:
    name: str
    verdict: str
    acceptable: str
    """right, wrong or none: what the one acceptable answer is."""
    why: str
    doubts: tuple[str, ...]


def judged(order: Order) -> Outcome | None:
    """None where the family has no place for that damage, or no room for its words."""
    from lambdas.documents.extracting.proof import shown_by
    from lambdas.documents.extracting.slots import CannotTellError
    from lambdas.documents.reading.classify import classify
    from lambdas.documents.reading.interpret import interpret
    from lambdas.documents.reading.kinds import UnreadableError
    from lambdas.documents.reading.page import Reading
    from lambdas.documents.reading.read import read

    try:
        document = order.draw()
        reading = read(document.data, classify(document.data))
    except (NothingToDamageError, TextTooLongError, UnreadableError):
        return None
    reading = Reading.from_json(reading.to_json())
    found = interpret(reading)
    if not found.is_timetable:
        verdict = "refused"
    elif found.timetable is None or not found.timetable.blocks or found.confidence < MODEL_AT:
        verdict = "person"
    else:
        verdict = "complete" if found.confidence >= COMPLETE_AT else "model"
    truth, doubts = document.truth, tuple(doubt.why for doubt in found.doubts)
    try:
        blocks = shown_by(reading).blocks
    except CannotTellError as error:
        return Outcome(document.name, verdict, "none", error.words, doubts)
    said = [{"day": b.day, "start": b.start, "end": b.end, "title": b.title} for b in blocks]
    right = bool(truth["is_timetable"]) and score(truth, said).exact
    return Outcome(document.name, verdict, "right" if right else "wrong", "", doubts)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=84)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--set", dest="set_name", choices=SETS, default="development")
    parser.add_argument("--damage", action="store_true")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="what goes to the model, and why not")
    args = parser.parse_args(argv)
    run = orders(
        seed=args.seed,
        count=args.count,
        set_name=args.set_name,
        kinds=[kind for kind in KINDS if not (args.damage and kind == "not_timetable")],
        damages=list(DAMAGES) if args.damage else [],
    )
    counts: Counter[tuple[str, str]] = Counter()
    with ProcessPoolExecutor(args.processes) as pool:
        for found in pool.map(judged, run):
            if found is None:
                continue
            counts[found.verdict, found.acceptable] += 1
            if found.acceptable == "wrong" or (args.show and found.verdict == "model"):
                print(found.name, found.verdict, found.acceptable, found.why, *found.doubts[:3])
    for (verdict, acceptable), count in sorted(counts.items()):
        print(f"{verdict:>9}: the acceptable answer is {acceptable:5} {count:4}")
    return 1 if counts["model", "wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
