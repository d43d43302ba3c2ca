"""Reads generated timetables and holds every completed one against its truth.

python -m benchmarks.reading_accuracy --count 120 [--set held-out] [--kinds ...] [--damage]

Exits 1 when a document was completed with a wrong, missing or invented block.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samples.generator import DAMAGES, KINDS, SETS, Document
from samples.generator.damage import NothingToDamageError
from samples.generator.series import Order, orders
from samples.generator.typeset import TextTooLongError
from samples.score import score

COMPLETE_AT = 98


@dataclass(frozen=True, slots=True)
class Outcome:
    name: str
    kind: str
    damage: str
    status: str
    confidence: float
    exact: bool
    seconds: float
    doubts: tuple[str, ...]
    errors: tuple[str, ...]


def drawn_and_judged(order: Order) -> tuple[Order, Outcome | None]:
    """None where the family has no place for that damage, or no room for its words."""
    try:
        return order, judge(order.draw())
    except (NothingToDamageError, TextTooLongError):
        return order, None


def judge(document: Document) -> Outcome:
    from lambdas.documents.reading.classify import classify
    from lambdas.documents.reading.interpret import interpret
    from lambdas.documents.reading.kinds import UnreadableError
    from lambdas.documents.reading.page import Reading
    from lambdas.documents.reading.read import read

    began = time.perf_counter()
    truth = document.truth
    kind = truth["kind"]
    damage = str((truth.get("damage") or {}).get("what", "")) if truth.get("damage") else ""
    try:
        reading = read(document.data, classify(document.data))
        found = interpret(Reading.from_json(reading.to_json()))
    except UnreadableError as error:
        seconds = time.perf_counter() - began
        return Outcome(
            document.name,
            kind,
            damage,
            "refused",
            0,
            not truth["blocks"],
            seconds,
            (error.reason,),
            (),
        )
    seconds = time.perf_counter() - began
    blocks: list[dict[str, Any]] = []
    if found.timetable is not None:
        blocks = [
            {"day": b.day, "start": b.start, "end": b.end, "title": b.title}
            for b in found.timetable.blocks
        ]
    points = score(truth, blocks)
    if not found.is_timetable:
        status = "rejected"
    else:
        status = "completed" if found.confidence >= COMPLETE_AT else "needs_review"
    errors = [f"missed {b}" for b in points.missed] + [f"extra {b}" for b in points.extra]
    return Outcome(
        document.name,
        kind,
        damage,
        status,
        found.confidence,
        points.exact and bool(truth["is_timetable"]),
        seconds,
        tuple(f"{doubt.rule}: {doubt.why}" for doubt in found.doubts),
        tuple(errors),
    )


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=84)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--set", dest="set_name", choices=SETS, default="development")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--damage", action="store_true")
    parser.add_argument("--show", type=int, default=0, help="doubts shown for each document")
    parser.add_argument("--keep", type=Path, help="folder for documents completed wrongly")
    args = parser.parse_args(argv)
    wrong: list[Outcome] = []
    outcomes: list[Outcome] = []
    kinds = [kind for kind in args.kinds if not (args.damage and kind == "not_timetable")]
    run = orders(
        seed=args.seed,
        count=args.count,
        set_name=args.set_name,
        kinds=kinds,
        damages=list(DAMAGES) if args.damage else [],
    )
    with ProcessPoolExecutor(2) as pool:
        for order, outcome in pool.map(drawn_and_judged, run, chunksize=4):
            if outcome is None:
                continue
            outcomes.append(outcome)
            if outcome.status == "completed" and not outcome.exact:
                wrong.append(outcome)
                if args.keep:
                    args.keep.mkdir(parents=True, exist_ok=True)
                    (args.keep / outcome.name).write_bytes(order.draw().data)
            if args.show and outcome.status != "completed":
                mark = "right" if outcome.exact else "not right"
                print(f"{outcome.name} {outcome.status} {outcome.confidence} ({mark})")
                for doubt in outcome.doubts[: args.show]:
                    print("    ", doubt)
                for error in outcome.errors[: args.show]:
                    print("      -", error)
    report(outcomes, wrong)
    return 1 if wrong else 0


def report(outcomes: list[Outcome], wrong: list[Outcome]) -> None:
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.kind + (f" {outcome.damage}" if outcome.damage else "")].append(outcome)
    print(
        f"{'kind':26} {'all':>4} {'completed':>9} {'wrong':>5} {'right':>5}  seconds (mean, most)"
    )
    for kind, group in sorted(by_kind.items()):
        times = [o.seconds for o in group]
        done = [o for o in group if o.status == "completed"]
        print(
            f"{kind:26} {len(group):4} {len(done):9} {sum(not o.exact for o in done):5} "
            f"{sum(o.exact for o in group):5}  {sum(times) / len(times):.2f} {max(times):.2f}"
        )
    print("\nconfidence against truth")
    bands: Counter[tuple[int, bool]] = Counter()
    edges = (98, 95, 90, 80, 60, 30, 0)
    for outcome in outcomes:
        bands[next(e for e in edges if outcome.confidence >= e), outcome.exact] += 1
    for low, high in zip(edges, (100, *edges), strict=False):
        right, not_right = bands[low, True], bands[low, False]
        if right + not_right:
            share = right / (right + not_right)
            print(
                f"  {low:3}-{high:<3} {right + not_right:4} documents, {share:6.1%} exactly right"
            )
    for outcome in wrong:
        print(f"WRONG {outcome.name} {outcome.confidence}")
        for error in outcome.errors[:6]:
            print("     ", error)
    print(f"{len(outcomes)} documents, completed wrongly: {len(wrong)}")


if __name__ == "__main__":
    sys.exit(main())
