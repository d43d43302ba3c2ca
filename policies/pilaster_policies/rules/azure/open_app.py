"""A function app is open to nobody, or App Service's authentication stands before it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pilaster_policies.registry import Finding, Graph, Resource, Violation, graph_rule, rule
from pilaster_policies.rules.azure.texts import said
from pilaster_policies.values import is_unknown, texts

ID = "azure-open-app"
WHY = "Whoever calls has shown a token before code of ours runs; what needs none is listed."
APP = "azure-native:web:WebApp"
FRONT = "azure-native:web:WebAppAuthSettingsV2"
_PATH = re.compile(r"(/[\w.-]+)+")


@rule(ID, on=FRONT, why=WHY)
def front(resource: Resource) -> Iterator[Finding]:
    if said(resource.get("platform", "enabled")) == "false":
        yield Violation("platform.enabled is false: nobody looks at tokens", "set it to true")
    required = resource.get("globalValidation", "requireAuthentication")
    if not is_unknown(required) and said(required) != "true":
        yield Violation(
            "globalValidation.requireAuthentication is not true: a request without a token goes "
            "through",
            "set it to true, and list what is public in excludedPaths",
        )
    if said(resource.get("globalValidation", "unauthenticatedClientAction")) == "allowanonymous":
        yield Violation(
            "globalValidation.unauthenticatedClientAction is AllowAnonymous: a request without a "
            "token goes through",
            "say Return401",
        )
    for path in texts(resource.get("globalValidation", "excludedPaths")):
        if not _PATH.fullmatch(path):
            yield Violation(
                f"globalValidation.excludedPaths holds {path!r}: more than one address is open",
                "name single paths",
            )


@graph_rule(ID, why=WHY)
def apps(graph: Graph) -> Iterator[tuple[Resource, Finding]]:
    behind: set[str] = set()
    for resource in graph:
        if resource.type == FRONT:
            behind |= {each.urn for each in resource.needs.get("name", ()) if each.type == APP}
            behind |= {
                each.urn
                for each in graph
                if each.type == APP and each.props.get("name") == resource.props.get("name")
            }
    for resource in graph:
        if resource.type != APP or resource.urn in behind:
            continue
        if said(resource.get("publicNetworkAccess")) == "disabled":
            continue
        if "functionapp" not in said(resource.get("kind")):
            continue
        default = resource.get("siteConfig", "ipSecurityRestrictionsDefaultAction")
        if not is_unknown(default) and said(default) != "deny":
            yield (
                resource,
                Violation(
                    "the internet reaches it, and nothing in this stack looks at tokens before it",
                    "set siteConfig.ipSecurityRestrictionsDefaultAction to Deny, or add "
                    "WebAppAuthSettingsV2 with requireAuthentication",
                ),
            )
