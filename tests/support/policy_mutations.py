"""Mistakes made mechanically in everything a stack grants, opens and protects.

Each operator changes one resource of a previewed stack by one step towards less safety; the pack is
asked about what changed, and about the stack as a whole.
"""

from __future__ import annotations

import copy
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pilaster_cli import grants, project
from pilaster_local import engine
from pilaster_policies.actions import applies_to, expand, level, of_service
from pilaster_policies.calls import recorded
from pilaster_policies.globs import arns_meet
from pilaster_policies.pack import Pack
from pilaster_policies.registry import Graph, Resource, Violation
from pilaster_policies.values import Unknown

from tests.support import condition_mutations as conditions

ROOT = Path(__file__).parents[2]
STRANGER = "999999999999"


@dataclass(frozen=True)
class Mutant:
    operator: str
    urn: str
    """Of the resource that is changed, or that the added ones concern."""
    what: str
    props: dict[str, Any] | None = None
    """What stands in its place."""
    added: tuple[Resource, ...] = field(default=(), repr=False)
    cut: frozenset[str] = frozenset()
    """URNs of what it is no longer made of."""


def previewed(stack: str) -> Graph:
    """The resources of a stack of ours before its first deployment, as the pack gets them."""
    plan = engine.preview(ROOT, stack, provider=project.provider(ROOT, stack, None))
    graph = grants.graph(plan)
    account = "222222222222" if stack == "prod" else "111111111111"
    for resource in graph:
        resource.provider = {"allowedAccountIds": json.dumps([account])}
    settings = json.loads((ROOT / "policies.json").read_text())["graph"]
    graph.source = ROOT
    graph.calls = recorded.read(ROOT / "calls.json")
    graph.tags, graph.sources = settings["tags"], settings["sources"]
    return graph


Finding = tuple[str, str, str]
"""Rule, resource and message of a violation."""


def findings(graph: Graph, only: Iterable[Resource] | None = None) -> set[Finding]:
    """All violations; `only`: of no other resource by itself."""
    pack = Pack()
    found: set[Finding] = set()
    for resource in graph if only is None else only:
        for rule in pack.rules.values():
            for each in rule.findings(resource):
                if isinstance(each, Violation):
                    found.add((rule.id, resource.urn, each.what))
    for rule in pack.rules.values():
        for check in rule.graph_checks:
            for resource, each in check(graph):
                if isinstance(each, Violation):
                    found.add((rule.id, resource.urn, each.what))
    return found


def apply(graph: Graph, mistakes: Sequence[Mutant]) -> tuple[Graph, list[Resource]]:
    """The stack with these mistakes in it, and the resources that changed or came."""
    copies = {each.urn: copy.copy(each) for each in graph}
    changed: list[Resource] = []
    for each in copies.values():
        each.needs = {key: [copies[n.urn] for n in needs] for key, needs in each.needs.items()}
    for mutant in mistakes:
        if mutant.props is not None:
            new = copies[mutant.urn]
            new.props = mutant.props
            new.needs = {
                key: [each for each in needs if each.urn not in mutant.cut]
                for key, needs in new.needs.items()
            }
            changed.append(new)
        for added in mutant.added:
            new = copies[added.urn] = copy.copy(added)
            new.needs = {
                key: [copies.get(n.urn, n) for n in needs] for key, needs in added.needs.items()
            }
            changed.append(new)
    mutated = Graph(copies.values())
    mutated.source, mutated.calls = graph.source, graph.calls
    mutated.tags, mutated.boundary = graph.tags, graph.boundary
    mutated.sources = graph.sources
    return mutated, changed


def judged(graph: Graph, mistakes: Sequence[Mutant]) -> Iterator[tuple[Mutant, set[Finding]]]:
    """What is found of each mistake.

    Many are made at once, each on what belongs to another role or bucket, and then only what is
    found of the very resource that was changed counts. What goes unseen so is made once more,
    alone, and whatever is found then counts.
    """
    sound = findings(graph)
    for batch in _together(graph, mistakes):
        mutated, changed = apply(graph, batch)
        new = findings(mutated, changed) - sound
        for mutant in batch:
            mine = {mutant.urn, *(each.urn for each in mutant.added)}
            found = {each for each in new if each[1] in mine}
            yield mutant, found or alone(graph, sound, mutant)


def alone(graph: Graph, sound: set[Finding], mutant: Mutant) -> set[Finding]:
    mutated, changed = apply(graph, [mutant])
    return findings(mutated, changed) - sound


