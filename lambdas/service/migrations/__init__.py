"""The schema, step by step: numbered SQL files, each applied once, never changed afterwards.

To change the schema add a file with the next number, and its name here. How the service's user logs
in is the cloud's own matter: each edge adds what its cloud wants (lambdas/service/aws/logins).
"""

from __future__ import annotations

from pathlib import Path

from lambdas.shared.migrations import Migration

DATA_FILES = ("001_notes.sql", "002_roles.sql")


def migrations() -> list[Migration]:
    folder = Path(__file__).parent
    return [Migration(name, (folder / name).read_text("utf-8")) for name in sorted(DATA_FILES)]
