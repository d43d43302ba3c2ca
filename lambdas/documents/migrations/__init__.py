"""The schema, step by step: numbered SQL files, each applied once, never changed afterwards.

To change the schema add a file with the next number, and its name here.
"""

from __future__ import annotations

from pathlib import Path

from lambdas.shared.migrations import Migration

DATA_FILES = (
    "001_documents.sql",
    "002_roles.sql",
    "003_steps_and_reviews.sql",
    "004_deletion.sql",
    "005_forgetting.sql",
)


def migrations() -> list[Migration]:
    folder = Path(__file__).parent
    return [Migration(name, (folder / name).read_text("utf-8")) for name in sorted(DATA_FILES)]
