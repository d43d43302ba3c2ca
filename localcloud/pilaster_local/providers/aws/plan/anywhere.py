"""What holds for every type, for those of which nothing but pulumi_aws's schema is known here.

Only what says by its form what it wants to be is judged: a text that begins as an ARN or as JSON.
Several services take a plain name where pulumi_aws speaks of an ARN.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.plan.grammars import arns, policies
from pilaster_local.providers.aws.plan.resources import leaves
from pilaster_local.providers.aws.table import TYPES

_POLICIES = (
    "accessPolicies", "accessPolicy", "assumeRolePolicy", "inlinePolicy", "policy",
    "policyDocument", "resourcePolicy",
)  # fmt: skip
_DOCUMENTS = (*_POLICIES, "containerDefinitions")


def broken(token: str, inputs: Mapping[str, Any]) -> Said:
    if token in TYPES:
        return
    for path, value in leaves(inputs):
        if not isinstance(value, str):
            continue
        name = path.rsplit(".", 1)[-1].split("[", 1)[0]
        if name.lower().endswith(("arn", "arns")) and ":" in value and "*" not in value:
            if said := arns.problem(value):
                yield path, said
        elif name in _DOCUMENTS or name.endswith("Json"):
            yield from ((path, said) for said in _document(name, value))


def _document(name: str, text: str) -> list[str]:
    if not text.lstrip().startswith(("{", "[")):
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        return [f"it is not JSON: {error}"]
    if name in _POLICIES and isinstance(found, Mapping) and "Statement" in found:
        return list(policies.problems(text, policies.ANY))
    return []
