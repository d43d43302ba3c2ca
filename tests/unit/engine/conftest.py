"""A bench per test: a project, a stack, a shelf."""

from __future__ import annotations

from pathlib import Path

import pytest

from pilaster_local.engine import secrets
from tests.support.shelf import Bench


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rounds take 0.4 s; the tests of the format itself put them back."""
    monkeypatch.setattr(secrets, "ITERATIONS", 10)
    secrets._key.cache_clear()
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "correct horse")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
