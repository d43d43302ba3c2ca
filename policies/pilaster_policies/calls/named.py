"""What the code of a function can name: the resources its calls can be about.

Names come to it by its environment (and what that is made of), by what calls it, and stand in its
source; recorded calls say the rest, and which folders of a bucket it keeps to. A name composed at
run time is a pattern with what stands fast in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pilaster_policies.actions import templates
from pilaster_policies.calls.definitions import ANYTHING, CHOSEN
from pilaster_policies.calls.reach import reached
from pilaster_policies.registry import Resource
from pilaster_policies.values import Value

Seen = Mapping[str, Sequence[str]]
"""Recorded calls of one handler: action -> resources."""

NAMES = (
    "arn",
    "bucket",
    "clusterIdentifier",
    "clusterResourceId",
    "id",
    "identifier",
    "name",
    "resourceId",
    "url",
    "userId",
)
"""Properties by which a resource is meant."""
_OBJECT = re.compile(r"arn:[^:]*:s3:::([^/]+)/([^/]*)(/?).*", re.DOTALL)
_FREE = re.compile(r"\$\{(\w+)\}")
_GIVEN = {"Partition": "aws", "Region": "*", "Account": "*"}
_LEAST = 4
"""Letters that stand fast in a name composed at run time; with fewer it is any name."""


@dataclass(frozen=True)
class Named:
    """The names of things one role's functions can speak of."""

    names: frozenset[str]
    composed: frozenset[str]
    """Names that are put together at run time, `*` for what is put in."""
    folders: Mapping[str, Mapping[str, frozenset[str]]]
    """By bucket and action, the folders it keeps to; by action `*`, those its code speaks of. A
    bucket that is not here: nothing is known of its keys, and all may be meant."""

    def resources(self, action: str, granted: Iterable[str]) -> Iterator[str]:
        """Patterns of what a call of the action can be about, as far as these grants touch it."""
        granted = list(granted)
        arns, _ = templates(action)
        if not arns:
            yield "*"
        meant = [name for name in self.names if any(name in each for each in granted)]
        meant += [each for each in self.composed if any(_fast(each) in arn for arn in granted)]
        for arn in arns:
            first = next((n for n in _FREE.findall(arn) if n not in _GIVEN), None)
            if first is None:
                yield _filled(arn, {})
            elif "${BucketName}/${ObjectName}" in arn:
                for name in meant:
                    yield from (
                        _filled(arn, {first: name, "ObjectName": key})
                        for key in self._keys(name, action)
                    )
            else:
                yield from (_filled(arn, {first: name}) for name in meant)
                if ":log-group:" in arn:  # its streams, as which policies name them
                    yield from (f"arn:aws:logs:*:*:log-group:{name}:*" for name in meant)

    def _keys(self, bucket: str, action: str) -> Iterator[str]:
        known = self.folders.get(bucket)
        if known is None:
            yield "*"
            return
        yield from sorted(known.get(action, frozenset()) | known.get("*", frozenset()))


