"""A step of the schema: SQL that is applied once and never changed afterwards."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

# What may hold a semicolon that ends nothing, and a semicolon that ends a statement.
_TOKEN = re.compile(
    r"""
    --[^\n]*                                    # comment
    | /\*.*?\*/                                 # comment
    | '(?:[^']|'')*'                            # string
    | "(?:[^"]|"")*"                            # name
    | (?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag) # dollar-quoted body
    | (?P<end>;)
    """,
    re.DOTALL | re.VERBOSE,
)


class ChangedMigrationError(Exception):
    """A file was changed after it had been applied; the database knows its first version."""


@dataclass(frozen=True)
class Migration:
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()

    def statements(self) -> list[str]:
        """One by one, as the RDS Data API wants them."""
        found: list[str] = []
        start = 0
        for token in _TOKEN.finditer(self.sql):
            if token["end"]:
                found.append(self.sql[start : token.start()])
                start = token.end()
        found.append(self.sql[start:])
        return [statement.strip() for statement in found if _says_something(statement)]


def _says_something(statement: str) -> bool:
    """Whether anything is left without comments."""
    return bool(re.sub(r"--[^\n]*|/\*.*?\*/", "", statement, flags=re.DOTALL).strip())
