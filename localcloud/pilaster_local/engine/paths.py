"""Property paths, as `ignore_changes` and `replace_on_changes` name them: `a`, `a.b`, `a[0]`, `*`.

The grammar and its tolerance are those of the official engine (sdk/go/common/resource,
properties_path.go); both options and the paths of a detailed diff are read by this one parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any, Final, Literal

from pilaster_local.engine.values import SECRET, SIGNATURE, Properties, Value, secret, signature

Path = tuple[str | int, ...]
"""Names and indices from the outside in; the name `*` stands for any of both."""

Change = tuple[Path, Literal["add", "delete", "update"]]

ANY = "*"
_NOTHING: Final = object()
_PLAIN = re.compile(r"\w+", re.ASCII)
_NAME = re.compile(r"[^.\[]+")
_INDEX = re.compile(r"\[([^\]]*)\]")
_QUOTED = re.compile(r'\["((?:\\"|\\(?!")|[^"\\])*)"\]')


class PathError(ValueError):
    """The text is no property path."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(f'{text!r} is no property path: {why}; write `a`, `a.b`, `a[0]`, `a["b"]`')


def parse(text: str) -> Path:
    """The path a text means."""
    if text.startswith("."):
        raise PathError(text, "it must start with a name or an index")
    found: list[str | int] = []
    at = 0
    while at < len(text):
        if text[at] == ".":
            at += 1
            if at == len(text):
                raise PathError(text, "it must end with a name or an index")
            continue
        if quoted := _QUOTED.match(text, at):
            found.append(quoted[1].replace('\\"', '"'))
            at = quoted.end()
        elif text[at] == "[":
            at = _index(text, at, found)
        else:
            name = _NAME.match(text, at)
            assert name  # neither a point nor a bracket stands here
            found.append(name[0])
            at = name.end()
    return tuple(found)


def _index(text: str, at: int, found: list[str | int]) -> int:
    index = _INDEX.match(text, at)
    if index is None or index[1].startswith('"'):
        raise PathError(text, "a bracket or a quote is not closed")
    if index[1] == ANY:
        found.append(ANY)
    elif re.fullmatch(r"-?\d+", index[1], re.ASCII):
        found.append(int(index[1]))
    else:
        raise PathError(text, f"{index[1]!r} is no index")
    return index.end()


