"""Which actions making, reading, changing and deleting a resource takes, by its Pulumi type.

From the handlers of AWS's CloudFormation registry schemas, as cfn-lint (MIT-0) ships them. Of the
types Pulumi has too, the actions of all handlers together are kept.
`python -m pilaster_policies.deployer.schemas FOLDER FILE` writes `schemas.json` anew, from an
installed `cfnlint/data/schemas` and `pulumi_aws/__init__.py`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".json")
_HANDLERS = ("create", "read", "update", "delete")

_OTHERWISE = {
    "aws:cloudwatch/eventTarget": "AWS::Events::Rule",
    "aws:cloudwatch/logDelivery": "AWS::Logs::Delivery",
    "aws:cloudwatch/logDeliveryDestination": "AWS::Logs::DeliveryDestination",
    "aws:cloudwatch/logDeliverySource": "AWS::Logs::DeliverySource",
    "aws:cognito/userGroup": "AWS::Cognito::UserPoolGroup",
    "aws:ec2/mainRouteTableAssociation": "AWS::EC2::SubnetRouteTableAssociation",
    "aws:ec2/routeTableAssociation": "AWS::EC2::SubnetRouteTableAssociation",
    "aws:glue/catalogDatabase": "AWS::Glue::Database",
    "aws:glue/catalogTable": "AWS::Glue::Table",
    "aws:iam/policy": "AWS::IAM::ManagedPolicy",
    "aws:iam/rolePolicyAttachment": "AWS::IAM::Role",
    "aws:iam/userPolicyAttachment": "AWS::IAM::User",
    "aws:lb/listener": "AWS::ElasticLoadBalancingV2::Listener",
    "aws:lb/loadBalancer": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "aws:lb/targetGroup": "AWS::ElasticLoadBalancingV2::TargetGroup",
    "aws:rds/cluster": "AWS::RDS::DBCluster",
    "aws:rds/clusterInstance": "AWS::RDS::DBInstance",
    "aws:rds/clusterParameterGroup": "AWS::RDS::DBClusterParameterGroup",
    "aws:rds/instance": "AWS::RDS::DBInstance",
    "aws:rds/parameterGroup": "AWS::RDS::DBParameterGroup",
    "aws:rds/subnetGroup": "AWS::RDS::DBSubnetGroup",
    "aws:secretsmanager/secretVersion": "AWS::SecretsManager::Secret",
    "aws:vpc/securityGroupEgressRule": "AWS::EC2::SecurityGroupEgress",
    "aws:vpc/securityGroupIngressRule": "AWS::EC2::SecurityGroupIngress",
}
"""Types whose names differ in more than their spelling."""
_MODULES = {
    "alb": "elasticloadbalancingv2",
    "cfg": "config",
    "kms": "kms",
    "sesv2": "ses",
    "sfn": "stepfunctions",
}
_OBJECT = re.compile(r"aws:s3/bucketObject")
_OF_BUCKET = re.compile(r"aws:s3/bucket([A-Z]\w+?)(?:V2)?:")
_WORDS = {"ServerSideEncryptionConfiguration": "Encryption"}


_OBJECTS = (
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:ListBucketVersions",
    "s3:PutObject",
    "s3:PutObjectTagging",
)
_ALSO = {
    "aws:lambda/invocation:Invocation": ("lambda", ("lambda:InvokeFunction",)),
    "aws:s3/bucketObject:BucketObject": ("s3", _OBJECTS),
    "aws:s3/bucketObjectv2:BucketObjectv2": ("s3", _OBJECTS),
}
"""Types that are calls of the API, and no resource of the registry's. An object is deleted with all
its versions, which are listed for it."""


_BEYOND = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("ec2:DescribePrefixLists",),
    "aws:lambda/function:Function": ("lambda:GetFunctionConfiguration",),
}
"""What the provider asks for and no handler of the registry does: seen in an `up` of a stack."""


@cache
def _data() -> dict[str, tuple[str, list[str]]]:
    """By type, its own service and its actions."""
    return json.loads(_FILE.read_text(encoding="utf-8"))["types"]


@cache
def as_of() -> str:
    """The day of the schemas, and where they are from."""
    said = json.loads(_FILE.read_text(encoding="utf-8"))
    return f"{said['source']}, {said['date']}"


@cache
def _named() -> dict[str, str]:
    return {_spelled(name.removeprefix("AWS::")): name for name in _data()}


def registry_type(token: str, known: Mapping[str, str] | None = None) -> str | None:
    """CloudFormation's name for a Pulumi type; None where it has none."""
    names = _named() if known is None else known
    stem, _, kind = token.rpartition(":")
    if stem in _OTHERWISE:
        return _OTHERWISE[stem]
    if _OF_BUCKET.match(token) and not _OBJECT.match(token):
        return "AWS::S3::BucketPolicy" if stem.endswith("bucketPolicy") else "AWS::S3::Bucket"
    module = stem.removeprefix("aws:").partition("/")[0].lower()
    modules = [_MODULES.get(module, module)]
    if module == "cloudwatch":
        modules = ["events", "logs", "cloudwatch"]
    for each in modules:
        for spelled in (kind, kind.removeprefix("Event")):
            if found := names.get(each + _spelled(spelled)):
                return found
    return None


