"""A setting a resource must have: what it may be, what it is by default, what is at stake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pilaster_policies.registry import Finding, Resource, Violation
from pilaster_policies.values import Value, is_unknown, shown


@dataclass(frozen=True)
class Wanted:
    path: tuple[str, ...]
    """Where it stands."""
    values: tuple[Value, ...]
    """What it may be; None among them where the service's own default will do."""
    stake: str
    """What it allows as it stands."""
    instead: tuple[tuple[str, ...], ...] = ()
    """Other settings that do the same when they are set."""
    least: float | None = None
    """It may be any number from this on."""

    def findings(self, resource: Resource) -> Iterator[Finding]:
        if any(resource.has(*path) for path in self.instead):
            return
        said = resource.get(*self.path)
        name = ".".join(self.path)
        if not is_unknown(said) and not self._good(said):
            told = "is not set" if said is None else f"is {shown(said)}"
            yield Violation(f"{name} {told}: {self.stake}", f"set {name} to {self._wish()}")

    def _good(self, said: Value) -> bool:
        if self.least is not None and isinstance(said, int | float) and not isinstance(said, bool):
            return said >= self.least
        if isinstance(said, str) and said.lower() in ("true", "false"):
            said = said.lower() == "true"
        return any(said == value and type(said) is type(value) for value in self.values)

    def _wish(self) -> str:
        if self.least is not None:
            return f"{self.least:g} or more"
        return " or ".join(
            str(value).lower() if isinstance(value, bool) else repr(value)
            for value in self.values
            if value is not None
        )


def findings(table: Mapping[str, Sequence[Wanted]], resource: Resource) -> Iterator[Finding]:
    for wanted in table.get(resource.type, ()):
        yield from wanted.findings(resource)