def written(path: Path) -> str:
    """The path as the official engine writes it: what it means, `parse` reads back."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def contains(path: Path, other: Path) -> bool:
    """Whether `other` is what `path` names, or lies inside it."""
    if len(other) < len(path):
        return False
    steps = zip(path, other, strict=False)
    return all(mine in (ANY, theirs) for mine, theirs in steps)


def differences(old: Properties, new: Properties, keys: Iterable[str]) -> Iterator[Change]:
    """Where two sets of properties differ below these keys, as deep as both have the place."""
    for key in keys:
        yield from _at((key,), old.get(key, _NOTHING), new.get(key, _NOTHING))


def _at(path: Path, old: Any, new: Any) -> Iterator[Change]:
    if old is _NOTHING or new is _NOTHING:
        if old is not new:
            yield path, "add" if old is _NOTHING else "delete"
        return
    old, new = _bare(old), _bare(new)
    if _is_object(old) and _is_object(new):
        for key in sorted(old.keys() | new.keys()):
            yield from _at((*path, key), old.get(key, _NOTHING), new.get(key, _NOTHING))
    elif isinstance(old, list) and isinstance(new, list):
        pairs = zip_longest(old, new, fillvalue=_NOTHING)
        for index, (before, now) in enumerate(pairs):
            yield from _at((*path, index), before, now)
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield path, "update"


def reset(paths: Iterable[Path], old: Properties, new: Properties) -> tuple[Properties, list[Path]]:
    """The new properties with what is named taken from the old ones, and what could not be.

    What was added to or removed from the middle of a path cannot be: a list would change its
    length, a parent would have to be made up.
    """
    failed: list[Path] = []
    value: Value = new
    for path in paths:
        value, is_done = _reset(path, old, value, hidden=(False, False))
        if not is_done:
            failed.append(path)
    return value, failed


def _reset(path: Path, old: Value, new: Value, *, hidden: tuple[bool, bool]) -> tuple[Value, bool]:
    """`hidden`: whether the old and the new value stand inside a secret."""
    if not path:
        return new, False
    if signature(new) == SECRET:
        inner, is_done = _reset(path, old, new["value"], hidden=(hidden[0], True))
        return {**new, "value": inner}, is_done
    if signature(old) == SECRET:
        return _reset(path, old["value"], new, hidden=(True, hidden[1]))
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        return _reset_index(head, rest, old, new, hidden)
    if head == ANY:
        return _reset_any(rest, old, new, hidden)
    return _reset_name(head, rest, old, new, hidden)


def _taken(value: Value, hidden: tuple[bool, bool]) -> Value:
    """What was inside a secret stays secret where it is put."""
    return secret(value) if hidden[0] and not hidden[1] else value


def _reset_index(
    head: int, rest: Path, old: Value, new: Value, hidden: tuple[bool, bool]
) -> tuple[Value, bool]:
    if not isinstance(old, list) or not isinstance(new, list):
        return new, head >= 0 and not isinstance(old, list) and not isinstance(new, list)
    if not 0 <= head < min(len(old), len(new)):
        return new, not rest and head >= max(len(old), len(new))
    if not rest:
        return [*new[:head], _taken(old[head], hidden), *new[head + 1 :]], True
    inner, is_done = _reset(rest, old[head], new[head], hidden=hidden)
    return [*new[:head], inner, *new[head + 1 :]], is_done


def _reset_any(rest: Path, old: Value, new: Value, hidden: tuple[bool, bool]) -> tuple[Value, bool]:
    if _is_object(new):
        if not rest:
            kept = {key: _taken(v, hidden) for key, v in old.items()} if _is_object(old) else new
            return kept, True
        if not _is_object(old) or not old.keys() <= new.keys():
            return new, False
        changed, is_done = dict(new), True
        for key in old:
            changed[key], fits = _reset(rest, old[key], new[key], hidden=hidden)
            is_done = is_done and fits
        return changed, is_done
    if isinstance(new, list):
        if not isinstance(old, list):
            return new, not rest
        both = list(zip(old, new, strict=False))
        if rest:
            resets = [_reset(rest, before, now, hidden=hidden) for before, now in both]
        else:
            resets = [(_taken(before, hidden), True) for before, _ in both]
        is_done = len(old) == len(new) and all(fits for _, fits in resets)
        return [*(value for value, _ in resets), *new[len(both) :]], is_done
    return new, False


def _reset_name(
    head: str, rest: Path, old: Value, new: Value, hidden: tuple[bool, bool]
) -> tuple[Value, bool]:
    before = old if _is_object(old) else {}
    if not rest:
        if not _is_object(new):
            return new, head not in before
        if head in before:
            return {**new, head: _taken(before[head], hidden)}, True
        return {key: value for key, value in new.items() if key != head}, True
    if not _is_object(old) or not _is_object(new):
        return new, not _is_object(old) and not _is_object(new)
    if head not in new:
        return new, head not in old
    inner, is_done = _reset(rest, old.get(head), new[head], hidden=hidden)
    return {**new, head: inner}, is_done


def _is_object(value: Value) -> bool:
    return isinstance(value, dict) and SIGNATURE not in value


def _bare(value: Value) -> Value:
    return _bare(value["value"]) if signature(value) == SECRET else value


def named(paths: Iterable[Path]) -> frozenset[str]:
    """The properties that are named as a whole; `*` is in it as itself."""
    wholes = (path[0] for path in paths if len(path) == 1)
    return frozenset(name for name in wholes if isinstance(name, str))


def top(text: str) -> str:
    """`tags.a` and `rules[0].b` are in `tags` and `rules`."""
    try:
        path = parse(text)
    except PathError:
        return text
    return str(path[0]) if path else text