def _together(graph: Graph, mistakes: Sequence[Mutant]) -> Iterator[list[Mutant]]:
    """Of each owner one at a time."""
    owners = {each.urn: _owner(each) for each in graph}
    waiting: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mistakes:
        waiting[owners[mutant.urn]].append(mutant)
    for batch in zip_longest(*waiting.values()):
        yield [each for each in batch if each is not None]


_BY_PATHS = (
    "aws:rds/",
    "aws:ec2/routeTable:RouteTable",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
)


def _owner(resource: Resource) -> str:
    """What a mistake in it may show at: the role it is attached to or takes, its bucket, queue; of
    a database's settings, and of a way to it, the database."""
    if resource.type.startswith(_BY_PATHS):
        return "databases"
    for key in ("role", "roleArn", "bucket", "queueUrl"):
        for need in resource.needs.get(key, ()):
            return need.urn
    return resource.urn


# --- operators ------------------------------------------------------------------------------------

Edit = Callable[[dict[str, Any]], dict[str, Any] | None]
IDENTITY = ("aws:iam/rolePolicy:RolePolicy",)
DENYING = ("aws:s3/bucketPolicy:BucketPolicy",)
LETTING = (
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:sns/topicPolicy:TopicPolicy",
)


def mutants(graph: Graph) -> Iterator[Mutant]:
    yield from _grants(graph)
    yield from _trusts(graph)
    yield from _letting(graph)
    yield from dropped(graph)
    yield from _flags(graph)
    yield from _tags(graph)
    yield from _boundaries(graph)
    yield from _edge(graph)
    yield from _network(graph)


def _statements(resource: Resource, name: str) -> list[dict[str, Any]]:
    text = resource.get(name)
    return json.loads(text)["Statement"] if isinstance(text, str) else []


def _with(resource: Resource, name: str, statements: list[dict[str, Any]]) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": statements}
    return {**resource.props, name: json.dumps(document)}


def _edited(
    resource: Resource, name: str, operator: str, edit: Edit, *, effect: str = "Allow"
) -> Iterator[Mutant]:
    statements = _statements(resource, name)
    for number, statement in enumerate(statements):
        if statement["Effect"] != effect:
            continue
        new = edit(copy.deepcopy(statement))
        if new is not None:
            changed = [*statements[:number], new, *statements[number + 1 :]]
            what = f"{resource.name}, statement {number + 1}"
            yield Mutant(operator, resource.urn, what, _with(resource, name, changed))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _one_action_more(statement: dict[str, Any]) -> dict[str, Any] | None:
    """The first action that writes or permits on the same resource and is not granted yet."""
    granted = {a for each in _list(statement["Action"]) for a in expand(each)}
    for service in sorted({each.partition(":")[0] for each in granted}):
        for name in sorted(of_service(service).values(), reverse=True):
            action = f"{service}:{name}"
            if action in granted or level(action) not in ("Write", "Permissions management"):
                continue
            kinds = applies_to(action)
            if any(arns_meet(k, r) for k in kinds for r in _list(statement["Resource"])):
                return {**statement, "Action": [*_list(statement["Action"]), action]}
    return None


def _grants(graph: Graph) -> Iterator[Mutant]:
    for policy in graph:
        if policy.type not in IDENTITY:
            continue
        yield from _edited(policy, "policy", "one action more", _one_action_more)
        yield from _edited(policy, "policy", "all actions of the service", _whole_service)
        yield from _edited(policy, "policy", "actions by prefix", _prefix)
        yield from _edited(policy, "policy", "every resource", _every_resource)
        yield from _edited(policy, "policy", "everything of its kind", _whole_kind)
        yield from _edited(policy, "policy", "all but", _not_resource)
        yield from _edited(policy, "policy", "every name of the stack", _every_name)
        yield from _edited(policy, "policy", "every name that begins so", _longer_name)
        yield from _edited(policy, "policy", "every folder", _every_folder)
        yield from _edited(policy, "policy", "another's resource too", _anothers(graph, policy))


def _whole_service(statement: dict[str, Any]) -> dict[str, Any]:
    service = _list(statement["Action"])[0].partition(":")[0]
    return {**statement, "Action": f"{service}:*"}


def _prefix(statement: dict[str, Any]) -> dict[str, Any]:
    first = _list(statement["Action"])[0]
    return {**statement, "Action": [first[: first.index(":") + 3] + "*"]}


def _every_resource(statement: dict[str, Any]) -> dict[str, Any] | None:
    if "*" in _list(statement["Resource"]):
        return None
    return {**statement, "Resource": "*"}


def _whole_kind(statement: dict[str, Any]) -> dict[str, Any] | None:
    """`table/one` becomes `table/*`. A log group's own name is no matter of data."""
    wider = [_kind_of(each) for each in _list(statement["Resource"])]
    if not any(wider):
        return None
    return {**statement, "Resource": [each for each in wider if each]}


