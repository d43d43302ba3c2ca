"""JSONPath, intrinsic functions and JSONata strings, as far as state machines use them.

Sources: the Amazon States Language specification, and the Step Functions developer guide,
"Intrinsic functions".
"""

from __future__ import annotations

import re

from pilaster_local.providers.aws.plan.finding import shown

_INTRINSICS = {
    "States.Array": (0, 99), "States.ArrayContains": (2, 2), "States.ArrayGetItem": (2, 2),
    "States.ArrayLength": (1, 1), "States.ArrayPartition": (2, 2), "States.ArrayRange": (3, 3),
    "States.ArrayUnique": (1, 1), "States.Base64Decode": (1, 1), "States.Base64Encode": (1, 1),
    "States.Format": (1, 99), "States.Hash": (2, 2), "States.JsonMerge": (3, 3),
    "States.JsonToString": (1, 1), "States.MathAdd": (2, 2), "States.MathRandom": (2, 3),
    "States.StringSplit": (2, 2), "States.StringToJson": (1, 1), "States.UUID": (0, 0),
}  # fmt: skip
_NAME = r"(?:[^\W\d]|[_$@])[\w-]*"
_REFERENCE = re.compile(
    rf"\$(?:[^\W\d][\w]*)?(?:\.{_NAME}|\['(?:[^'\\]|\\.)+'\]|\[\"(?:[^\"\\]|\\.)+\"\]|\[\d+\])*"
)
_START = re.compile(r"\$\$?(?=$|[.\[]|[^\W\d])")
_DEEPEST = 20


def path(text: object) -> str | None:
    """What is wrong with a path that reads from the state, if anything is."""
    if not isinstance(text, str) or not _START.match(text):
        return f"{shown(text)} is no path: it starts with '$'"
    if text.endswith(".") or "..." in text or _unbalanced(text) or re.search(r"\s\.|\.\s", text):
        return f"{shown(text)} is no path"
    return None


def reference(text: object) -> str | None:
    """As `path`, for one that names exactly one place: where a result is put."""
    if not isinstance(text, str) or not _REFERENCE.fullmatch(text):
        return f"{shown(text)} names no one place: write '$.key'"
    return None


def template(text: object) -> str | None:
    """What a key that ends in `.$` may hold: a path, or an intrinsic function."""
    if isinstance(text, str) and text.startswith("States."):
        return _intrinsic(text, 0)
    said = path(text)
    return f"{said} (a key that ends in '.$' takes a path or States.…)" if said else None


def jsonata(text: str) -> str | None:
    """A string that begins as an expression ends as one, with its brackets closed."""
    if not text.startswith("{%"):
        return None
    if not text.endswith("%}") or len(text) < 4:
        return f"{shown(text)} begins with '{{%' and does not end with '%}}'"
    inside = text[2:-2]
    if not inside.strip():
        return "an expression between '{%' and '%}' is missing"
    return f"{shown(text)}: its brackets or quotes do not match" if _unbalanced(inside) else None


def _intrinsic(text: str, depth: int) -> str | None:
    found = re.fullmatch(r"(States\.\w+)\((.*)\)", text.strip(), re.DOTALL)
    if found is None or _unbalanced(text):
        return f"{shown(text)} is no call of an intrinsic function"
    limits = _INTRINSICS.get(found[1])
    if limits is None:
        return f"there is no intrinsic function {found[1]!r}"
    arguments = _arguments(found[2])
    low, high = limits
    if not low <= len(arguments) <= high:
        return f"{found[1]} takes {low if low == high else f'{low} to {high}'} arguments"
    if depth > _DEEPEST:
        return f"{shown(text)} goes too deep"
    for argument in arguments:
        said = _argument(argument.strip(), depth)
        if said:
            return said
    return None


def _argument(text: str, depth: int) -> str | None:
    if text.startswith("States."):
        return _intrinsic(text, depth + 1)
    if text.startswith("$"):
        return path(text)
    literal = r"'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null"
    if re.fullmatch(literal, text, re.DOTALL):
        return None
    return f"{shown(text)} is no argument of an intrinsic function"


def _arguments(text: str) -> list[str]:
    """Divided at the commas that stand in no brackets and no quotes."""
    if not text.strip():
        return []
    found, start, depth, quoted, escaped = [], 0, 0, False, False
    for index, sign in enumerate(text):
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == "'":
            quoted = not quoted
        elif not quoted and sign in "([":
            depth += 1
        elif not quoted and sign in ")]":
            depth -= 1
        elif not quoted and not depth and sign == ",":
            found.append(text[start:index])
            start = index + 1
    return [*found, text[start:]]


def _unbalanced(text: str) -> bool:
    pairs = {")": "(", "]": "[", "}": "{"}
    open_, quote, escaped = [], "", False
    for sign in text:
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([{":
            open_.append(sign)
        elif sign in pairs and (not open_ or open_.pop() != pairs[sign]):
            return True
    return bool(open_ or quote)
