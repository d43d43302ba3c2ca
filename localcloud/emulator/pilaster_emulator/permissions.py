"""Whether a role, or a service by a resource's own policy, may do something: ministack's evaluator,
asked where ministack itself does not ask.

Services speak TLS with one another. ministack looks at the request at hand; where there is none, as
for a rule with a schedule, every policy that wants TLS would refuse.
"""

from __future__ import annotations

from typing import Any


def role_may(role_arn: str, session: str, action: str, resource: str) -> str | None:
    """None if this role may; else the words AWS refuses with."""
    from ministack.core import iam_evaluator
    from ministack.core.iam_actions import identity_denial_message
    from ministack.services import iam

    account, role = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    principal = f"arn:aws:sts::{account}:assumed-role/{role}/{session}"
    context = iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=_region(resource),
        secure_transport=True,
    )
    decision = iam_evaluator.evaluate(
        context,
        iam_evaluator._gather_role_policies(role, account),
        *iam_evaluator._permissions_boundary(iam._roles, role, account),
    ).decision
    if decision == "Allow":
        return None
    return identity_denial_message(action, principal, resource, decision == "Deny")


def service_may(
    policy: str | dict[str, Any] | None, service: str, action: str, resource: str, source: str
) -> bool:
    """Whether a resource's own policy lets this service do this on behalf of `source`."""
    from ministack.core import iam_evaluator

    account = source.split(":")[4]
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:iam::{account}:service/{service}",
        principal_type="Service",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=_region(resource),
        secure_transport=True,
        service_context={"aws:sourcearn": source, "aws:sourceaccount": account},
    )
    decision = iam_evaluator.evaluate_resource_policy(policy, context, service=service).decision
    return decision == "Allow"


def _region(arn: str) -> str:
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 else ""