def _kind_of(arn: str) -> str | None:
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[2] == "logs":
        return None
    if parts[2] == "s3":
        return "arn:aws:s3:::*/*" if "/" in parts[5] else "arn:aws:s3:::*"
    for separator in ("/", ":"):
        if separator in parts[5]:
            return ":".join(parts[:5]) + ":" + parts[5].partition(separator)[0] + separator + "*"
    return ":".join(parts[:5]) + ":*"


def _every_name(statement: dict[str, Any]) -> dict[str, Any] | None:
    """`table/pilaster-prod-orders` becomes `table/pilaster-prod-*`."""
    return _renamed(statement, lambda name: PREFIX + "*")


def _longer_name(statement: dict[str, Any]) -> dict[str, Any] | None:
    """`table/pilaster-prod-orders` becomes `table/pilaster-prod-orders*`."""
    return _renamed(statement, lambda name: name + "*")


PREFIX = "pilaster-prod-"


def _renamed(statement: dict[str, Any], rename: Callable[[str], str]) -> dict[str, Any] | None:
    resources = _list(statement["Resource"])
    wider = [
        re.sub(PREFIX + r"[\w-]+", lambda name: rename(name[0]), each, count=1)
        for each in resources
    ]
    return {**statement, "Resource": wider} if wider != resources else None


def _every_folder(statement: dict[str, Any]) -> dict[str, Any] | None:
    """`bucket/uploads/*` becomes `bucket/*`."""
    resources = _list(statement["Resource"])
    wider = [re.sub(r"(:s3:::[^/]+/).+", r"\1*", each) for each in resources]
    return {**statement, "Resource": wider} if wider != resources else None


def _anothers(graph: Graph, policy: Resource) -> Edit:
    """A resource is added that the same actions are granted on to somebody else, and not here."""
    granted = [
        (other.urn, set(_list(each["Action"])), resource)
        for other in graph
        if other.type in IDENTITY
        for each in _statements(other, "policy")
        if each["Effect"] == "Allow" and "Resource" in each
        for resource in _list(each["Resource"])
    ]
    mine = {resource for urn, _, resource in granted if urn == policy.urn}

    def edit(statement: dict[str, Any]) -> dict[str, Any] | None:
        actions = set(_list(statement["Action"]))
        for _, others, resource in granted:
            if actions & others and resource not in mine and resource != "*":
                return {**statement, "Resource": [*_list(statement["Resource"]), resource]}
        return None

    return edit


def _not_resource(statement: dict[str, Any]) -> dict[str, Any]:
    new = {key: value for key, value in statement.items() if key != "Resource"}
    return {**new, "NotResource": "arn:aws:s3:::something-else"}


def _trusts(graph: Graph) -> Iterator[Mutant]:
    for role in graph:
        if role.type != "aws:iam/role:Role":
            continue
        for operator, principal in (
            ("trusts everybody", {"AWS": "*"}),
            ("trusts another account", {"AWS": f"arn:aws:iam::{STRANGER}:root"}),
        ):
            yield from _edited(
                role,
                "assumeRolePolicy",
                operator,
                lambda s, p=principal: {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": p,
                },
            )


def _letting(graph: Graph) -> Iterator[Mutant]:
    for policy in graph:
        if policy.type in LETTING:
            for operator, principal in (
                ("lets everybody in", "*"),
                ("lets another account in", {"AWS": STRANGER}),
            ):
                yield from _edited(
                    policy,
                    "policy",
                    operator,
                    lambda s, p=principal: {
                        **{k: v for k, v in s.items() if k != "Condition"},
                        "Principal": p,
                    },
                )
        if policy.type in DENYING:
            for operator, edit in (
                ("plain HTTP is not denied", lambda s: {**s, "Effect": "Allow", "Principal": {}}),
                ("plain HTTP is denied for less", lambda s: {**s, "Action": "s3:GetObject"}),
            ):
                yield from _edited(policy, "policy", operator, edit, effect="Deny")
        if policy.type == "aws:lambda/permission:Permission":
            props = {k: v for k, v in policy.props.items() if k not in ("sourceArn",)}
            yield Mutant("calls for anybody", policy.urn, policy.name, props)
            yield Mutant("anybody calls", policy.urn, policy.name, {**props, "principal": "*"})


