"""What AWS refuses because of another resource of the same plan.

Sources: the documentation of the calls that make the second of each pair, such as "Configuring a
queue to use with Lambda" for the visibility timeout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

from pilaster_local.providers.aws.plan.beside_distributions import beside_distributions
from pilaster_local.providers.aws.plan.finding import Finding
from pilaster_local.providers.aws.plan.grammars import arns
from pilaster_local.providers.aws.plan.resources import Planned
from pilaster_local.providers.aws.plan.secrecy import told
from pilaster_local.providers.aws.plan.stack import FUNCTION, ROLE, Stack, short
from pilaster_local.providers.aws.table import known_kind
from pilaster_local.providers.aws.values import UNKNOWN

Pair = Iterator[tuple[Planned, str, str]]
"""The resource that would be refused, its property, and why."""

_API = "aws:apigatewayv2/api:Api"
_QUEUE = "aws:sqs/queue:Queue"
_CLUSTER = "aws:rds/cluster:Cluster"
_SOURCE = "aws:lambda/eventSourceMapping:EventSourceMapping"
_MACHINE = "aws:sfn/stateMachine:StateMachine"
_TARGET = "aws:cloudwatch/eventTarget:EventTarget"


def across(resources: list[Planned], region: str, account: str) -> Iterator[Finding]:
    stack = Stack(resources)
    for rule in _RULES:
        for resource, path, said in rule(stack):
            path, message = told(resource, path, said)
            yield Finding(urn=resource.urn, property=path, message=message)
    for placed in (_elsewhere(stack, region, account), beside_distributions(stack, region)):
        for resource, path, said in placed:
            path, message = told(resource, path, said)
            yield Finding(urn=resource.urn, property=path, message=message)


# -- queues ---------------------------------------------------------------------------------------


def _patience(stack: Stack) -> Pair:
    """A message must stay hidden as long as the function may work on it."""
    for source in stack.of(_SOURCE):
        queue = stack.meant(source, "eventSourceArn", _QUEUE)
        function = stack.meant(source, "functionName", FUNCTION)
        if queue is None or function is None:
            continue
        hidden = queue.inputs.get("visibilityTimeoutSeconds", 30)
        works = function.inputs.get("timeout", 3)
        if isinstance(hidden, int) and isinstance(works, int) and hidden < works:
            yield (
                queue,
                "visibilityTimeoutSeconds",
                f"{hidden} s is less than the {works} s {function.name!r} may take: Lambda refuses "
                "the queue as its source",
            )


def _dead_letters(stack: Stack) -> Pair:
    for queue in stack.of(_QUEUE):
        text = queue.inputs.get("redrivePolicy")
        found = (
            re.search(r'"deadLetterTargetArn":\s*"([^"]+)"', text) if isinstance(text, str) else 0
        )
        if found and short(found[1]) == queue.inputs.get("name"):
            yield queue, "redrivePolicy", "a queue is not its own dead-letter queue"


# -- functions and roles --------------------------------------------------------------------------

_ROLES = (
    (FUNCTION, "role", "lambda.amazonaws.com"),
    (_MACHINE, "roleArn", "states.amazonaws.com"),
    (_TARGET, "roleArn", "events.amazonaws.com"),
)


def _trusts(stack: Stack) -> Pair:
    for token, name, service in _ROLES:
        for resource in stack.of(token):
            role = stack.meant(resource, name, ROLE)
            if role is not None and not stack.trusts(role, service):
                yield (
                    role,
                    "assumeRolePolicy",
                    f"{resource.name!r} needs this role, and {service!r} may not assume it",
                )


def _permissions(stack: Stack) -> Pair:
    """What the service tries when the thing is made, and refuses it if the role may not."""
    for function in stack.of(FUNCTION):
        role = stack.meant(function, "role", ROLE)
        place = function.inputs.get("vpcConfig")
        if role and isinstance(place, dict) and place.get("subnetIds"):
            for action in ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces",
                           "ec2:DeleteNetworkInterface"):  # fmt: skip
                if not stack.allows(role, action):
                    yield function, "vpcConfig", f"its role {role.name!r} may not {action}"
    for source in stack.of(_SOURCE):
        function = stack.meant(source, "functionName", FUNCTION)
        role = stack.meant(function, "role", ROLE) if function else None
        arn = source.inputs.get("eventSourceArn")
        if role and isinstance(arn, str) and arn.startswith("arn:") and ":sqs:" in arn:
            for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"):
                if not stack.allows(role, action):
                    yield source, "functionName", f"the role {role.name!r} may not {action}"
    for machine in stack.of(_MACHINE):
        role = stack.meant(machine, "roleArn", ROLE)
        logging = machine.inputs.get("loggingConfiguration")
        if (
            role
            and isinstance(logging, dict)
            and logging.get("level", "OFF") not in ("OFF", UNKNOWN)
        ) and not stack.allows(role, "logs:CreateLogDelivery"):
            yield (
                machine,
                "loggingConfiguration",
                (f"its role {role.name!r} may not logs:CreateLogDelivery"),
            )


# -- APIs -----------------------------------------------------------------------------------------


def _of_api(stack: Stack) -> Pair:
    for route in stack.of("aws:apigatewayv2/route:Route"):
        kind, key = _protocol(stack, route), route.inputs.get("routeKey")
        if kind == "HTTP" and isinstance(key, str) and key != "$default" and " " not in key:
            yield route, "routeKey", f"{key!r} is no route of an HTTP API: write 'GET /path'"
        if kind == "WEBSOCKET" and route.inputs.get("authorizationType") == "JWT":
            yield route, "authorizationType", "a WebSocket API has no JWT authorizer"
    for authorizer in stack.of("aws:apigatewayv2/authorizer:Authorizer"):
        kind = _protocol(stack, authorizer)
        if kind == "WEBSOCKET" and authorizer.inputs.get("authorizerType") == "JWT":
            yield authorizer, "authorizerType", "a WebSocket API has no JWT authorizer"
        if (
            kind == "HTTP"
            and authorizer.inputs.get("authorizerType") == "REQUEST"
            and "authorizerPayloadFormatVersion" not in authorizer.inputs
        ):
            yield authorizer, "authorizerPayloadFormatVersion", "an HTTP API needs it: '2.0'"
    yield from _route_settings(stack)
    for integration in stack.of("aws:apigatewayv2/integration:Integration"):
        yield from _integration(stack, integration)


def _route_settings(stack: Stack) -> Pair:
    """A stage sets only routes that there are."""
    for stage in stack.of("aws:apigatewayv2/stage:Stage"):
        api = stack.meant(stage, "apiId", _API)
        listed = stage.inputs.get("routeSettings")
        if api is None or not isinstance(listed, list):
            continue
        routes = stack.of("aws:apigatewayv2/route:Route")
        known = [r.inputs.get("routeKey") for r in routes if stack.meant(r, "apiId", _API) is api]
        if UNKNOWN in known:
            continue
        for index, settings in enumerate(listed):
            key = settings.get("routeKey") if isinstance(settings, dict) else None
            if isinstance(key, str) and key not in known:
                yield stage, f"routeSettings[{index}].routeKey", f"{key!r} is no route of the API"


def _integration(stack: Stack, integration: Planned) -> Pair:
    api, kind = _protocol(stack, integration), integration.inputs.get("integrationType")
    timeout = integration.inputs.get("timeoutMilliseconds")
    if api == "HTTP":
        if kind in ("AWS", "HTTP", "MOCK"):
            yield integration, "integrationType", f"an HTTP API has no integrations of type {kind}"
        if kind == "AWS_PROXY" and "payloadFormatVersion" not in integration.inputs:
            yield integration, "payloadFormatVersion", "an HTTP API needs it: '2.0'"
    if api == "WEBSOCKET":
        if isinstance(timeout, int) and timeout > 29_000:
            yield integration, "timeoutMilliseconds", "a WebSocket API waits 29,000 ms at most"
        if integration.inputs.get("payloadFormatVersion") == "2.0":
            yield integration, "payloadFormatVersion", "a WebSocket API knows '1.0' only"


def _protocol(stack: Stack, part: Planned) -> Any:
    api = stack.meant(part, "apiId", _API)
    return api.inputs.get("protocolType") if api else None


# -- databases ------------------------------------------------------------------------------------


def _databases(stack: Stack) -> Pair:
    for instance in stack.of("aws:rds/clusterInstance:ClusterInstance"):
        cluster = stack.meant(instance, "clusterIdentifier", _CLUSTER)
        if cluster is None:
            continue
        for name in ("engine", "engineVersion"):
            own, wanted = instance.inputs.get(name), cluster.inputs.get(name)
            if isinstance(own, str) and isinstance(wanted, str) and own != wanted:
                yield instance, name, f"{own!r} is not the cluster's, which is {wanted!r}"
        is_serverless = instance.inputs.get("instanceClass") == "db.serverless"
        if is_serverless and "serverlessv2ScalingConfiguration" not in cluster.inputs:
            yield (
                cluster,
                "serverlessv2ScalingConfiguration",
                f"{instance.name!r} is of class db.serverless: the cluster says how far it scales",
            )
    for cluster in stack.of(_CLUSTER):
        group = stack.meant(
            cluster, "dbClusterParameterGroupName",
            "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        )  # fmt: skip
        family = group.inputs.get("family") if group else None
        engine, version = cluster.inputs.get("engine"), cluster.inputs.get("engineVersion")
        if not (isinstance(family, str) and isinstance(engine, str) and isinstance(version, str)):
            continue
        major = version.split(".")[0]
        if group and engine == "aurora-postgresql" and family != f"{engine}{major}":
            yield group, "family", f"{family!r} is not for {engine} {version}: '{engine}{major}'"


# -- networks -------------------------------------------------------------------------------------


def _subnets(stack: Stack) -> Pair:
    """Subnets lie in their VPC and not in each other."""
    seen: list[tuple[str, Any, str]] = []
    for subnet in stack.of("aws:ec2/subnet:Subnet"):
        vpc = stack.meant(subnet, "vpcId", "aws:ec2/vpc:Vpc")
        own = _network(subnet.inputs.get("cidrBlock"))
        if vpc is None or own is None:
            continue
        whole = _network(vpc.inputs.get("cidrBlock"))
        if whole is not None and not (own.version == whole.version and own.subnet_of(whole)):
            yield subnet, "cidrBlock", f"{own} does not lie in the VPC's {whole}"
        for urn, other, name in seen:
            if urn == vpc.urn and own.overlaps(other):
                yield subnet, "cidrBlock", f"{own} overlaps {other} of {name!r}"
        seen.append((vpc.urn, own, subnet.name))


def _network(text: Any) -> Any:
    try:
        return ip_network(text) if isinstance(text, str) else None
    except ValueError:
        return None


# -- names ----------------------------------------------------------------------------------------


def _same_name(stack: Stack) -> Pair:
    """Two of one type and name: the second is refused, or overwrites the first."""
    seen: dict[Any, Planned] = {}
    for resource in stack.resources:
        key = _identity(resource)
        if key is None:
            continue
        first = seen.setdefault(key, resource)
        if first is not resource:
            yield resource, key[1], f"{first.name!r} has the same name already"


_KEYS = {"aws:apigatewayv2/route:Route": ("apiId", "routeKey")}


def _identity(resource: Planned) -> Any:
    kind = known_kind(resource.type)
    if kind is None:
        return None
    names = _KEYS.get(resource.type) or kind.row.identifying
    found: list[Any] = []
    for name in names:
        value = resource.inputs.get(name)
        if value is UNKNOWN:
            value = resource.comes_from.get(name) or UNKNOWN
        if value is UNKNOWN or not isinstance(value, str | tuple):
            return None
        found.append(value)
    place = (resource.provider, resource.region)
    return (resource.type, names[-1], place, tuple(found)) if found else None


# -- the region and the account -------------------------------------------------------------------

_SAME_REGION = (
    (_SOURCE, "eventSourceArn"),
    ("aws:apigatewayv2/integration:Integration", "integrationUri"),
    ("aws:apigatewayv2/stage:Stage", "accessLogSettings.destinationArn"),
    (_MACHINE, "loggingConfiguration.logDestination"),
    (FUNCTION, "deadLetterConfig.targetArn"),
    (_TARGET, "arn"),
)
_SAME_ACCOUNT = ((FUNCTION, "role"), (_MACHINE, "roleArn"), (_TARGET, "roleArn"))


def _elsewhere(stack: Stack, region: str, account: str) -> Pair:
    """What lies in another region or account than where it can be used from."""
    for token, path in _SAME_REGION:
        for resource in stack.of(token):
            here = _place(resource, region)
            found = arns.parsed(_at(resource.inputs, path) or "")
            if not here or not found or not found.region:
                continue
            if found.region != here and not found.resource.startswith("event-bus/"):
                yield resource, path, f"it lies in {found.region!r}, and this in {here!r}"
    for token, path in _SAME_ACCOUNT:
        for resource in stack.of(token):
            found = arns.parsed(_at(resource.inputs, path) or "")
            known = account and not resource.provider
            if known and found and found.account and found.account != account:
                yield resource, path, f"a role of account {found.account} cannot be passed here"
    if region:
        yield from _zones(stack, region)


def _zones(stack: Stack, region: str) -> Pair:
    for token in ("aws:ec2/subnet:Subnet", "aws:rds/clusterInstance:ClusterInstance"):
        for resource in stack.of(token):
            zone = resource.inputs.get("availabilityZone")
            here = _place(resource, region)
            if isinstance(zone, str) and not zone.startswith(here):
                yield resource, "availabilityZone", f"{zone!r} is not in {here!r}"
    for endpoint in stack.of("aws:ec2/vpcEndpoint:VpcEndpoint"):
        service = endpoint.inputs.get("serviceName")
        if isinstance(service, str) and service.startswith("com.amazonaws."):
            parts = service.split(".")
            there = parts[3] if parts[2] == "vpce" and len(parts) > 3 else parts[2]
            here = _place(endpoint, region)
            if here and there != here and "serviceRegion" not in endpoint.inputs:
                yield endpoint, "serviceName", f"{service!r} is not of {here!r}"


def _place(resource: Planned, region: str) -> str:
    """Where the resource will be; nothing where only its provider knows."""
    if resource.region or resource.inputs.get("region") is UNKNOWN:
        return resource.region
    return "" if resource.provider else region


def _at(inputs: Any, path: str) -> str | None:
    for name in path.split("."):
        inputs = inputs.get(name) if isinstance(inputs, dict) else None
    return inputs if isinstance(inputs, str) else None


_RULES: tuple[Callable[[Stack], Pair], ...] = (
    _patience,
    _dead_letters,
    _trusts,
    _permissions,
    _of_api,
    _databases,
    _subnets,
    _same_name,
)
