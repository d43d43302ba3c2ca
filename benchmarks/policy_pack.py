"""What the policy pack adds to a run: 160 and 1,000 resources as those of `prod`, asked one by one
from sixteen threads and then as a whole, in seconds. Run: python benchmarks/policy_pack.py
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from pilaster_cli import project
from pilaster_local import engine
from pilaster_local.engine.analyzer import Analyzer, PolicyPack, Run
from pilaster_local.engine.resource import Resource

ROOT = Path(__file__).parents[1]
THREADS = 16
SIZES = (160, 1000)


def stack(size: int) -> list[Resource]:
    """The resources of `prod`, as often as it takes, each time under other names."""
    plan = engine.preview(ROOT, "prod", provider=project.provider(ROOT, "prod", None))
    made = [step.new for step in plan.steps if step.new]
    times = -(-size // len(made))
    copies = [replace(r, urn=f"{r.urn}-{n}") for n in range(times) for r in made]
    return copies[:size]


def measured(resources: list[Resource]) -> tuple[float, float, float]:
    """Seconds to start, to be asked about each, and about all."""
    run = Run(project="pilaster", stack="prod", preview=True, config={})
    begun = time.monotonic()
    analyzer = Analyzer(PolicyPack.at(ROOT / "policies"), run)
    try:
        analyzer.analyze_stack([], "urn:pulumi:prod::pilaster::pulumi:pulumi:Stack::x")
        started = time.monotonic()
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(lambda r: analyzer.analyze(r, None), resources))
        each = time.monotonic()
        analyzer.analyze_stack([(r, None) for r in resources], resources[0].urn)
        return started - begun, each - started, time.monotonic() - each
    finally:
        analyzer.close()


def main() -> None:
    for size in SIZES:
        start, each, whole = measured(stack(size))
        print(
            f"{size:5} resources: start {start:.2f} s, each {each:.2f} s, the whole {whole:.2f} s"
        )


if __name__ == "__main__":
    main()