FLAGS: dict[str, tuple[tuple[str, Any], ...]] = {
    "aws:rds/cluster:Cluster": (
        ("masterPassword", "correct-horse-battery"),
        ("storageEncrypted", False),
        ("deletionProtection", False),
        ("backupRetentionPeriod", 1),
        ("skipFinalSnapshot", True),
        ("publiclyAccessible", True),
    ),
    "aws:rds/clusterInstance:ClusterInstance": (("publiclyAccessible", True),),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": (
        ("parameters", [{"name": "rds.force_ssl", "value": "0"}]),
        ("parameters", []),
    ),
    "aws:elasticache/serverlessCache:ServerlessCache": (("userGroupId", None),),
    "aws:elasticache/user:User": (
        ("authenticationMode", {"type": "no-password-required"}),
        ("passwords", ["correct-horse-battery"]),
    ),
    "aws:dynamodb/table:Table": (
        ("deletionProtectionEnabled", False),
        ("pointInTimeRecovery", {"enabled": False}),
    ),
    "aws:cognito/userPool:UserPool": (("deletionProtection", "INACTIVE"),),
    "aws:s3/bucket:Bucket": (("forceDestroy", True), ("acl", "public-read")),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (
        ("blockPublicAcls", False),
        ("blockPublicPolicy", False),
        ("ignorePublicAcls", False),
        ("restrictPublicBuckets", False),
    ),
    "aws:cloudfront/distribution:Distribution": (("webAclId", None),),
    "aws:wafv2/webAcl:WebAcl": (("rules", []), ("scope", "REGIONAL")),
    "aws:sqs/queue:Queue": (("sqsManagedSseEnabled", False),),
    "aws:cloudwatch/logGroup:LogGroup": (("retentionInDays", 0),),
    "aws:lambda/function:Function": (
        ("environment", {"variables": {"DATABASE_PASSWORD": "correct-horse-battery"}}),
    ),
}


def _flags(graph: Graph) -> Iterator[Mutant]:
    for resource in graph:
        for name, value in FLAGS.get(resource.type, ()):
            # A table that forgets by itself needs no recovery, and none is asked for.
            if resource.type.endswith(":Table") and resource.get("ttl", "enabled") is True:
                continue
            props = {**resource.props, name: value}
            yield Mutant(f"{name} is {value!r}", resource.urn, resource.name, props)
        if resource.type == "aws:apigatewayv2/route:Route" and resource.get("authorizerId"):
            props = {
                key: value
                for key, value in resource.props.items()
                if key not in ("authorizerId", "authorizationType", "authorizationScopes")
            }
            yield Mutant("no authorizer", resource.urn, resource.name, props)
        if resource.type == "aws:sqs/queue:Queue" and resource.get("redrivePolicy"):
            props = {k: v for k, v in resource.props.items() if k != "redrivePolicy"}
            yield Mutant("no dead-letter queue", resource.urn, resource.name, props)


CONDITIONED = {
    **dict.fromkeys((*IDENTITY, *LETTING), "policy"),
    "aws:iam/role:Role": "assumeRolePolicy",
}


def dropped(graph: Graph) -> Iterator[Mutant]:
    """Of every statement that allows under a condition: all of it, and each of its tests alone."""
    audiences = conditions.audiences(graph)
    for policy in graph:
        name = CONDITIONED.get(policy.type, "")
        statements = _statements(policy, name) if name else []
        for number, statement in enumerate(statements):
            if statement["Effect"] != "Allow":
                continue
            for which, weaker in conditions.weaker(statement, audiences):
                changed = [*statements[:number], weaker, *statements[number + 1 :]]
                what = f"{policy.name}, statement {number + 1}: {which}"
                operator = f"condition dropped of {CONDITIONED[policy.type]}"
                yield Mutant(operator, policy.urn, what, _with(policy, name, changed))


def _tags(graph: Graph) -> Iterator[Mutant]:
    for resource in graph:
        tags = resource.props.get("tags")
        if not isinstance(tags, dict) or not set(graph.tags) <= set(tags):
            continue
        for key in graph.tags:
            fewer = {each: value for each, value in tags.items() if each != key}
            yield _changed(resource, f"no tag {key}", tags=fewer)
        yield _changed(resource, "an empty tag", tags={**tags, graph.tags[0]: " "})


def bounded(graph: Graph, boundary: str) -> Graph:
    """The stack with a boundary around every role, and a setting that asks for it."""
    roles = [each for each in graph if each.type == "aws:iam/role:Role"]
    arn = boundary.replace("*", "222222222222")
    around = [_changed(each, "", permissionsBoundary=arn) for each in roles]
    found, _ = apply(graph, around)
    found.boundary = boundary
    return found


