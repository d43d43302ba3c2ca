"""What a rule is, and the list of them: `@rule` for one resource, `@graph_rule` for the stack.

A rule reads properties with `get` and says what is wrong. What it read and is not known yet is said
for it, here: no rule passes because it could not see, and none has to think of it. It says so
itself only of what stands inside a document, and asks with `has` where being set is all it wants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pilaster_policies.azure_types import plain_type
from pilaster_policies.values import Properties, Value, inside, is_unknown


@dataclass(kw_only=True)
class Resource:
    """One resource as a rule sees it: the provider's own names, camelCase."""

    type: str
    """By the name rules know it (`plain_type`)."""
    name: str
    urn: str
    props: Properties
    needs: dict[str, list[Resource]] = field(default_factory=dict, repr=False)
    """By property: what its value was made of. Known in graph rules only."""
    provider: Properties = field(default_factory=dict, repr=False)
    """The settings of the provider that answers for it."""

    asked: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)
    """What rules decided by: path -> whether it is not known yet."""

    def __post_init__(self) -> None:
        self.type = plain_type(self.type)

    def get(self, *path: str | int) -> Value:
        """What stands there, to decide by it."""
        value = inside(self.props, *path)
        listed = value if isinstance(value, list) else [value]
        self.ask(path, unknown=any(map(is_unknown, listed)))
        return value

    def has(self, *path: str | int) -> bool:
        """Whether anything stands there. What is not known yet is set, too."""
        self.asked.setdefault(".".join(map(str, path)), False)
        return inside(self.props, *path) not in (None, "", False, [], {})

    def ask(self, path: Sequence[str | int], *, unknown: bool) -> None:
        """Note that a rule decides by it; `unknown`: and cannot."""
        self.asked[".".join(map(str, path))] = unknown


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
    tags: Sequence[str] = ()
    """The keys everything that can carry tags has to carry; none: nothing is asked."""
    boundary: str = ""
    """The ARN (`*` for anything) of the boundary every principal has to have; empty: none."""
    sources: Sequence[str] = ()
    """The services that have to be let in for one thing of ours, by its ARN; none: none has to."""


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
        """What is to be said of one resource."""
        resource.asked.clear()
        found = [each for check in self.checks.get(resource.type, ()) for each in check(resource)]
        yield from found
        yield from self._unsaid(resource, found)

    def graph_findings(self, graph: Graph) -> Iterator[tuple[Resource, Finding]]:
        """What is to be said of the stack as a whole."""
        for resource in graph:
            resource.asked.clear()
        found = [each for check in self.graph_checks for each in check(graph)]
        yield from found
        of: dict[str, list[Finding]] = {}
        for resource, finding in found:
            of.setdefault(resource.urn, []).append(finding)
        for resource in graph:
            for finding in self._unsaid(resource, of.get(resource.urn, ())):
                yield resource, finding

    def _unsaid(self, resource: Resource, found: Iterable[Finding]) -> Iterator[NotKnown]:
        """What it read, is not known yet, and the rule said nothing about."""
        if any(isinstance(each, NotKnown) for each in found):
            return
        for path, unknown in resource.asked.items():
            if unknown:
                yield NotKnown(f"{path}, and with it whether the rule is kept")


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
