"""The promise of the reader, on many documents it has never seen: nothing is completed wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.long]

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("seed", "count", "damage"), [(310_000, 300, False), (410_000, 150, True)])
def test_no_document_is_completed_with_a_wrong_missing_or_invented_block(
    seed: int, count: int, damage: bool
) -> None:
    """Layouts and seeds kept for this: a reader that is tuned on them needs others here."""
    words = ["--set", "held-out", "--seed", str(seed), "--count", str(count)]
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.reading_accuracy", *words, *(["--damage"] * damage)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    print(ran.stdout)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-1000:]
    assert "completed wrongly: 0" in ran.stdout
