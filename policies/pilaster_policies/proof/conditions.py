"""Condition operators, as IAM documents them, and the values of a key they tell apart.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
What is not read for sure (an operator AWS does not have, a value of another kind) is None: nothing
is said of it, neither that it is met nor that it is not.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import TypeVar

from pilaster_policies.actions import is_multivalued
from pilaster_policies.documents import Condition
from pilaster_policies.proof.patterns import Pattern, Token, arn, classes, text, widened

ALWAYS = frozenset(
    f"aws:{name}"
    for name in (
        "currenttime",
        "epochtime",
        "principalaccount",
        "principalarn",
        "requestedregion",
        "securetransport",
    )
)
"""Keys every signed request has.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""
_MULTIVALUED = frozenset(
    f"aws:{name}"
    for name in (
        "calledvia",
        "principalorgpaths",
        "principalservicenameslist",
        "resourceorgpaths",
        "sourceorgpaths",
        "tagkeys",
        "vpceorgpaths",
    )
)
_BOOLEANS = tuple(Pattern(tuple(map(Token, value))) for value in ("true", "false"))
_SOMETHING = Pattern((Token(), Token(many=True)))
_ORDER: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "equals": lambda a, b: a == b,
    "lessthan": lambda a, b: a < b,
    "lessthanequals": lambda a, b: a <= b,
    "greaterthan": lambda a, b: a > b,
    "greaterthanequals": lambda a, b: a >= b,
}
_TEXTS = {
    "string": ("equals", "equalsignorecase", "like"),
    "arn": ("equals", "like"),
    "bool": ("",),
    "binary": ("equals",),
}
_NEGATED = frozenset(
    (
        "arnnotequals",
        "arnnotlike",
        "datenotequals",
        "notipaddress",
        "numericnotequals",
        "stringnotequals",
        "stringnotequalsignorecase",
        "stringnotlike",
    )
)
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Bound:
    """A number or a moment, and how a value must stand to it."""

    relation: str
    value: Fraction

    def takes(self, value: Fraction) -> bool:
        return _ORDER[self.relation](value, self.value)


Wanted = Pattern | Bound | _Network


@dataclass(frozen=True)
class Test:
    """One operator on one key."""

    key: str
    kind: str
    """text, bool, numeric, date, ip or null."""
    wanted: tuple[Wanted, ...]
    """One of them; of `null`, whether the key is to be missing stands in `missing`."""
    negated: bool = False
    if_exists: bool = False
    of: str = ""
    """any or all: of the several values of a key."""
    missing: tuple[bool, ...] = ()


@cache
def read(condition: Condition, variables: bool) -> Test | None:
    """None for what AWS's reading is not known of."""
    name, of = condition.operator.lower(), ""
    for prefix, short in (("forallvalues:", "all"), ("foranyvalue:", "any")):
        if name.startswith(prefix):
            name, of = name.removeprefix(prefix), short
    if not condition.values:
        return None
    if name == "null":
        asked = {value.lower() for value in condition.values}
        if of or not asked <= {"true", "false"}:
            return None
        missing = tuple(each == "true" for each in sorted(asked))
        return Test(condition.key, "null", (), missing=missing)
    if_exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    negated = name in _NEGATED
    kind, wanted = _wanted(name.replace("not", "", 1) if negated else name, condition, variables)
    if not wanted or None in wanted:
        return None
    known = tuple(each for each in wanted if each is not None)
    return Test(condition.key, kind, known, negated, if_exists, of)


def _wanted(
    name: str, condition: Condition, variables: bool
) -> tuple[str, list[Pattern | None] | list[Bound | None] | list[_Network | None]]:
    values = condition.values
    for family, relations in _TEXTS.items():
        relation = name.removeprefix(family)
        if name.startswith(family) and relation in relations:
            if family == "arn":
                return "text", [arn(value, variables=variables) for value in values]
            fold = family == "bool" or relation == "equalsignorecase"
            found = [
                text(value, wild=relation == "like", fold=fold, variables=variables)
                for value in values
            ]
            return "bool" if family == "bool" else "text", found
    for family, convert in (("numeric", _number), ("date", _moment)):
        relation = name.removeprefix(family)
        if name.startswith(family) and relation in _ORDER:
            numbers = map(convert, values)
            return family, [None if n is None else Bound(relation, n) for n in numbers]
    if name == "ipaddress":
        return "ip", [_network(value) for value in values]
    return "", []


