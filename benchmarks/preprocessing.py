"""What preprocessing gives and costs: photographs, scans and faxes, read without it and with it.

python -m benchmarks.preprocessing --count 40 [--set held-out] [--seed N] [--kinds ...]

For each kind: completed, completed wrongly, and CPU seconds a document, before and after; and how
often each step was taken. Exits 1 when a document was completed wrongly.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.reading_accuracy import COMPLETE_AT
from samples.generator import KINDS, SETS, Document
from samples.generator.damage import NothingToDamageError
from samples.generator.series import orders
from samples.generator.typeset import TextTooLongError
from samples.score import score

NOISY = ("jpg_photo", "pdf_scan", "png_scan", "fax")


@contextmanager
def left_out() -> Iterator[None]:
    """Pictures are handed on as they came, but for even light and noise: without those no rule is
    found.
    """
    from lambdas.documents.preprocessing.light import evened
    from lambdas.documents.preprocessing.noise import smoothed
    from lambdas.documents.preprocessing.prepare import is_drawn
    from lambdas.documents.preprocessing.prepared import Prepared
    from lambdas.documents.reading import picture_pages, read

    kept = read.prepared, picture_pages.on_its_feet
    read.prepared = lambda picture: (
        Prepared(picture, drawn=True)
        if is_drawn(picture)
        else Prepared(smoothed(evened(picture)[0]), drawn=False)
    )
    picture_pages.on_its_feet = lambda ready, _, ways=None: None
    try:
        yield
    finally:
        read.prepared, picture_pages.on_its_feet = kept


def judged(document: Document) -> tuple[str, float, tuple[str, ...]]:
    """Whether it was completed (and rightly), the CPU seconds, and the steps taken."""
    from lambdas.documents.reading.classify import classify
    from lambdas.documents.reading.interpret import interpret
    from lambdas.documents.reading.read import read

    began = time.process_time()
    reading = read(document.data, classify(document.data))
    found = interpret(reading)
    seconds = time.process_time() - began
    if found.timetable is None or found.confidence < COMPLETE_AT:
        return "waits", seconds, reading.prepared
    blocks = [
        {"day": b.day, "start": b.start, "end": b.end, "title": b.title}
        for b in found.timetable.blocks
    ]
    right = document.truth["is_timetable"] and score(document.truth, blocks).exact
    return "right" if right else "wrong", seconds, reading.prepared


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--set", dest="set_name", choices=SETS, default="development")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(NOISY))
    args = parser.parse_args(argv)
    results: Counter[tuple[str, str, str]] = Counter()
    seconds: defaultdict[tuple[str, str], float] = defaultdict(float)
    counts: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    wrong: list[str] = []
    run = orders(seed=args.seed, count=args.count, set_name=args.set_name, kinds=args.kinds)
    for order in run:
        try:
            document = order.draw()
        except (NothingToDamageError, TextTooLongError):
            continue
        counts[order.kind] += 1
        with left_out():
            before = judged(document)
        after = judged(document)
        for when, (status, spent, _) in (("before", before), ("after", after)):
            results[order.kind, when, status] += 1
            seconds[order.kind, when] += spent
        steps.update(_names(after[2]))
        if after[0] == "wrong":
            wrong.append(document.name)
    print(f"{'kind':12} {'all':>4}   completed (wrong)        CPU seconds a document")
    for kind, count in sorted(counts.items()):
        shown = [
            f"{results[kind, when, 'right']} ({results[kind, when, 'wrong']})"
            for when in ("before", "after")
        ]
        spent = [f"{seconds[kind, when] / count:.2f}" for when in ("before", "after")]
        print(f"{kind:12} {count:4}   {' -> '.join(shown):24} {' -> '.join(spent)}")
    for step, taken in steps.most_common():
        print(f"  {taken:4} x {step}")
    for name in wrong:
        print(f"WRONG {name}")
    return 1 if wrong else 0


def _names(prepared: tuple[str, ...]) -> Iterator[str]:
    """Steps without their page and their figures."""
    for step in prepared:
        name = re.sub(r"^page \d+: ", "", step).split(" (")[0]
        yield re.sub(r"-?\d+\.\d", "n", name)


if __name__ == "__main__":
    sys.exit(main())
