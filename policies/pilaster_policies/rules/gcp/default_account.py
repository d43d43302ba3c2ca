"""What runs or builds is an account of its own: Google's default one may edit the whole project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.gcp.bindings import TYPES, bindings, known
from pilaster_policies.values import is_unknown

ID = "gcp-default-account"
WHY = "A function may do what it needs; Google's default accounts may do what the project can."
_DEFAULT = re.compile(r"(-compute@developer|@appspot|@cloudbuild)\.gserviceaccount\.com$")
RUNS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "gcp:cloudfunctionsv2/function:Function": (
        ("serviceConfig", "serviceAccountEmail"),
        ("buildConfig", "serviceAccount"),
    ),
    "gcp:cloudfunctions/function:Function": (("serviceAccountEmail",),),
    "gcp:cloudrunv2/service:Service": (("template", "serviceAccount"),),
    "gcp:cloudrunv2/job:Job": (("template", "template", "serviceAccount"),),
    "gcp:compute/instance:Instance": (("serviceAccount", "email"),),
    "gcp:apigateway/apiConfig:ApiConfig": (
        ("gatewayConfig", "backendConfig", "googleServiceAccount"),
    ),
}
"""Who it is, by type; none is the default account."""


@rule(ID, on=RUNS, why=WHY)
def runs(resource: Resource) -> Iterator[Finding]:
    for path in RUNS[resource.type]:
        value = resource.get(*path)
        if is_unknown(value):
            continue
        if not value or _DEFAULT.search(str(value)):
            yield Violation(
                f"{'.'.join(path)} is {value or 'not set'}: it is the project's default account, "
                "which others are, too, and which as a rule may edit the whole project",
                "make an account of its own and grant it what it uses",
            )


@rule(ID, on=TYPES, why=WHY)
def bound(resource: Resource) -> Iterator[Finding]:
    for each in bindings(resource):
        for member in each.members:
            if (who := known(member)) and _DEFAULT.search(who):
                yield Violation(
                    f"{each.label}{who} is granted {known(each.role) or 'a role'}: whatever runs "
                    "without an account of its own has it, too",
                    "grant it to an account of its own",
                )