def actions(token: str) -> tuple[str, tuple[str, ...]] | None:
    """Its own service and the actions of all its handlers; None for a type that is not there."""
    if token in _ALSO:
        return _ALSO[token]
    name = registry_type(token)
    if name is None or name not in _data():
        return None
    service, found = _data()[name]
    if (part := _OF_BUCKET.match(token)) and name == "AWS::S3::Bucket":
        # One part of a bucket is a resource of its own in Pulumi: only its actions.
        word = _WORDS.get(part[1], part[1]).lower().replace("configuration", "").rstrip("s")
        return service, tuple(a for a in found if word in a.lower())
    return service, (*found, *_BEYOND.get(token, ()))


def _spelled(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


_HELPERS = ("ec2", "iam", "kms", "logs", "route53", "s3", "secretsmanager", "sso")


def _own(name: str, handlers: Mapping[str, Sequence[str]]) -> str:
    """The service most actions of deleting it are of: there are the fewest of others.

    Roles, keys, networks and the like are handled for many a type; they count for their own alone.
    """
    of = name.split("::")[1].lower()
    found = handlers.get("delete") or [each for some in handlers.values() for each in some]
    services = [each.partition(":")[0] for each in found]
    others = [each for each in services if each == of or each not in _HELPERS] or services
    return of if of in others else max(dict.fromkeys(others), key=others.count)


def write(folder: Path, tokens: Iterable[str]) -> None:
    """From the folder `cfnlint/data/schemas`, for these Pulumi types."""
    from pilaster_policies.actions import of_service

    read: dict[str, dict[str, list[str]]] = {}
    for file in sorted((folder / "resources").glob("*.json")):
        schema = json.loads(file.read_text(encoding="utf-8"))
        kept: dict[str, list[str]] = {}
        for handler in _HANDLERS:
            for action in (schema.get("handlers") or {}).get(handler, {}).get("permissions", ()):
                service, _, name = str(action).partition(":")
                if known := of_service(service.lower()).get(name.lower()):
                    kept.setdefault(handler, []).append(f"{service.lower()}:{known}")
        if kept:
            read[schema["typeName"]] = kept
    names = {_spelled(name.removeprefix("AWS::")): name for name in read}
    wanted = {registry_type(token, names) for token in tokens}
    lines = ",\n".join(
        json.dumps(name)
        + ": "
        + json.dumps([_own(name, each), sorted({a for h in each.values() for a in h})])
        for name, each in sorted(read.items())
        if name in wanted
    )
    version = json.loads((folder / "version.json").read_text(encoding="utf-8"))
    said = {
        "source": "CloudFormation registry schemas as shipped by cfn-lint (MIT-0)",
        "date": version["schema_date"][:10],
    }
    _FILE.write_text(f'{json.dumps(said)[:-1]}, "types": {{\n{lines}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    # The second: pulumi_aws/__init__.py, which lists its types.
    listed = Path(sys.argv[2]).read_text(encoding="utf-8")
    write(Path(sys.argv[1]), set(re.findall(r'"(aws:\w+/\w+:\w+)"', listed)))
