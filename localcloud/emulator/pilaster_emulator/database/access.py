"""Whether a login may be: a genuine token, a role that may connect as this user, the right side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pilaster_emulator.database.clusters import ENGINES, HOST
from pilaster_emulator.database.server import ADMIN
from pilaster_emulator.functions.credentials import Credentials
from pilaster_emulator.functions.specification import Specification
from pilaster_emulator.permissions import role_may

_REASONS = {
    "InvalidToken": "the password is not an IAM token for this host, port, user and region",
    "TokenNotYetValid": "the token is dated in the future",
    "ExpiredToken": "the token has expired: a token is good for 15 minutes",
    "InvalidCredentials": "the credentials that signed the token are not known, or have expired",
    "SignatureDoesNotMatch": "the token's signature does not match",
    "InvalidTarget": "the user name is not one a token can be made for",
}


@dataclass(frozen=True)
class Refusal:
    """Why a login is refused: what the client and the log are told."""

    reason: str


@dataclass(frozen=True)
class Admission:
    """The cluster that this login leads to."""

    identifier: str


def decide(
    token: str,
    *,
    user: str,
    port: int,
    caller: Specification | None,
    credentials: Credentials,
) -> Admission | Refusal:
    """Check a login. `caller` is the function whose network it came through; None: this machine."""
    from ministack.core import rds_iam
    from ministack.services import rds

    if user == ADMIN:
        return Refusal(f"{ADMIN!r} is the platform's own user")
    if "X-Amz-Signature=" not in token:
        return Refusal("it wants a token of `rds generate-db-auth-token`, not a password")
    clusters = [
        (key, cluster)
        for key, cluster in list(rds._clusters._data.items())
        if cluster["Engine"] in ENGINES
    ]
    refusal = Refusal("there is no database: no cluster has been made")
    for (account, region, identifier), cluster in clusters:
        if not cluster.get("IAMDatabaseAuthenticationEnabled"):
            refusal = Refusal(f"cluster {identifier!r} has no IAM authentication enabled")
            continue
        verified = rds_iam.verify_rds_iam_token(
            token, hostname=HOST, port=port, db_user=user, region=region, account_id=account
        )
        if isinstance(verified, rds_iam.RdsIamTokenError):
            refusal = Refusal(_REASONS.get(verified.code) or verified.code)
            continue
        signer = credentials.owner(verified.access_key_id)
        if (refused := _refused_side(signer, caller)) is not None:
            return refused
        resource = cluster["DbClusterResourceId"]
        if _may_connect(verified, account, region, f"{resource}/{user}"):
            return Admission(identifier)
        if (through := _through_a_proxy(verified, cluster, user)) is not None:
            return through
        refusal = Refusal(f"{verified.principal_arn} has no rds-db:connect on {resource}/{user}")
    return refusal


def _refused_side(signer: Specification | None, caller: Specification | None) -> Refusal | None:
    if signer is not None and signer.side == "outside":
        return Refusal(f"function {signer.name!r} is outside the network: it has no database")
    if caller is not None and (signer is None or signer.arn != caller.arn):
        return Refusal(f"the token was not made with the credentials of {caller.name!r}")
    return None


def _through_a_proxy(
    verified: Any, cluster: dict[str, Any], user: str
) -> Admission | Refusal | None:
    """A proxy lets in who may connect to it, and goes on as its own role may; None: there is none
    that lets this one in.
    """
    from ministack.services import rds

    _, _, _, region, account, *_, identifier = cluster["DBClusterArn"].split(":")
    for proxy in list(rds._db_proxies._data.values()):
        resource = proxy["DBProxyArn"].rpartition(":")[2]
        leads = any(each.get("TrackedClusterId") == identifier for each in proxy["Targets"])
        if not leads or proxy["DBProxyArn"].split(":")[3:5] != [region, account]:
            continue
        if not _may_connect(verified, account, region, f"{resource}/{user}"):
            continue
        if proxy.get("DefaultAuthScheme") != "IAM_AUTH":
            return Refusal(f"proxy {proxy['DBProxyName']!r} logs in with secrets, not with IAM")
        there = _resource(account, region, f"{cluster['DbClusterResourceId']}/{user}")
        session = proxy["DBProxyName"]
        if refused := role_may(proxy["RoleArn"], session, "rds-db:connect", there):
            return Refusal(f"the proxy is not let in: {refused}")
        return Admission(identifier)
    return None


def _resource(account: str, region: str, resource: str) -> str:
    return f"arn:aws:rds-db:{region}:{account}:dbuser:{resource}"


def _may_connect(verified: Any, account: str, region: str, resource: str) -> bool:
    """The role's policies, as the emulator evaluates them for its own services."""
    from ministack.core.iam_evaluator import AuthError, EvalContext, evaluate, resolve_principal
    from ministack.core.responses import request_scope

    with request_scope(account, region):
        principal = resolve_principal(verified.access_key_id, account)
        if isinstance(principal, AuthError):
            return False
        if principal.policies is None:
            return True
        context = EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=account,
            action="rds-db:connect",
            resource_arn=_resource(account, region, resource),
            region=region,
            principal_keys=principal.keys,
        )
        return evaluate(context, principal.policies, *principal.limits).decision == "Allow"
