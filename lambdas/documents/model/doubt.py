"""What keeps a document from being completed: a rule, a sentence, and the place on the page.

A doubt quotes the document, so it travels in work files and reviews, never in a state, an event or
a log.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_WHY, LONGEST_TEXT = 300, 120
"""Characters; what is longer is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One thing that a model or a person should look at. All of the place is optional: of a whole
    table only the rule and the sentence are known.
    """

    rule: str
    """The name of the rule that was broken, as in `reading/evidence.py`."""
    why: str
    """A sentence for a person."""
    page: int | None = None
    """From 1."""
    day: str | None = None
    """As in a block: "monday"."""
    start: str | None = None
    """When the slot begins, 24-hour HH:MM."""
    row: str | None = None
    """What the row is called: "Period 3"."""
    text: str | None = None
    """What was read there."""
    box: tuple[float, float, float, float] | None = None
    """Left, top, right, bottom as parts (0-1) of the page as it was straightened, or else came."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "why", self.why[:LONGEST_WHY])
        for name in ("row", "text"):
            said = getattr(self, name)
            object.__setattr__(self, name, said[:LONGEST_TEXT] if said else None)
