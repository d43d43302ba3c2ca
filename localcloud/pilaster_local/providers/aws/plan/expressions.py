"""The patterns of service models, which are written for Java, as Python reads them."""

from __future__ import annotations

import re
from functools import cache

_CLASSES = {
    "L": r"\w",
    "N": r"\d",
    "Nd": r"\d",
    "Z": r"\s",
    "Zs": r"\s",
    # Beyond ASCII these let more through than AWS does: an odd sign is no reason for an alarm.
    "M": r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u093c\u094d\ufe00-\ufe0f",
    "S": r"$+<=>^`|~\u00a2-\u00b8\u00d7\u00f7\u02c2-\u036f\u2000-\u2bff",
    "P": r"!-#%-*,-/:;?@\[-\]_{}\u00a1-\u00bf\u2010-\u2027\u2030-\u205e\u3001-\u3003",
    "C": r"\u0000-\u001f\u007f-\u009f",
    "ASCII": r"\u0000-\u007f",
    "Graph": r"\u0021-\u007e",
    "Print": r"\u0020-\u007e",
    "Alnum": r"a-zA-Z0-9",
    "Alpha": r"a-zA-Z",
    "Digit": r"0-9",
    "Lower": r"a-z",
    "Upper": r"A-Z",
    "Punct": r"!-/:-@\[-`{-~",
    "IsAlphabetic": r"\w",
    "IsDigit": r"\d",
}


@cache
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern, or None where Python cannot say it: then it is not checked."""
    python = pattern
    for name, inside in _CLASSES.items():
        python = python.replace(rf"\p{{{name}}}", inside)
    python = re.sub(r"\\x\{(\w+)\}", lambda found: chr(int(found[1], 16)), python)
    python = python.replace(r"\z", r"\Z").replace(r"\h", r"[ \t]")
    # Java's \w and \d are ASCII; only a pattern that names Unicode classes means more.
    flags = re.DOTALL if r"\p{" in pattern else re.DOTALL | re.ASCII
    try:
        return re.compile(python, flags)
    except re.error:
        return None


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is what the pattern says. True where the pattern cannot be read."""
    found = compiled(pattern)
    return found is None or found.fullmatch(text) is not None
