"""How the service's user logs in to Aurora: with an IAM token, never with a password."""

from __future__ import annotations

from pathlib import Path

from lambdas.shared.migrations import Migration

DATA_FILES = ("101_iam.sql",)


def logins() -> list[Migration]:
    folder = Path(__file__).parent
    return [Migration(name, (folder / name).read_text("utf-8")) for name in sorted(DATA_FILES)]
