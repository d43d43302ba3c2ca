"""Whether a login may be: a genuine token, a role that may connect, a user of the cache's group."""

from __future__ import annotations

from dataclasses import dataclass

from pilaster_emulator.cache.token import TokenError, signer
from pilaster_emulator.functions.credentials import Credentials
from pilaster_emulator.functions.specification import Specification

ACTION = "elasticache:Connect"


class RefusedError(Exception):
    """Why a login is refused: for the log alone. ElastiCache itself says no more than WRONGPASS."""


@dataclass(frozen=True)
class Admission:
    """The cache this login leads to, and as whom."""

    cache: str
    user: str
    access: str
    """The user's access string: the commands and keys it may use."""


def decide(
    token: str, *, user: str, caller: Specification | None, credentials: Credentials
) -> Admission:
    """Check a login. `caller` is the function whose network it came through; None: this machine."""
    from ministack.services import elasticache

    reason = "there is no serverless cache"
    for (account, region, name), cache in elasticache._serverless_caches.all_items():
        try:
            key = signer(token, cache=name, user=user, region=region, account=account)
        except TokenError as error:
            reason = str(error)
            continue
        _check_side(credentials.owner(key), caller)
        group = elasticache._user_groups.get_scoped(account, region, cache.get("UserGroupId") or "")
        known = elasticache._users.get_scoped(account, region, user)
        if group is None or known is None or user not in group["UserIds"]:
            raise RefusedError(f"user {user!r} is not in the user group of cache {name!r}")
        if known["Authentication"]["Type"] != "iam":
            raise RefusedError(f"user {user!r} has no IAM authentication")
        user_arn = f"arn:aws:elasticache:{region}:{account}:user:{user}"
        for resource in (cache["ARN"], user_arn):
            _check_allowed(key, account, region, resource)
        return Admission(name, user, known["AccessString"])
    raise RefusedError(reason)


def _check_side(owner: Specification | None, caller: Specification | None) -> None:
    if owner is not None and owner.side == "outside":
        raise RefusedError(f"function {owner.name!r} is outside the network: it has no cache")
    if caller is not None and (owner is None or owner.arn != caller.arn):
        raise RefusedError(f"the token was not made with the credentials of {caller.name!r}")


def _check_allowed(key: str, account: str, region: str, resource: str) -> None:
    """AWS wants the action on the cache and on the user."""
    from ministack.core.iam_evaluator import AuthError, EvalContext, evaluate, resolve_principal
    from ministack.core.responses import request_scope

    with request_scope(account, region):
        principal = resolve_principal(key, account)
        if isinstance(principal, AuthError):
            raise RefusedError("the credentials that signed the token are not known")
        if principal.policies is None:
            return
        context = EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=account,
            action=ACTION,
            resource_arn=resource,
            region=region,
            principal_keys=principal.keys,
        )
        if evaluate(context, principal.policies, *principal.limits).decision != "Allow":
            raise RefusedError(f"{principal.arn} has no {ACTION} on {resource}")
