"""The resources of a plan by what they are called, so that one can be held against another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from pilaster_local.providers.aws.plan.names import NAMES
from pilaster_local.providers.aws.plan.resources import Planned
from pilaster_local.providers.aws.values import UNKNOWN

ROLE = "aws:iam/role:Role"
_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_POLICY = "aws:iam/rolePolicy:RolePolicy"
FUNCTION = "aws:lambda/function:Function"


class Stack:
    """What the plan makes."""

    def __init__(self, resources: list[Planned]) -> None:
        self.resources = resources

    @cached_property
    def _by_urn(self) -> Mapping[str, Planned]:
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], Planned]:
        found: dict[tuple[str, str], Planned] = {}
        for resource in self.resources:
            if resource.type in NAMES:
                name = resource.inputs.get(NAMES[resource.type][0])
                if isinstance(name, str):
                    found[resource.type, name] = resource
        return found

    def of(self, token: str) -> Iterator[Planned]:
        return (resource for resource in self.resources if resource.type == token)

    def named(self, token: str, name: Any) -> Planned | None:
        """The resource of this type with this physical name, if the plan makes it."""
        return self._by_name.get((token, name)) if isinstance(name, str) else None

    def meant(self, resource: Planned, name: str, token: str) -> Planned | None:
        """The resource of a type that an input means: by name, ARN or dependency."""
        value = resource.inputs.get(name)
        if isinstance(value, str):
            return self.named(token, short(value))
        sources = [self._by_urn.get(urn) for urn in resource.comes_from.get(name, ())]
        fitting = [source for source in sources if source and source.type == token]
        return fitting[0] if len(fitting) == 1 else None

    # -- roles ------------------------------------------------------------------------------------

    def allows(self, role: Planned, action: str) -> bool:
        """Whether the role may do it on anything, as far as can be seen; unknown is yes."""
        name = role.inputs.get("name")
        documents = list(self._documents(role))
        if role.inputs.get("managedPolicyArns") or UNKNOWN in documents:
            return True
        for other in self._given_to_roles:
            if other.inputs.get("role") not in (name, UNKNOWN):
                continue
            if other.type == _ATTACHMENT:
                return True
            documents.append(other.inputs.get("policy"))
        return any(_grants(document, action) for document in documents)

    @cached_property
    def _given_to_roles(self) -> list[Planned]:
        return [each for each in self.resources if each.type in (_ATTACHMENT, _POLICY)]

    @staticmethod
    def _documents(role: Planned) -> Iterator[Any]:
        inline = role.inputs.get("inlinePolicies") or []
        if inline is UNKNOWN:
            yield UNKNOWN
            return
        for entry in inline if isinstance(inline, list) else []:
            yield entry.get("policy") if isinstance(entry, Mapping) else UNKNOWN

    @staticmethod
    def trusts(role: Planned, service: str) -> bool:
        """Whether the service may assume the role; unknown is yes."""
        document = _document(role.inputs.get("assumeRolePolicy"))
        if document is None:
            return True
        for statement in _statements(document):
            principal = statement.get("Principal")
            if statement.get("Effect") != "Allow":
                continue
            services = principal.get("Service") if isinstance(principal, Mapping) else principal
            listed = services if isinstance(services, list) else [services]
            if service in listed or "*" in listed:
                return True
        return False


def short(text: str) -> str:
    """The name in an ARN; a name is itself."""
    if not text.startswith("arn:"):
        return text
    resource = text.split(":", 5)[-1]
    resource = resource.removeprefix("function:").removeprefix("log-group:").removesuffix(":*")
    resource = resource.removeprefix("stateMachine:")
    return resource.rsplit("/", 1)[-1] if resource.startswith(("role/", "policy/")) else resource


def _document(text: Any) -> Mapping[str, Any] | None:
    if not isinstance(text, str):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, Mapping) else None


def _statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    statements = document.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    return [statement for statement in listed if isinstance(statement, Mapping)]


def _grants(text: Any, action: str) -> bool:
    if text is UNKNOWN:
        return True
    document = _document(text)
    if document is None:
        return False
    for statement in _statements(document):
        if statement.get("Effect") != "Allow":
            continue
        if "NotAction" in statement:
            return True
        actions = statement.get("Action")
        for one in actions if isinstance(actions, list) else [actions]:
            if isinstance(one, str) and _like(one, action):
                return True
    return False


def _like(pattern: str, action: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, action, re.IGNORECASE) is not None
