"""A bench per test: a project, a stack, a shelf."""

from __future__ import annotations

import os
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


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process loses nothing the kernel has; waiting for the disk is for power cuts."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setattr(os, "fdatasync", lambda descriptor: None)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