def _filled(arn: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\*+", "*", _FREE.sub(lambda name: {**_GIVEN, **values}.get(name[1], "*"), arn))


def _fast(composed: str) -> str:
    """The longest piece that stands fast in it."""
    return max(composed.split("*"), key=len)


def named(
    root: Path,
    functions: Sequence[Resource],
    callers: Sequence[Resource],
    calls: Mapping[str, Seen],
    there: There,
) -> Named:
    """`callers`: what hands events to the functions (mappings); `there`: all names of the stack."""
    names: set[str] = set()
    composed: set[str] = set()
    spoken: set[str] = set()
    seen: dict[str, list[str]] = {}
    for function in functions:
        names |= set(_handed(function, "environment"))
        names |= set(_words(function.props.get("loggingConfig")))
        names |= set(_words(function.props.get("deadLetterConfig")))
        name = function.props.get("name")
        names |= {f"/aws/lambda/{name}"} if isinstance(name, str) else set()
        handler = str(function.props.get("handler"))
        for text in _literals(root, handler):
            (composed if "*" in text else names).add(text)
            if text.endswith("/") or "/" in text:
                spoken.add(text.partition("/")[0])
        for action, resources in calls.get(handler, {}).items():
            seen.setdefault(action, []).extend(resources)
    for caller in callers:
        for key in ("eventSourceArn", "destinationConfig"):
            names |= set(_handed(caller, key))
    for resource in {each for resources in seen.values() for each in resources}:
        found, pattern = _of_recorded(resource, there)
        names |= found
        composed |= pattern
    names = {each for each in names if each and "*" not in each}
    composed = {each for each in composed if len(_fast(each)) >= _LEAST}
    buckets = sorted(names.intersection(there.names))
    return Named(frozenset(names), frozenset(composed), _folders(buckets, seen, spoken, calls))


@dataclass(frozen=True, eq=False)
class There:
    """All names in a stack: what a recorded `*-orders` stands for is one of them."""

    names: tuple[str, ...]


def resources_of(texts: Iterable[str], action: str, granted: Iterable[str]) -> Iterator[str]:
    """What a call of the action can be about that is made with these texts (`calls.declared`)."""
    texts, granted = set(texts), list(granted)
    if ANYTHING in texts:
        yield "*"
        return
    if CHOSEN in texts:
        yield from (each for each in granted if not set("*?") & set(each))
    for arn in Named(frozenset(_words(list(texts))), frozenset(), {}).resources(action, granted):
        yield arn
        if action == "lambda:InvokeFunction":
            yield f"{arn}:*"  # its versions and aliases, one of which a service always calls


def names_of(stack: Iterable[Resource]) -> There:
    return _there(tuple(sorted({name for each in stack for name in _called(each)})))


_there = lru_cache(maxsize=8)(There)


def _handed(resource: Resource, key: str) -> Iterator[str]:
    yield from _words(resource.props.get(key))
    for need in resource.needs.get(key, ()):
        yield from _called(need)


def _called(resource: Resource) -> Iterator[str]:
    for key in NAMES:
        yield from _words(resource.props.get(key))


def _words(value: Value) -> Iterator[str]:
    """Texts anywhere in it, and the names an ARN or an address is made of."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _words(each)
    elif isinstance(value, list):
        for each in value:
            yield from _words(each)
    elif isinstance(value, str) and value:
        yield value
        yield value.removeprefix("/")
        if ":" in value or "/" in value:
            arn = value.split(":", 5)
            rest = arn[5] if value.startswith("arn:") and len(arn) == 6 else value
            yield from re.split(r"[:/?&=@,]", rest)
            yield from (rest.partition(mark)[2] for mark in ":/" if mark in rest)
            yield from (label for label in re.split(r"[:/.]", rest) if len(label) >= _LEAST)


@cache
def _literals(root: Path, handler: str) -> frozenset[str]:
    code = reached(root, handler)
    return frozenset(code.texts() if code else ())


@lru_cache(maxsize=4096)
def _of_recorded(resource: str, there: There) -> tuple[frozenset[str], frozenset[str]]:
    """The names in a recorded resource: of the stack, where `*` stands for its own beginning."""
    names, patterns = set[str](), set[str]()
    rest = resource.split(":", 5)[-1]
    for part in re.split("[:/]", rest):
        if "*" not in part:
            names.add(part)
        elif len(_fast(part)) >= _LEAST:
            form = _form(part)
            if found := {name for name in there.names if form.fullmatch(name)}:
                names |= found
            else:
                patterns.add(part)
    return frozenset(names), frozenset(patterns)


@cache
def _form(part: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, part.split("*"))))


def _folders(
    buckets: Sequence[str], seen: Seen, spoken: set[str], calls: Mapping[str, Seen]
) -> dict[str, dict[str, frozenset[str]]]:
    """Of each bucket, what is in it by all that was seen, and of that what these functions mean."""
    everybody = [r for each in calls.values() for found in each.values() for r in found]
    result: dict[str, dict[str, frozenset[str]]] = {}
    for bucket in buckets:
        all_ = set(_first(bucket, everybody))
        mine = {action: frozenset(_first(bucket, found)) for action, found in seen.items()}
        mine = {action: found for action, found in mine.items() if found}
        meant = frozenset(each for each in all_ if each.partition("/")[0] in spoken)
        if mine or meant:
            result[bucket] = {**mine, "*": meant}
    return result


def _first(bucket: str, resources: Iterable[str]) -> Iterator[str]:
    """The folders of recorded objects of the bucket, as patterns of keys."""
    yield from (found for each in resources if (found := _folder(bucket, each)))


@lru_cache(maxsize=8192)
def _folder(bucket: str, resource: str) -> str:
    found = _OBJECT.fullmatch(resource)
    if not found or not _form(found[1]).fullmatch(bucket):
        return ""
    return f"{found[2]}/*" if found[3] else found[2]
