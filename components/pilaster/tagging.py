"""One vocabulary of tags: who deployed a thing, where it stands in the program.

Costs are allocated by these, so every component of ours sets them and nothing else does.
"""

from pilaster.naming import Place

KEYS = ("pilaster:project", "pilaster:stack", "pilaster:component")


def tags(place: Place, component: str) -> dict[str, str]:
    """The tags of everything the component of that logical name owns."""
    return dict(zip(KEYS, (place.project, place.stack, component), strict=True))
