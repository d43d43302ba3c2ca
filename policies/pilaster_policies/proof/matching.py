"""Statements over the sorts of resources and values there are, as a formula for z3.

z3 is imported only where a condition stands: without one the sorts of resources are gone through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pilaster_policies.documents import Condition, Statement
from pilaster_policies.proof.conditions import ALWAYS, Domain, Test, domain, read
from pilaster_policies.proof.patterns import Pattern, arn, classes, holds, widened
from pilaster_policies.proof.requests import Request

Layers = Sequence[Sequence[Statement]]


class Matching:
    """What some statements can make of a request for an action they all speak of."""

    def __init__(
        self,
        statements: Sequence[Statement],
        world: tuple[Pattern, ...],
        pins: Sequence[Condition] = (),
    ) -> None:
        """`world`: the resources there are. `pins`: conditions every request meets."""
        self.pins = pins
        self.patterns = tuple(
            dict.fromkeys(each for s in statements for each in _resources(s) if each is not None)
        )
        found = classes(tuple(map(widened, self.patterns)), within=world)
        self.resources = tuple(found.values())
        self.vectors = tuple(found)
        self.simple = not pins and not any(
            s.conditions or not _is_read(s) or any(p and p.variables for p in _resources(s))
            for s in statements
        )
        self.tests: dict[tuple[Condition, bool], Test | None] = {
            (c, s.variables): read(c, s.variables) for s in statements for c in s.conditions
        }
        for pin in pins:
            self.tests[pin, False] = read(pin, False)
        by_key: dict[str, list[Test]] = {}
        for test in self.tests.values():
            if test is not None:
                by_key.setdefault(test.key, []).append(test)
        self.domains = {key: domain(key, tests) for key, tests in by_key.items()}

    def request(self, narrow: Layers, wide: Layers, action: str, *, sure: bool) -> Request | None:
        """One that `narrow` allows and `wide` does not.

        `sure`: whatever stands there and is not read. Else what is not read may mean anything, but
        the same on both sides; then None says that there is no such request, however it is read.
        """
        if self.simple:
            for at, resource in enumerate(self.resources):
                if self._plainly(narrow, at) and not self._plainly(wide, at):
                    return Request(action, resource)
            return None
        return _Formula(self, sure).solved(narrow, wide, action)

    def _plainly(self, layers: Layers, at: int) -> bool:
        return all(
            any(s.allows and self.meant(s, at) for s in layer)
            and not any(not s.allows and self.meant(s, at) for s in layer)
            for layer in layers
        )

    def meant(self, statement: Statement, at: int) -> bool:
        found = any(
            self.vectors[at][self.patterns.index(each)]
            for each in _resources(statement)
            if each is not None
        )
        return found != statement.not_resources


def _resources(statement: Statement) -> tuple[Pattern | None, ...]:
    named = statement.other_resources if statement.not_resources else statement.resources
    return tuple(arn(each, variables=statement.variables) for each in named)


def _is_read(statement: Statement) -> bool:
    found = _resources(statement)
    return bool(found) and None not in found and not statement.unknown and statement.whole


class _Formula:
    def __init__(self, matching: Matching, sure: bool) -> None:
        import z3  # 0.2 s, and only statements with conditions need it

        self.z3: Any = z3
        self.matching = matching
        self.sure = sure
        self.resource = [z3.Bool(f"resource {n}") for n in range(len(matching.resources))]
        self.present: dict[str, Any] = {}
        self.values: dict[str, list[Any]] = {}
        self.facts: list[Any] = [z3.PbEq([(each, 1) for each in self.resource], 1)]
        self.templates: dict[tuple[str, Pattern], Any] = {}
        for key, known in matching.domains.items():
            self._key(key, known)

    def solved(self, narrow: Layers, wide: Layers, action: str) -> Request | None:
        z3 = self.z3
        solver = z3.Solver()
        wanted = [self._allowed(narrow, low=True), z3.Not(self._allowed(wide, low=False))]
        pins = [self._condition(pin, False, low=True) for pin in self.matching.pins]
        self._implications()
        solver.add(*wanted, *pins, *self.facts)
        answer = solver.check()
        if answer == z3.unsat:
            return None
        model = solver.model() if answer == z3.sat else None
        if model is None:  # it gave up: then nothing is proved, and nothing shown
            return None if self.sure else Request(action, "")
        said = lambda each: z3.is_true(model.eval(each))  # noqa: E731
        resource = next(
            (r for r, b in zip(self.matching.resources, self.resource, strict=True) if said(b)), ""
        )
        context = {
            key: tuple(
                value
                for value, held in zip(_values(self.matching, key), self.values[key], strict=True)
                if said(held)
            )
            for key, present in self.present.items()
            if said(present)
        }
        return Request(action, resource, context)

    def _key(self, key: str, known: Domain | None) -> None:
        z3 = self.z3
        self.present[key] = present = z3.Bool(f"{key} is there")
        count = len(known.values) if known else 0
        self.values[key] = held = [z3.Bool(f"{key} {n}") for n in range(count)]
        if known:
            self.facts.append(z3.Or(held) == present)
            if not known.several:
                self.facts.append(z3.PbLe([(each, 1) for each in held], 1))
        if key in ALWAYS:
            self.facts.append(present)

    def _allowed(self, layers: Layers, *, low: bool) -> Any:
        z3 = self.z3
        return z3.And(
            [
                z3.And(
                    z3.Or([self._statement(s, low=low) for s in layer if s.allows]),
                    z3.Not(z3.Or([self._statement(s, low=not low) for s in layer if not s.allows])),
                )
                for layer in layers
            ]
        )

    def _statement(self, statement: Statement, *, low: bool) -> Any:
        z3 = self.z3
        if statement.unknown or not statement.whole:
            # Two that are not known are not the same.
            return self._unread(f"statement {id(statement)}", low=low)
        # Turned around, what is sure is no longer.
        named = self._named(statement, low=low != statement.not_resources)
        of_resource = z3.Not(named) if statement.not_resources else named
        conditions = [
            self._condition(each, statement.variables, low=low) for each in statement.conditions
        ]
        return z3.And(of_resource, *conditions)

    def _named(self, statement: Statement, *, low: bool) -> Any:
        patterns = _resources(statement)
        if not patterns or None in patterns:
            name = f"{statement.resources!r} {statement.other_resources!r}"
            return self._unread(f"resources {name}", low=low)
        return self.z3.Or(
            [
                self._template("", each) if each.variables else self._resource(each)
                for each in patterns
                if each is not None
            ]
        )

    def _resource(self, pattern: Pattern) -> Any:
        number = self.matching.patterns.index(pattern)
        vectors = self.matching.vectors
        return self.z3.Or([b for b, v in zip(self.resource, vectors, strict=True) if v[number]])

    def _template(self, key: str, pattern: Pattern) -> Any:
        """A text with variables, read as one thing: what is said of it stands in the facts."""
        if (key, pattern) not in self.templates:
            found = self.z3.Bool(f"{key} is {pattern!r}")
            self.templates[key, pattern] = found
            if key:
                takes = self._takes(key, pattern)
                self.facts.append(self.z3.Implies(found, self.z3.Or(takes)))
            else:
                self.facts.append(self.z3.Implies(found, self._resource(pattern)))
        return self.templates[key, pattern]

    def _implications(self) -> None:
        """One text with variables may hold another, whatever they stand for."""
        pairs = list(self.templates.items())
        for (key, narrow), one in pairs:
            for (other_key, wide), other in pairs:
                if key == other_key and narrow != wide and holds(wide, narrow):
                    self.facts.append(self.z3.Implies(one, other))
            for wide in self._plain(key):
                if holds(wide, narrow):
                    of = self._takes(key, wide) if key else [self._resource(wide)]
                    self.facts.append(self.z3.Implies(one, self.z3.Or(of)))

    def _plain(self, key: str) -> Iterable[Pattern]:
        if not key:
            return [each for each in self.matching.patterns if not each.variables]
        known = self.matching.domains[key]
        wanted = known.takes if known else {}
        return [each for each in wanted if isinstance(each, Pattern) and not each.variables]

    def _takes(self, key: str, wanted: Any) -> list[Any]:
        known = self.matching.domains[key]
        assert known is not None
        return [self.values[key][at] for at in sorted(known.takes[wanted])]

    def _unread(self, name: str, *, low: bool) -> Any:
        """What cannot be told: with `sure` the one that helps least."""
        if self.sure:
            return self.z3.BoolVal(not low)
        return self.z3.Bool(f"unread: {name}")

    def _condition(self, condition: Condition, variables: bool, *, low: bool) -> Any:
        z3 = self.z3
        test = self.matching.tests[condition, variables]
        name = f"{condition.operator.lower()} {condition.key} {condition.values!r} {variables}"
        if test is None or self.matching.domains[test.key] is None:
            return self._unread(name, low=low)
        present = self.present[test.key]
        if test.kind == "null":
            return z3.Or([z3.Not(present) if missing else present for missing in test.missing])
        known = self.matching.domains[test.key]
        assert known is not None
        with_variables = [w for w in test.wanted if isinstance(w, Pattern) and w.variables]
        if known.several and (with_variables or not test.of):
            return self._unread(name, low=low)
        met = self._several(test) if known.several else self._one(test, present)
        return z3.Or(z3.Not(present), met) if test.if_exists else met

    def _one(self, test: Test, present: Any) -> Any:
        z3 = self.z3
        match = z3.Or(
            [
                self._template(test.key, wanted)
                if isinstance(wanted, Pattern) and wanted.variables
                else z3.Or(self._takes(test.key, wanted))
                for wanted in test.wanted
            ]
        )
        inner = z3.Not(match) if test.negated else match
        if test.of == "any":
            return z3.And(present, inner)
        if test.of == "all" or test.negated:
            return z3.Or(z3.Not(present), inner)
        return z3.And(present, inner)

    def _several(self, test: Test) -> Any:
        """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"""
        z3 = self.z3
        known = self.matching.domains[test.key]
        assert known is not None
        taken = frozenset[int]().union(*(known.takes[wanted] for wanted in test.wanted))
        held = self.values[test.key]
        good = [each for at, each in enumerate(held) if (at in taken) != test.negated]
        bad = [each for at, each in enumerate(held) if (at in taken) == test.negated]
        return z3.Or(good) if test.of == "any" else z3.Not(z3.Or(bad))


def _values(matching: Matching, key: str) -> tuple[str, ...]:
    known = matching.domains[key]
    return known.values if known else ()
