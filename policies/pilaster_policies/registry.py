"""What a rule is, and the list of them: `@rule` for one resource, `@graph_rule` for the stack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pilaster_policies.values import Properties, Value, inside


@dataclass(kw_only=True)
class Resource:
    """One resource as a rule sees it: the provider's own names, camelCase."""

    type: str
    name: str
    urn: str
    props: Properties
    needs: dict[str, list[Resource]] = field(default_factory=dict, repr=False)
    """By property: what its value was made of. Known in graph rules only."""
    provider: Properties = field(default_factory=dict, repr=False)
    """The settings of the provider that answers for it."""

    def get(self, *path: str) -> Value:
        return inside(self.props, *path)


@dataclass(frozen=True)
class Violation:
    what: str
    """What is wrong, and what it allows. Never holds a property's secret."""
    fix: str
    statement: str = ""
    """The label of the statement of a policy document, where it is one's: an exception names it."""


@dataclass(frozen=True)
class NotKnown:
    """The rule cannot tell before the run: said, and never taken for a pass."""

    what: str
    """The property, and what it would decide."""
    statement: str = ""


class Graph(list[Resource]):
    """All resources of a stack, in the order of their URNs."""

    source: Path | None = None
    """Where the code of its functions lies, if that was said."""
    calls: Mapping[str, Mapping[str, Sequence[str]]] = MappingProxyType({})
    """What they were seen to call: handler -> action -> resources."""
    bounds: Mapping[str, Value] = MappingProxyType({})
    """By the name or URN of a principal, the policy document it may not go beyond."""


Finding = Violation | NotKnown
Check = Callable[[Resource], Iterator[Finding]]
GraphCheck = Callable[[Graph], Iterator[tuple[Resource, Finding]]]


@dataclass
class Rule:
    id: str
    why: str
    checks: dict[str, list[Check]] = field(default_factory=dict)
    """By type of resource."""
    graph_checks: list[GraphCheck] = field(default_factory=list)

    def findings(self, resource: Resource) -> Iterator[Finding]:
        for check in self.checks.get(resource.type, ()):
            yield from check(resource)


RULES: dict[str, Rule] = {}


def _rule(id_: str, why: str) -> Rule:
    rule = RULES.setdefault(id_, Rule(id_, why))
    if why and rule.why != why:
        raise ValueError(f"the rule {id_!r} has two reasons; one file says why")
    return rule


def rule(id_: str, *, on: str | Iterable[str], why: str) -> Callable[[Check], Check]:
    """A check of one resource of these types. Several checks may share an id and its reason."""

    def add(check: Check) -> Check:
        for type_ in [on] if isinstance(on, str) else on:
            _rule(id_, why).checks.setdefault(type_, []).append(check)
        return check

    return add


def graph_rule(id_: str, *, why: str) -> Callable[[GraphCheck], GraphCheck]:
    """A check of the stack as a whole, once everything in it is registered."""

    def add(check: GraphCheck) -> GraphCheck:
        _rule(id_, why).graph_checks.append(check)
        return check

    return add
