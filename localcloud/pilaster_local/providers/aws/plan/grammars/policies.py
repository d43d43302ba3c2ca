"""IAM policy documents: who may hold what, in which form.

Only the form is judged; what a policy allows is a matter for the policy pack. Sources: IAM user
guide, "Grammar of the IAM JSON policy language", "IAM and AWS STS quotas"; the messages are what
`MalformedPolicyDocument` comes with.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from pilaster_local.providers.aws.plan.finding import shown
from pilaster_local.providers.aws.plan.grammars import arns


@dataclass(frozen=True, kw_only=True)
class Form:
    """What one kind of policy may and must have."""

    called: str
    most: int
    """Characters at most."""
    spaces_count: bool = True
    principal: bool | None = True
    """True: needed; False: forbidden; None: as one likes."""
    resource: bool | None = True
    """True: needed; False: forbidden; None: as one likes."""
    service: str = ""
    """Actions are of this service only."""
    sid: str = r"[A-Za-z0-9]*"


INLINE = Form(called="an inline policy", most=10_240, spaces_count=False, principal=False)
MANAGED = Form(called="a managed policy", most=6_144, spaces_count=False, principal=False)
TRUST = Form(called="a trust policy", most=2_048, spaces_count=False, resource=False, service="sts")
BUCKET = Form(called="a bucket policy", most=20_480, service="s3", sid=r"[\x20-\x7e]*")
QUEUE = Form(called="a queue policy", most=262_144, service="sqs", sid=r"[\w -]*")
TOPIC = Form(called="a topic policy", most=30_720, service="sns", sid=r"[\w -]*")
KEY = Form(called="a key policy", most=32_768, service="kms", sid=r"[\x20-\x7e]*")
SECRET = Form(called="a secret's policy", most=20_480, service="secretsmanager", sid=r"[\w -]*")
BUS = Form(called="a bus's policy", most=10_240, service="events", sid=r"[\w-]*")
REPOSITORY = Form(called="a repository policy", most=10_240, service="ecr", resource=None,
                  sid=r"[\x20-\x7e]*")  # fmt: skip
ENDPOINT = Form(called="an endpoint policy", most=20_480, sid=r"[\x20-\x7e]*")

ANY = Form(called="a policy", most=262_144, principal=None, resource=None, sid=r"[\x20-\x7e]*")
"""Of a service whose own form is not known here."""

_TOP = {"Version", "Id", "Statement"}
_ELEMENTS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource",
             "NotResource", "Condition"}  # fmt: skip
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_TRUSTED = re.compile(
    r"(?i)sts:(AssumeRole|AssumeRoleWithSAML|AssumeRoleWithWebIdentity|AssumeRole\*|TagSession|"
    r"SetSourceIdentity|SetContext|AssumeRoot|\*)"
)
_MEMBER = re.compile(
    r"\*|\d{12}|A[A-Z]{3}[A-Z0-9]{12,}|"
    r"arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)/[\w+=,.@/-]+)|"
    r"arn:aws[a-z-]*:sts::\d{12}:(assumed-role/[\w+=,.@-]+/[\w+=,.@-]+|federated-user/[\w+=,.@-]+|self)|"
    r"arn:aws[a-z-]*:iam::cloudfront:user/[\w -]+"
)
_SERVICE = re.compile(
    r"alexa-[a-z-]+\.amazon\.com|[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|aws\.internal|aws)"
)
_FEDERATED = re.compile(
    r"\*|arn:aws[a-z-]*:iam::\d{12}:(saml|oidc)-provider/.+|[a-z0-9.-]+\.(com|org|net|io)(/.*)?"
)
_KEY = re.compile(r"[A-Za-z0-9.*-]+(/[\w./-]+)?:[\x20-\x7e]+")
_OPERATOR = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?")


def problems(text: str, form: Form) -> Iterator[str]:
    """What is wrong with a policy document given as JSON."""
    size = len(text if form.spaces_count else re.sub(r"\s", "", text))
    if size > form.most:
        yield f"{form.called} has {form.most:,} characters at most, not {size:,}"
    try:
        document = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        yield f"{form.called} is a JSON object with a Statement: {error}"
        return
    if not isinstance(document, dict):
        yield f"{form.called} is a JSON object with a Statement, not {shown(document)}"
        return
    yield from _document(document, form)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands twice in one object")
    return found


def _document(document: Mapping[str, Any], form: Form) -> Iterator[str]:
    for name in document.keys() - _TOP:
        yield f"a policy has no element {name!r}{_near(name, _TOP)}"
    if document.get("Version", "2012-10-17") not in ("2012-10-17", "2008-10-17"):
        yield f"Version {document['Version']!r} is none; write '2012-10-17'"
    statements = document.get("Statement")
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        yield "a policy needs a Statement, one at least"
        return
    sids: list[str] = []
    for number, statement in enumerate(statements, 1):
        which = f"statement {number}"
        if not isinstance(statement, Mapping):
            yield f"{which} is {shown(statement)}, not an object"
            continue
        if isinstance(sid := statement.get("Sid"), str):
            which = f"{which} ({sid})"
            if sid and sid in sids:
                yield f"{which}: the Sid stands twice"
            sids.append(sid)
        yield from (f"{which}: {said}" for said in _statement(statement, form))


def _statement(statement: Mapping[str, Any], form: Form) -> Iterator[str]:
    for name in statement.keys() - _ELEMENTS:
        yield f"a statement has no element {name!r}{_near(name, _ELEMENTS)}"
    sid = statement.get("Sid", "")
    if not isinstance(sid, str) or not re.fullmatch(form.sid, sid):
        yield f"Sid {shown(sid)} holds other than letters and digits"
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield f"Effect is 'Allow' or 'Deny', not {shown(statement.get('Effect'))}"
    yield from _one_of(statement, "Action", True, form)
    yield from _one_of(statement, "Principal", form.principal, form)
    yield from _one_of(statement, "Resource", form.resource, form)
    for name in ("Action", "NotAction"):
        for action in _strings(statement.get(name)):
            yield from _action(action, form)
    for name in ("Resource", "NotResource"):
        for resource in _strings(statement.get(name)):
            yield from _resource(resource, form)
    for name in ("Principal", "NotPrincipal"):
        if name in statement:
            yield from _principal(statement[name])
    if "Condition" in statement:
        yield from _conditions(statement["Condition"])
    if form is TRUST:
        yield from _trusted(statement)


def _one_of(
    statement: Mapping[str, Any], name: str, needed: bool | None, form: Form
) -> Iterator[str]:
    given = [each for each in (name, f"Not{name}") if each in statement]
    if needed is False and given:
        yield f"{given[0]} has no place in {form.called}"
        return
    if len(given) == 2:
        yield f"{name} and Not{name} exclude each other"
    if needed and not given:
        yield f"{form.called} needs {name}"
    for each in given:
        value = statement[each]
        if name == "Principal":
            continue
        if not value or not isinstance(value, str | list):
            yield f"{each} is a string or a list of them, not {shown(value)}"
        elif isinstance(value, list):
            yield from (
                f"{each} holds {shown(v)}, not a string" for v in value if not isinstance(v, str)
            )


def _strings(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [item for item in listed if isinstance(item, str)]


def _action(action: str, form: Form) -> Iterator[str]:
    if action == "*":
        return
    if not _ACTION.fullmatch(action):
        yield f"{shown(action)} is no action: write 'service:Action'"
        return
    service = action.partition(":")[0].lower()
    if form.service and service != form.service:
        yield f"{action!r}: {form.called} takes actions of {form.service!r} only"
    if form is TRUST and service == "sts" and not _TRUSTED.fullmatch(action):
        yield f"{action!r}: {form.called} may only allow to assume the role"


def _resource(resource: str, form: Form) -> Iterator[str]:
    if resource == "*":
        return
    if form is ANY and resource.startswith("execute-api:/"):
        return  # the policy of a REST API leaves out what its ARN begins with
    parts = resource.split(":", 5)
    if form is ANY and len(parts) < 6 and parts[0] == "arn" and resource.endswith(":*"):
        return  # some services take what a wildcard leaves out
    if len(parts) < 6 or parts[0] != "arn":
        yield f"Resource {shown(resource)} is neither '*' nor an ARN of six parts"
        return
    _, partition, service, region, account, rest = parts
    if not re.fullmatch(r"aws|aws-[a-z-]+|\*|\$\{.+\}", partition):
        yield f"Resource {shown(resource)}: there is no partition {partition!r}"
    if not re.fullmatch(r"[a-z0-9*?-]+", service):
        yield f"Resource {shown(resource)}: {service!r} is no service"
    if not re.fullmatch(r"|\d{12}|aws|\d*[*?][\d*?]*|\$\{.+\}", account):
        yield f"Resource {shown(resource)}: account {account!r} is not twelve digits"
    if region and not (set("*?$") & set(region) or arns.is_region(region)):
        yield f"Resource {shown(resource)}: there is no region {region!r}"
    if service in ("iam", "s3") and region:
        yield f"Resource {shown(resource)}: an ARN of {service!r} has no region"
    if not rest:
        yield f"Resource {shown(resource)} names nothing"


def _principal(principal: Any) -> Iterator[str]:
    if principal == "*":
        return
    if not isinstance(principal, Mapping) or not principal:
        yield f"Principal is '*' or an object, not {shown(principal)}"
        return
    for kind, members in principal.items():
        check = _PRINCIPALS.get(kind)
        if check is None:
            yield f"there are no principals {kind!r}; known are {', '.join(_PRINCIPALS)}"
            continue
        listed = members if isinstance(members, list) else [members]
        if not listed:
            yield f"Principal {kind} is empty"
        for member in listed:
            said = check(member) if isinstance(member, str) else "a string"
            if said:
                yield f"Principal {kind} {shown(member)} is not {said}"


def is_member(member: str) -> str | None:
    return None if _MEMBER.fullmatch(member) else "'*', an account, or the ARN of a user or role"


def is_service(member: str) -> str | None:
    if member == "*":
        return None
    if not _SERVICE.fullmatch(member):
        return "a service such as 'lambda.amazonaws.com'"
    stem = member.removesuffix(".amazonaws.com")
    if "." in stem or stem in _services():
        return None
    # Only what reads like a slip: not every service has its name from botocore.
    near = difflib.get_close_matches(stem, _services(), 1, 0.8)
    return f"a service that is known; {near[0] + '.amazonaws.com'!r} is" if near else None


def _federated(member: str) -> str | None:
    return None if _FEDERATED.fullmatch(member) else "an identity provider"


def _canonical(member: str) -> str | None:
    return None if re.fullmatch(r"[0-9a-f]{64}|\*", member) else "a canonical user id"


_PRINCIPALS: Mapping[str, Callable[[str], str | None]] = {
    "AWS": is_member,
    "Service": is_service,
    "Federated": _federated,
    "CanonicalUser": _canonical,
}


@cache
def _services() -> frozenset[str]:
    """The first words of service principals: the names botocore has, and what differs."""
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        return frozenset()
    folders = (Path(spec.origin).parent / "data").iterdir()
    others = (
        "apigateway states monitoring elasticloadbalancing ecs-tasks cognito-idp edgelambda "
        "email-smtp scheduler pipes backup budgets cloudwatch delivery logs vpc-flow-logs "
        "application-autoscaling autoscaling ssm spotfleet transitgateway wafv2 elasticbeanstalk "
        "ec2fleet lambda events sns sqs s3 rds firehose kinesis kinesisanalytics appsync glue"
    )
    return frozenset(folder.name for folder in folders if folder.is_dir()) | set(others.split())


def _trusted(statement: Mapping[str, Any]) -> Iterator[str]:
    """Services assume a role, providers do so with what they assert."""
    principal = statement.get("Principal")
    if not isinstance(principal, Mapping):
        return
    actions = {action.lower() for action in _strings(statement.get("Action"))}
    plain = {"sts:assumerole", "sts:assumerole*", "sts:*"}
    asserted = {"sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:assumerole*"}
    if "Service" in principal and actions and not actions & plain:
        yield "a service takes a role on with 'sts:AssumeRole'"
    if "Federated" in principal and actions and not actions & (asserted | {"sts:*"}):
        yield "an identity provider needs 'sts:AssumeRoleWithWebIdentity' or '...WithSAML'"


# -- conditions ---------------------------------------------------------------------------------


def _conditions(condition: Any) -> Iterator[str]:
    if not isinstance(condition, Mapping):
        yield f"Condition is an object, not {shown(condition)}"
        return
    for operator, tests in condition.items():
        found = _OPERATOR.fullmatch(operator)
        check = _TESTS.get(found[2].lower()) if found else None
        if found is None or check is None or (found[2].lower() == "null" and found[3]):
            near = _near(operator, _SPELLED)
            yield f"Condition: there is no operator {shown(operator)}{near}"
            continue
        if not isinstance(tests, Mapping) or not tests:
            yield f"Condition {operator} holds keys with values, not {shown(tests)}"
            continue
        for key, wanted in tests.items():
            if not _KEY.fullmatch(key):
                yield f"Condition {operator}: {shown(key)} is no key: write 'service:Key'"
            values = wanted if isinstance(wanted, list) else [wanted]
            if not values:
                yield f"Condition {operator} {key}: there is no value"
            for value in values:
                if isinstance(value, Mapping | list) or value is None:
                    yield f"Condition {operator} {key}: {shown(value)} is no value"
                elif not _has_variable(value) and (said := check(value)):
                    yield f"Condition {operator} {key}: {shown(value)} is not {said}"


def _has_variable(value: Any) -> bool:
    return isinstance(value, str) and "${" in value


def _any(_value: Any) -> str | None:
    return None


def _flag(value: Any) -> str | None:
    return None if str(value).lower() in ("true", "false") else "true or false"


def _number(value: Any) -> str | None:
    try:
        float(value)
    except (TypeError, ValueError):
        return "a number"
    return "a number" if isinstance(value, bool) else None


def _date(value: Any) -> str | None:
    dated = r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?|\d+"
    return None if re.fullmatch(dated, str(value)) else "a date such as '2026-01-31T00:00:00Z'"


def _address(value: Any) -> str | None:
    try:
        ip_network(str(value), strict=False)
    except ValueError:
        return "an address or a range such as '10.0.0.0/24'"
    return None


def _arn(value: Any) -> str | None:
    parts = str(value).split(":", 5)
    is_arn = len(parts) == 6 and (parts[0] == "arn" or "*" in parts[0])
    return None if is_arn or value == "*" else "an ARN"


def _binary(value: Any) -> str | None:
    return None if re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", str(value)) else "base64"


_SPELLED = (
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
    "StringLike", "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan",
    "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals",
    "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
    "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals",
    "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
)  # fmt: skip
_BY_START = {
    "String": _any,
    "Numeric": _number,
    "Date": _date,
    "Bool": _flag,
    "Binary": _binary,
    "IpAddress": _address,
    "NotIpAddress": _address,
    "Arn": _arn,
    "Null": _flag,
}
_TESTS = {
    name.lower(): next(test for start, test in _BY_START.items() if name.startswith(start))
    for name in _SPELLED
}


def _near(name: str, known: Any) -> str:
    near = difflib.get_close_matches(name, list(known), 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
