"""What a condition of a binding says of resources, as far as it is read: and, or, and the tests
between them. What is not read as a test of a name narrows nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LITERAL = re.compile(r"\"([^\"\\]*)\"|'([^'\\]*)'")
_NAME = re.compile(r"resource\s*\.\s*(?:name\b|matchTag(?:Id)?\s*\()")
_KIND = re.compile(r"resource\s*\.\s*(?:type|service)\s*[=!]=")
_HOLDERS = ("projects", "folders", "organizations", "locations", "regions", "zones")
_DEEPEST = 20


def names_a_resource(expression: str, depth: int = 0) -> bool:
    """Whether what passes is one thing by name or tag, or several by how their names begin.

    Either side of an `or` has to say so, but one that is about a kind of thing: Google's own
    examples let a project be listed beside the names in it.
    """
    text = _bare(expression.strip())
    if depth > _DEEPEST or not text:
        return False
    either = [*_split(text, "||")]
    if len(either) > 1:
        named = [names_a_resource(each, depth + 1) for each in either]
        return any(named) and all(
            there or _KIND.match(_bare(each)) for there, each in zip(named, either, strict=True)
        )
    every = [*_split(text, "&&")]
    if len(every) > 1:
        return any(names_a_resource(each, depth + 1) for each in every)
    return _is_name(text)


def _is_name(test: str) -> bool:
    said = [one or other for one, other in _LITERAL.findall(test)]
    bare = _LITERAL.sub('""', test)
    if not _NAME.search(bare) or not any(said) or any(each in bare for each in ("!", "?", "||")):
        return False
    if re.search(r"resource\s*\.\s*name\s*\.\s*startsWith\s*\(", bare):
        return _beyond_what_holds_it(said[0])
    return True


def _beyond_what_holds_it(prefix: str) -> bool:
    """`projects/_/buckets/files-` is, `projects/_/buckets/` is every bucket."""
    parts = prefix.lstrip("/").split("/")
    return any(
        name and kind not in _HOLDERS for kind, name in zip(parts[::2], parts[1::2], strict=False)
    )


def _split(text: str, by: str) -> Iterator[str]:
    """Where the operator stands in no brackets and in no text."""
    held = _LITERAL.sub(lambda found: "x" * len(found[0]), text)
    begin = depth = at = 0
    while at < len(held):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(held[at], 0)
        if depth == 0 and held.startswith(by, at):
            yield text[begin:at].strip()
            at = begin = at + len(by)
            continue
        at += 1
    yield text[begin:].strip()


def _bare(text: str) -> str:
    """Without brackets around all of it."""
    for _ in range(_DEEPEST):
        if not (text.startswith("(") and text.endswith(")")):
            break
        held = _LITERAL.sub(lambda found: "x" * len(found[0]), text)
        depth = 0
        for at, char in enumerate(held):
            depth += {"(": 1, ")": -1}.get(char, 0)
            if depth == 0 and at < len(held) - 1:
                return text
        text = text[1:-1].strip()
    return text
