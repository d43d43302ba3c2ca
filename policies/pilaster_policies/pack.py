"""The rules as pulumi-policy runs them.

Each rule is a mandatory policy of its own for what one resource shows. What needs the whole stack
runs in one stack policy, for each of those is handed all resources anew: thirty took twenty seconds
where one takes half of one. What is not known yet has policies of its own, since a violation has no
level: advisory, and mandatory with one line of configuration.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
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
from pilaster_policies.calls import recorded
from pilaster_policies.exceptions import SCHEMA, Exceptions
from pilaster_policies.registry import RULES, Finding, Graph, NotKnown, Resource, Rule, Violation
from pilaster_policies.values import Value, arrived, keep_marks

NAME = "pilaster-policies"
EXCEPTIONS = "exceptions"
NOT_KNOWN = "not-known-yet"
GRAPH = "graph"
SOURCE = "source"
CALLS = "calls"
BOUNDS = "bounds"
GRAPH_NOT_KNOWN = "graph-not-known-yet"
STACK_TYPE = "pulumi:pulumi:Stack"


class Pack:
    """The policies over one registry, and the exceptions they share."""

    def __init__(self, rules: dict[str, Rule] = RULES) -> None:
        self.rules = rules
        self.exceptions = Exceptions(rules)
        self.source: Path | None = None
        self.calls: recorded.Calls = {}
        self.bounds: dict[str, Value] = {}

    def policies(self) -> list[Policy]:
        resource_rules = [rule for rule in self.rules.values() if rule.checks]
        return [
            # First: the policies run in this order, and the others ask what it was told.
            ResourceValidationPolicy(
                name=EXCEPTIONS,
                description="Exceptions are listed with a reason, and none that is not needed.",
                validate=self._listed,
                enforcement_level=EnforcementLevel.MANDATORY,
                config_schema=PolicyConfigSchema(properties={EXCEPTIONS: SCHEMA}),
            ),
            *(self._resource_policy(rule) for rule in resource_rules),
            ResourceValidationPolicy(
                name=NOT_KNOWN,
                description="What a rule decides by is not known yet.",
                validate=self._not_known,
                enforcement_level=EnforcementLevel.ADVISORY,
            ),
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
                    }
                ),
            ),
            StackValidationPolicy(
                name=GRAPH_NOT_KNOWN,
                description="What a rule over the stack decides by is not known yet.",
                validate=self._graph_not_known,
                enforcement_level=EnforcementLevel.ADVISORY,
            ),
        ]

    def _listed(self, args: ResourceValidationArgs, report: ReportViolation) -> None:
        self.exceptions.configure(args.get_config().get(EXCEPTIONS))
        if args.resource_type == STACK_TYPE:
            for problem in self.exceptions.problems:
                report(problem, None)

    def _resource_policy(self, rule: Rule) -> Policy:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            for _, finding in self._findings(args, [rule]):
                if isinstance(finding, Violation):
                    report(said(finding), None)

        return ResourceValidationPolicy(
            name=rule.id,
            description=rule.why,
            validate=validate,
            enforcement_level=EnforcementLevel.MANDATORY,
        )

    def _not_known(self, args: ResourceValidationArgs, report: ReportViolation) -> None:
        for rule, finding in self._findings(args, list(self.rules.values())):
            if isinstance(finding, NotKnown):
                report(f"[{rule.id}] {said(finding)}", None)

    def _findings(
        self, args: ResourceValidationArgs, rules: list[Rule]
    ) -> Iterator[tuple[Rule, Finding]]:
        concerned = [rule for rule in rules if args.resource_type in rule.checks]
        if not concerned:
            return
        resource = _resource(args)
        for rule in concerned:
            for finding in rule.findings(resource):
                if not self.exceptions.cover(rule.id, resource, finding.statement):
                    yield rule, finding

    def _graph(self, args: StackValidationArgs, report: ReportViolation) -> None:
        source = args.get_config().get(SOURCE)
        self.source = (Path.cwd() / source).resolve() if isinstance(source, str) else None
        calls = args.get_config().get(CALLS)
        self.calls = recorded.read(Path.cwd() / calls) if isinstance(calls, str) else {}
        self.bounds = _documents(args.get_config().get(BOUNDS))
        for rule, resource, finding in self._graph_findings(args):
            if isinstance(finding, Violation):
                report(f"[{rule.id}] {said(finding)}", resource.urn)
        # Last, for what the stack as a whole shows may have needed one.
        for unused in self.exceptions.unused():
            report(f"[{EXCEPTIONS}] {unused}. Fix: take it out", None)

    def _graph_not_known(self, args: StackValidationArgs, report: ReportViolation) -> None:
        for rule, resource, finding in self._graph_findings(args):
            if isinstance(finding, NotKnown):
                report(f"[{rule.id}] {said(finding)}", resource.urn)

    def _graph_findings(
        self, args: StackValidationArgs
    ) -> Iterator[tuple[Rule, Resource, Finding]]:
        resources = _graph(args)
        resources.source = self.source
        resources.calls = self.calls
        resources.bounds = self.bounds
        for rule in self.rules.values():
            for check in rule.graph_checks:
                for resource, finding in check(resources):
                    if not self.exceptions.cover(rule.id, resource, finding.statement):
                        yield rule, resource, finding


def said(finding: Finding) -> str:
    """As it stands in the message."""
    if isinstance(finding, NotKnown):
        return f"not known yet: {finding.what}"
    return f"{finding.what}. Fix: {finding.fix}"


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
    PolicyPack(name=NAME, policies=Pack().policies())
