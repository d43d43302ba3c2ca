"""Python's names and everybody else's: `memory_mib` is `memoryMib` in a schema."""

import re


def camel(name: str) -> str:
    """The schema's name of a Python attribute."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def in_schema_words(text: str, names: frozenset[str]) -> str:
    """A text in which those Python names are written as the schema has them."""
    return re.sub(
        r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b",
        lambda found: camel(found[0]) if found[0] in names else found[0],
        text,
    )
