"""No secret in a plain environment: who may look at a function would read its secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.plain_secret import environment

FIX = (
    "keep it in Secret Manager and mount it (secretVolumes), then change it: what stood here has "
    "been seen"
)
VARIABLES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "gcp:cloudfunctionsv2/function:Function": (
        ("serviceConfig", "environmentVariables"),
        ("buildConfig", "environmentVariables"),
    ),
    "gcp:cloudfunctions/function:Function": (
        ("environmentVariables",),
        ("buildEnvironmentVariables",),
    ),
    "gcp:cloudrunv2/service:Service": (("template", "containers"),),
    "gcp:cloudrunv2/job:Job": (("template", "template", "containers"),),
}


@rule(
    "gcp-plain-secret",
    on=VARIABLES,
    why="Secrets are kept where access to them is granted, logged and changed, not in settings.",
)
def variables(resource: Resource) -> Iterator[Finding]:
    for path in VARIABLES[resource.type]:
        value = resource.get(*path)
        if path[-1] == "containers":
            listed = value if isinstance(value, list) else []
            value = [each.get("envs") for each in listed if isinstance(each, dict)]
        for found in environment(resource, ".".join(path), value):
            yield Violation(found.what, FIX) if isinstance(found, Violation) else found
