"""One vocabulary of tags: who deployed a thing, where it stands in the program.

Costs are allocated by these, so every component of ours sets them and nothing else does.
"""

from typing import Protocol

KEYS = ("pilaster:project", "pilaster:stack", "pilaster:component")


class Deployed(Protocol):
    """A cloud's place, as far as tags go."""

    @property
    def project(self) -> str: ...
    @property
    def stack(self) -> str: ...


def tags(place: Deployed, component: str) -> dict[str, str]:
    """The tags of everything the component of that logical name owns."""
    return dict(zip(KEYS, (place.project, place.stack, component), strict=True))
