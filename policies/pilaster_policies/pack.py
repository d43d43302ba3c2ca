"""The rules as pulumi-policy runs them.

Each rule is a mandatory policy of its own for what one resource shows, and beside it an advisory
one, `<id>-unknown`, for what it cannot tell yet: a violation has no level of its own. With `strict`
the mandatory one says both. What needs the whole stack runs in one stack policy, for each of those
is handed all resources anew: thirty took twenty seconds where one takes half of one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

import pilaster_policies.rules  # noqa: F401  (fills the registry)
from pilaster_policies.azure_types import plain_type
from pilaster_policies.calls import recorded
from pilaster_policies.exceptions import NOT_KNOWN, SCHEMA, UNKNOWN, Exceptions
from pilaster_policies.once import read_once
from pilaster_policies.registry import RULES, Finding, Graph, NotKnown, Resource, Rule
from pilaster_policies.telling import Told, hidden_in, told
from pilaster_policies.values import Value, arrived, keep_marks, texts

NAME = "pilaster-policies"
EXCEPTIONS = "exceptions"
STRICT = "strict"
GRAPH = "graph"
SOURCE = "source"
CALLS = "calls"
BOUNDS = "bounds"
TAGS = "tags"
BOUNDARY = "boundary"
SOURCES = "sources"
STACK_TYPE = "pulumi:pulumi:Stack"


class Pack:
    """The policies over one registry, and what they share during one run."""

    def __init__(self, rules: dict[str, Rule] = RULES) -> None:
        self.rules = rules
        self.exceptions = Exceptions(rules)
        self.strict = False
        self.source: Path | None = None
        self.calls: recorded.Calls = {}
        self.bounds: dict[str, Value] = {}
        self.tags: list[str] = []
        self.boundary = ""
        self.sources: list[str] = []
        self.asked: dict[tuple[str, str], bool] = {}
        """What the rules decided by so far: (URN, property) -> whether it is not known yet."""
        self._of_the_graph: list[tuple[Resource, Told]] | None = None

    def policies(self) -> list[Policy]:
        resource_rules = [rule for rule in self.rules.values() if rule.checks]
        return [
            # First: the policies run in this order, and the others ask what these were told.
            ResourceValidationPolicy(
                name=EXCEPTIONS,
                description="Exceptions are listed with a reason, and none that is not needed.",
                validate=self._listed,
                enforcement_level=EnforcementLevel.MANDATORY,
                config_schema=PolicyConfigSchema(properties={EXCEPTIONS: SCHEMA}),
            ),
            ResourceValidationPolicy(
                name=NOT_KNOWN,
                description="What is not known yet is advice, or with strict a violation.",
                validate=self._how_strict,
                enforcement_level=EnforcementLevel.ADVISORY,
                config_schema=PolicyConfigSchema(
                    properties={
                        STRICT: {
                            "type": "boolean",
                            "description": "What is not known yet breaks the rule (for CI)",
                        }
                    }
                ),
            ),
            *(self._resource_policy(rule, unknown=False) for rule in resource_rules),
            *(self._resource_policy(rule, unknown=True) for rule in resource_rules),
            StackValidationPolicy(
                name=GRAPH,
                description="The stack as a whole obeys its rules.",
                validate=self._graph,
                enforcement_level=EnforcementLevel.MANDATORY,
                config_schema=PolicyConfigSchema(
                    properties={
                        SOURCE: {
                            "type": "string",
                            "description": "The folder of the functions' code, from the pack's own",
                        },
                        CALLS: {
                            "type": "string",
                            "description": "The list of recorded calls, from the pack's own folder",
                        },
                        BOUNDS: {
                            "type": "object",
                            "description": "By principal (logical name or URN), the file with the "
                            "policy document it may not go beyond, from the pack's own folder",
                            "additionalProperties": {"type": "string"},
                        },
                        TAGS: {
                            "type": "array",
                            "description": "Keys everything that can carry tags has to carry",
                            "items": {"type": "string"},
                        },
                        BOUNDARY: {
                            "type": "string",
                            "description": "The ARN of the permissions boundary every role and "
                            "user has to have; `*` for what may be anything, as the account",
                        },
                        SOURCES: {
                            "type": "array",
                            "description": "Services, as `states.amazonaws.com`, that have to be "
                            "let in with aws:SourceArn, into roles as well",
                            "items": {"type": "string"},
                        },
                    }
                ),
            ),
            StackValidationPolicy(
                name=f"{GRAPH}{UNKNOWN}",
                description="What a rule over the stack decides by is not known yet.",
                validate=self._graph_unknown,
                enforcement_level=EnforcementLevel.ADVISORY,
            ),
        ]

    def _listed(self, args: ResourceValidationArgs, report: ReportViolation) -> None:
        self.exceptions.configure(args.get_config().get(EXCEPTIONS))
        if args.resource_type == STACK_TYPE:
            for problem in self.exceptions.problems:
                report(problem, None)

    def _how_strict(self, args: ResourceValidationArgs, _report: ReportViolation) -> None:
        self.strict = args.get_config().get(STRICT) is True

    def _resource_policy(self, rule: Rule, *, unknown: bool) -> Policy:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if plain_type(args.resource_type) not in rule.checks:
                return
            resource = _resource(args)
            found = [(rule, finding) for finding in rule.findings(resource)]
            self._note(resource, [finding for _, finding in found])
            for each in self._told(resource, found, hidden_in([resource]) if found else []):
                if each.advice is unknown:
                    report(each.text, None)

        return ResourceValidationPolicy(
            name=f"{rule.id}{UNKNOWN}" if unknown else rule.id,
            description=f"Not known yet: {rule.why}" if unknown else rule.why,
            validate=validate,
            enforcement_level=(
                EnforcementLevel.ADVISORY if unknown else EnforcementLevel.MANDATORY
            ),
        )

    def _note(self, resource: Resource, found: Sequence[Finding]) -> None:
        if not any(resource.asked.values()):
            for each in found:
                if isinstance(each, NotKnown):
                    self.asked[resource.urn, each.what] = True
        for path, unknown in resource.asked.items():
            key = (resource.urn, path)
            self.asked[key] = unknown or self.asked.get(key, False)

    def _told(
        self, resource: Resource, found: list[tuple[Rule, Finding]], hidden: list[str]
    ) -> list[Told]:
        left = [
            (rule, finding)
            for rule, finding in found
            if not self.exceptions.cover(rule.id, resource, finding.statement)
        ]
        return told(resource, left, hidden, self._is_fatal)

    def _is_fatal(self, rule: Rule, resource: Resource, finding: NotKnown) -> bool:
        """What is expected to be unknown at first is listed, and stays advice."""
        return self.strict and not any(
            self.exceptions.cover(name, resource, finding.statement)
            for name in (f"{rule.id}{UNKNOWN}", NOT_KNOWN)
        )

    def _graph(self, args: StackValidationArgs, report: ReportViolation) -> None:
        source = args.get_config().get(SOURCE)
        self.source = (Path.cwd() / source).resolve() if isinstance(source, str) else None
        calls = args.get_config().get(CALLS)
        self.calls = recorded.read(Path.cwd() / calls) if isinstance(calls, str) else {}
        self.bounds = _documents(args.get_config().get(BOUNDS))
        self.tags = texts(arrived(args.get_config().get(TAGS)))
        self.boundary = str(args.get_config().get(BOUNDARY) or "")
        self.sources = texts(arrived(args.get_config().get(SOURCES)))
        self._of_the_graph = list(self._graph_told(args))
        for resource, each in self._of_the_graph:
            if not each.advice:
                report(each.labelled, resource.urn)
        # Last, for what the stack as a whole shows may have needed one.
        for unused in self.exceptions.unused([r.urn for r in args.resources]):
            report(f"[{EXCEPTIONS}] {unused}. Fix: take it out", None)

    def _graph_unknown(self, args: StackValidationArgs, report: ReportViolation) -> None:
        # It runs after `graph`, which went through the stack already, unless that is switched off.
        found, self._of_the_graph = self._of_the_graph, None
        for resource, each in self._graph_told(args) if found is None else found:
            if each.advice:
                report(each.labelled, resource.urn)
        if unknown := sum(self.asked.values()):
            report(
                f"[{NOT_KNOWN}] {unknown} of {len(self.asked)} properties that rules decide by are "
                f"not known yet ({100 * unknown / len(self.asked):.1f} %)",
                None,
            )
        self.asked.clear()

    def _graph_told(self, args: StackValidationArgs) -> Iterator[tuple[Resource, Told]]:
        graph = _graph(args)
        graph.source, graph.calls, graph.bounds = self.source, self.calls, self.bounds
        graph.tags, graph.boundary, graph.sources = self.tags, self.boundary, self.sources
        of: dict[str, list[tuple[Rule, Finding]]] = {}
        for rule in self.rules.values():
            by_rule: dict[str, list[Finding]] = {}
            for resource, finding in rule.graph_findings(graph):
                of.setdefault(resource.urn, []).append((rule, finding))
                by_rule.setdefault(resource.urn, []).append(finding)
            for resource in graph:
                self._note(resource, by_rule.get(resource.urn, ()))
        hidden = hidden_in(graph) if of else []
        for resource in graph:
            for each in self._told(resource, of.get(resource.urn, []), hidden):
                yield resource, each


def _resource(args: Any) -> Resource:
    return Resource(
        type=args.resource_type,
        name=args.name,
        urn=args.urn,
        props=arrived(args.props),
        provider=arrived(args.provider.props) if args.provider else {},
    )


def _graph(args: StackValidationArgs) -> Graph:
    """In the order of their URNs: an engine hands them over in none."""
    ordered = sorted(args.resources, key=lambda resource: resource.urn)
    made = {resource.urn: _resource(resource) for resource in ordered}
    for resource in ordered:
        made[resource.urn].needs = {
            key: [made[needed.urn] for needed in needs]
            for key, needs in resource.property_dependencies.items()
        }
    return Graph(made.values())


def _documents(files: object) -> dict[str, Value]:
    """Raises ValueError for what is no JSON."""
    given = arrived(files)
    if not isinstance(given, dict):
        return {}
    found: dict[str, Value] = {}
    for name, file in given.items():
        try:
            found[name] = json.loads((Path.cwd() / str(file)).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ValueError(f"bounds: {name}: {file} holds no policy document: {error}") from None
    return found


def start() -> None:
    """Serve the pack. Never returns."""
    keep_marks()
    read_once()
    PolicyPack(name=NAME, policies=Pack().policies())