def _number(value: str) -> Fraction | None:
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError):
        return None


def _moment(value: str) -> Fraction | None:
    """Seconds since 1970."""
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        return _number(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return Fraction(moment.timestamp())


def _network(value: str) -> _Network | None:
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


@dataclass(frozen=True)
class Domain:
    """The values of a key, as far as the tests tell them apart: one of each sort."""

    key: str
    values: tuple[str, ...]
    several: bool
    """A request may hold any number of them at once."""
    takes: dict[Wanted, frozenset[int]]
    """By what is wanted, which of the values are. Of a text with variables: which may be."""


def domain(key: str, tests: Sequence[Test]) -> Domain | None:
    """None where the tests take the key for things of different kinds. Raises TooManyError."""
    kinds = {test.kind for test in tests if test.kind != "null"}
    wanted = tuple(dict.fromkeys(each for test in tests for each in test.wanted))
    several = _is_several(key, tests)
    if kinds <= {"text", "bool"}:
        patterns = tuple(each for each in wanted if isinstance(each, Pattern))
        only = _BOOLEANS if kinds == {"bool"} else (_SOMETHING,)
        found = classes(tuple(map(widened, patterns)), within=only)
        values = tuple(found.values())
        vectors = list(found)
        takes: dict[Wanted, frozenset[int]] = {
            pattern: frozenset(at for at, vector in enumerate(vectors) if vector[number])
            for number, pattern in enumerate(patterns)
        }
        return Domain(key, values, several, takes)
    if len(kinds) > 1:
        return None
    if kinds == {"ip"}:
        networks = [each for each in wanted if isinstance(each, _Network)]
        return _sampled(key, several, networks, _addresses(networks), lambda n, a: a in n)
    bounds = [each for each in wanted if isinstance(each, Bound)]
    points = _points(bounds)
    found_ = _sampled(key, several, bounds, points, lambda bound, point: bound.takes(point))
    if kinds == {"date"}:
        return Domain(key, tuple(map(_written, found_.values)), several, found_.takes)
    return Domain(key, tuple(map(_decimal, found_.values)), several, found_.takes)


def _is_several(key: str, tests: Sequence[Test]) -> bool:
    if key.startswith("aws:"):
        return key in _MULTIVALUED or (
            any(test.of for test in tests) and "tag/" not in key and key not in ALWAYS
        )
    listed = is_multivalued(key)
    return any(test.of for test in tests) if listed is None else listed


_W = TypeVar("_W", Bound, _Network)
_V = TypeVar("_V")


def _sampled(
    key: str,
    several: bool,
    wanted: Sequence[_W],
    values: Iterable[_V],
    takes: Callable[[_W, _V], bool],
) -> Domain:
    known = tuple(dict.fromkeys(wanted))
    found: dict[tuple[bool, ...], _V] = {}
    for value in values:
        found.setdefault(tuple(takes(each, value) for each in known), value)
    return Domain(
        key,
        tuple(map(str, found.values())),
        several,
        {
            each: frozenset(at for at, vector in enumerate(found) if vector[number])
            for number, each in enumerate(known)
        },
    )


def _addresses(networks: Sequence[_Network]) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """Of every stretch between the borders of the networks at least one, plain ones first."""
    found = [ipaddress.ip_address("198.51.100.7"), ipaddress.ip_address("2001:db8::7")]
    for network in networks:
        kind = type(network.network_address)
        top = 2**network.max_prefixlen - 1
        first, last = int(network.network_address), int(network.broadcast_address)
        found += [kind(at) for at in (first, last, first - 1, last + 1) if 0 <= at <= top]
    return found


def _points(bounds: Sequence[Bound]) -> list[Fraction]:
    marks = sorted({bound.value for bound in bounds}) or [Fraction(0)]
    between = [(a + b) / 2 for a, b in pairwise(marks)]
    return [*marks, marks[0] - 1, marks[-1] + 1, *between]


def _decimal(value: str) -> str:
    number = Fraction(value)
    return str(number.numerator) if number.denominator == 1 else str(float(number))


def _written(value: str) -> str:
    moment = datetime.datetime.fromtimestamp(float(Fraction(value)), datetime.UTC)
    return moment.isoformat().replace("+00:00", "Z")
