"""JSON that AWS would read: policies and state machines. AWS refuses what the emulator takes, so
`check` does.

Only the form is judged here; what a policy allows is a matter for the policy pack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.rows import Failures
from pilaster_local.providers.aws.values import UNKNOWN


def parsed(text: Any) -> Any:
    """The document, or the text itself where it is none."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def check_trust_policy(inputs: Mapping[str, Any]) -> Failures:
    """Who may take the role on: a statement with a principal, or nobody ever can."""
    yield from _policy(inputs, "assumeRolePolicy", needs=("Principal",), forbids=("Resource",))


def check_identity_policy(inputs: Mapping[str, Any]) -> Failures:
    """What a role may do: actions on resources, no principal."""
    yield from _policy(inputs, "policy", needs=("Resource",), forbids=("Principal",))


def check_resource_policy(inputs: Mapping[str, Any]) -> Failures:
    yield from _policy(inputs, "policy", needs=("Principal",), forbids=())


def check_definition(inputs: Mapping[str, Any]) -> Failures:
    """A state machine starts somewhere, and that state exists."""
    text = inputs.get("definition", UNKNOWN)
    if text is UNKNOWN:
        return
    definition = parsed(text)
    if not isinstance(definition, Mapping):
        yield "definition", "a state machine definition is a JSON object"
        return
    states = definition.get("States")
    if not isinstance(states, Mapping) or not states:
        yield "definition", "a state machine needs States, at least one"
        return
    if definition.get("StartAt") not in states:
        yield "definition", f"StartAt is {definition.get('StartAt')!r}, which is none of its States"
    yield from _transitions(states)


def _transitions(states: Mapping[str, Any]) -> Failures:
    for name, state in states.items():
        following = state.get("Next") if isinstance(state, Mapping) else None
        if following is not None and following not in states:
            yield "definition", f"state {name!r} goes on to {following!r}, which does not exist"


def _policy(
    inputs: Mapping[str, Any], name: str, *, needs: tuple[str, ...], forbids: tuple[str, ...]
) -> Failures:
    text = inputs.get(name)
    if text is None or text is UNKNOWN:
        return
    document = parsed(text)
    if not isinstance(document, Mapping):
        yield name, "a policy is a JSON object with a Statement"
        return
    statements = document.get("Statement")
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        yield name, "a policy needs a Statement; AWS answers MalformedPolicyDocument to one without"
        return
    for number, statement in enumerate(statements):
        yield from _statement(name, f"statement {number + 1}", statement, needs, forbids)


def _statement(
    name: str, which: str, statement: Any, needs: tuple[str, ...], forbids: tuple[str, ...]
) -> Failures:
    if not isinstance(statement, Mapping):
        yield name, f"{which} is not an object"
        return
    if statement.get("Effect") not in {"Allow", "Deny"}:
        yield name, f"{which}: Effect must be 'Allow' or 'Deny', not {statement.get('Effect')!r}"
    for element in ("Action", *needs):
        if not statement.get(element) and not statement.get(f"Not{element}"):
            yield name, f"{which} needs {element}"
    for element in forbids:
        if element in statement or f"Not{element}" in statement:
            yield name, f"{which} must not have {element} in this kind of policy"
