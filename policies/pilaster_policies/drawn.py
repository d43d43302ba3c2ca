"""What was drawn by chance, as keys and passwords are, and not written by somebody."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter
from itertools import pairwise

PATH = re.compile(r"[a-z0-9_.-]+(?:/[a-z0-9_.-]+)+")
_ENTROPY = 3.5
"""Bits per character: a random base64 text of 20 has about 4, an identifier in words about 3."""
_DRAWN_ENTROPY = 4.3
"""The same where the name says nothing: a random text of 32 letters and digits has about 4.5."""
_DRAWN_LENGTH = range(24, 129)
_TOLD = re.compile(
    r"sha\d{3}-.*"  # of what a page loads
    r"|(?:AQIC|MII|AAAA|H4sI|UEsD|iVBOR).*"  # sealed by KMS, a public key, compressed, a picture
    r"|pk_(?:live|test)_.*",
    re.DOTALL,
)
_PIECE = re.compile(r"[A-Za-z0-9]{16,}")
_SUFFIX = re.compile(r"[0-9A-F]{8}$")
"""What deployments put behind a name in words."""
_TURNS = 0.42
"""How often small, capital and digit take turns: in 0.62 of the pairs of a random text."""


def is_drawn(value: str) -> bool:
    """Letters and digits by chance, so surely that no name has to say so.

    An id, a digest, a commit are hexadecimal or of one case; what people and deployments name
    themselves is made of words, in which a capital stands where one begins.
    """
    if len(value) not in _DRAWN_LENGTH or not re.fullmatch(r"[A-Za-z0-9+/_-]+=*", value):
        return False
    if _TOLD.fullmatch(value) or not all(
        re.search(kind, value) for kind in ("[a-z]", "[A-Z]", r"\d")
    ):
        return False
    if re.fullmatch(r"[0-9A-Fa-f-]+", value) or _entropy(value) < _DRAWN_ENTROPY:
        return False
    pieces = [_SUFFIX.sub("", each) for each in _PIECE.findall(value)]
    return any(map(_takes_turns, pieces)) and not _is_readable(value)


def _takes_turns(text: str) -> bool:
    kinds = ["0" if c.isdigit() else "a" if c.islower() else "A" for c in text]
    turns = sum(one != other for one, other in pairwise(kinds))
    numbers = re.findall(r"\d+", text)
    return len(set(kinds)) == 3 and turns >= _TURNS * (len(kinds) - 1) and len(numbers) > 1


def _is_readable(value: str) -> bool:
    """Whether it is base64 of a text."""
    bare = value.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        text = base64.b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return False
    return sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in text) >= 0.9 * len(text)


def is_random(value: str) -> bool:
    if len(value) < 20 or not re.fullmatch(r"[A-Za-z0-9+/=_-]+", value):
        return False
    if not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)):
        return False
    if PATH.fullmatch(value) or value.startswith("/"):
        return False
    return _entropy(value) >= _ENTROPY


def _entropy(value: str) -> float:
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts)