def _boundaries(graph: Graph) -> Iterator[Mutant]:
    for role in graph:
        if graph.boundary and role.type == "aws:iam/role:Role":
            wider = "arn:aws:iam::aws:policy/AdministratorAccess"
            longer = role.props["permissionsBoundary"] + "-2"
            yield _changed(role, "no boundary", permissionsBoundary=None)
            yield _changed(role, "a boundary of AWS's", permissionsBoundary=wider)
            yield _changed(role, "a boundary that begins so", permissionsBoundary=longer)


def _edge(graph: Graph) -> Iterator[Mutant]:
    """What stands before the site and the API."""
    for edge in graph:
        if edge.type == "aws:wafv2/webAcl:WebAcl":
            counting = [
                {**rule, kind: {"count": {}}}
                for rule in edge.props["rules"]
                for kind in ("action", "overrideAction")
                if kind in rule
            ]
            yield _changed(edge, "rules only count", rules=counting)
        if edge.type == "aws:lambda/function:Function":
            yield from _told(edge)
        if edge.type != "aws:cloudfront/distribution:Distribution":
            continue
        for at, origin in enumerate(edge.props["origins"]):
            if "customOriginConfig" in origin:
                yield from _origin(edge, at, origin)
        plain_http = {"viewerProtocolPolicy": "allow-all"}
        default = {**edge.props["defaultCacheBehavior"], **plain_http}
        yield _changed(edge, "plain HTTP for pages", defaultCacheBehavior=default)
        others = edge.props["orderedCacheBehaviors"]
        for at, each in enumerate(others):
            new = [*others[:at], {**each, **plain_http}, *others[at + 1 :]]
            yield _changed(edge, "plain HTTP for calls", orderedCacheBehaviors=new)


def _told(function: Resource) -> Iterator[Mutant]:
    """Who answers behind the edge is no longer told of the lock."""
    variables = (function.props.get("environment") or {}).get("variables", {})
    if "ORIGIN_SECRET_SHA256" in variables:
        fewer = {key: each for key, each in variables.items() if key != "ORIGIN_SECRET_SHA256"}
        drawn = frozenset(
            each.urn for each in function.needs["environment"] if "OriginSecret$" in each.urn
        )
        props = {**function.props, "environment": {"variables": fewer}}
        yield Mutant("not told of the lock", function.urn, function.name, props, cut=drawn)


def _origin(edge: Resource, at: int, origin: dict[str, Any]) -> Iterator[Mutant]:
    origins = edge.props["origins"]

    def put(operator: str, **changed: Any) -> Mutant:
        new = [*origins[:at], {**origin, **changed}, *origins[at + 1 :]]
        return _changed(edge, operator, origins=new)

    plain = [{"name": "x-origin-secret", "value": "correct-horse-battery"}]
    settings = origin["customOriginConfig"]
    yield put("no origin lock", customHeaders=[])
    yield put("an origin lock everybody can read", customHeaders=plain)
    for name, value in (
        ("originProtocolPolicy", "http-only"),
        ("originSslProtocols", ["TLSv1", "TLSv1.2"]),
    ):
        yield put(f"{name} is {value!r}", customOriginConfig={**settings, name: value})


def _changed(resource: Resource, operator: str, **props: Any) -> Mutant:
    return Mutant(operator, resource.urn, resource.name, {**resource.props, **props})


def _added(type_: str, name: str, props: dict[str, Any], **needs: Resource) -> Resource:
    return Resource(
        type=type_,
        name=name,
        urn=f"urn:pulumi:prod::pilaster::{type_}::{name}",
        props={**dict.fromkeys(needs, Unknown()), **props},
        needs={key: [resource] for key, resource in needs.items()},
    )


def _network(graph: Graph) -> Iterator[Mutant]:
    gateway = _added("aws:ec2/internetGateway:InternetGateway", "mutant-gateway", {})
    for resource in graph:
        if resource.type == "aws:ec2/routeTable:RouteTable":
            for key, cidr in (
                ("destinationCidrBlock", "0.0.0.0/0"),
                ("destinationIpv6CidrBlock", "::/0"),
                ("destinationCidrBlock", "128.0.0.0/1"),
            ):
                route = _added(
                    "aws:ec2/route:Route",
                    "mutant-route",
                    {key: cidr},
                    routeTableId=resource,
                    gatewayId=gateway,
                )
                yield Mutant(
                    f"a route from {cidr}", resource.urn, resource.name, added=(gateway, route)
                )
        if resource.type == "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
            for name, cidr in (("cidrIpv4", "0.0.0.0/0"), ("cidrIpv6", "::/0")):
                props = {
                    k: v for k, v in resource.props.items() if k != "referencedSecurityGroupId"
                }
                yield Mutant(f"open to {cidr}", resource.urn, resource.name, {**props, name: cidr})
