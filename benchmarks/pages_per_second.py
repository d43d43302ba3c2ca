"""OCR pages per second of one core: preparing and reading, by kind of document.

python -m benchmarks.pages_per_second --count 24 [--set held-out] [--seed N] [--kinds ...]

Counted in CPU time of this process, so that what else the machine does is not; its load is printed
beside. Exits 1 below half a page a second over all pages.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict

from samples.generator import KINDS, SETS
from samples.generator.damage import NothingToDamageError
from samples.generator.series import orders
from samples.generator.typeset import TextTooLongError

LEAST = 0.5
"""Pages per second and core."""


def seconds_of(data: bytes) -> tuple[int, float, float]:
    """Pages, and the CPU seconds of preparing and of reading them."""
    from lambdas.documents.preprocessing.prepare import prepared
    from lambdas.documents.reading.classify import classify
    from lambdas.documents.reading.kinds import Kind
    from lambdas.documents.reading.picture_pages import read_pictures
    from lambdas.documents.reading.raster import pictures_of
    from lambdas.documents.reading.text_pages import read_text_pdf

    kind = classify(data)
    began = time.process_time()
    if kind is Kind.TEXT_PDF:
        pages = len(read_text_pdf(data).pages)
        return pages, 0.0, time.process_time() - began
    ready = [prepared(picture) for _, picture in pictures_of(data, kind)]
    between = time.process_time()
    read_pictures(kind, ready)
    return len(ready), between - began, time.process_time() - between


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--set", dest="set_name", choices=SETS, default="development")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    args = parser.parse_args(argv)
    spent: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for order in orders(seed=args.seed, count=args.count, set_name=args.set_name, kinds=args.kinds):
        try:
            document = order.draw()
        except (NothingToDamageError, TextTooLongError):
            continue
        found = seconds_of(document.data)
        for name in (order.kind, "all"):
            spent[name] = [old + new for old, new in zip(spent[name], found, strict=True)]
    print(f"{'kind':14} {'pages':>5}  preparing  reading  pages per second and core")
    for name, (pages, preparing, reading) in sorted(spent.items(), key=lambda each: each[0]):
        each = f"{preparing / pages:7.2f} s {reading / pages:7.2f} s"
        print(f"{name:14} {pages:5.0f}  {each}  {pages / (preparing + reading):.2f}")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    pages, preparing, reading = spent["all"]
    return 0 if pages / (preparing + reading) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
