"""Where policy documents stand: type of resource -> property -> what kind of document it is.

A VPC endpoint's policy is left out: it grants nothing, it only limits what passes. So is a public
ECR registry's: it is public by purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pilaster_policies.documents import Statement, UnreadableError, statements
from pilaster_policies.registry import Resource
from pilaster_policies.values import Unknown, Value, is_unknown

Kind = Literal["identity", "trust", "resource", "key"]

CARRIERS: dict[str, tuple[tuple[str, Kind], ...]] = {
    "aws:iam/policy:Policy": (("policy", "identity"),),
    "aws:iam/rolePolicy:RolePolicy": (("policy", "identity"),),
    "aws:iam/userPolicy:UserPolicy": (("policy", "identity"),),
    "aws:iam/groupPolicy:GroupPolicy": (("policy", "identity"),),
    "aws:iam/role:Role": (("assumeRolePolicy", "trust"), ("inlinePolicies", "identity")),
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": (
        ("inlinePolicy", "identity"),
    ),
    "aws:iot/policy:Policy": (("policy", "identity"),),
    "aws:transfer/user:User": (("policy", "identity"),),
    "aws:transfer/access:Access": (("policy", "identity"),),
    "aws:kms/key:Key": (("policy", "key"),),
    "aws:kms/externalKey:ExternalKey": (("policy", "key"),),
    "aws:kms/replicaKey:ReplicaKey": (("policy", "key"),),
    "aws:kms/replicaExternalKey:ReplicaExternalKey": (("policy", "key"),),
    "aws:kms/keyPolicy:KeyPolicy": (("policy", "key"),),
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": (
        ("repositoryPolicy", "resource"),
    ),
    "aws:cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy": (
        ("accessPolicy", "resource"),
    ),
    "aws:organizations/resourcePolicy:ResourcePolicy": (("content", "resource"),),
    "aws:glacier/vault:Vault": (("accessPolicy", "resource"),),
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": (("accessPolicy", "resource"),),
    "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy": (
        ("deliveryDestinationPolicy", "resource"),
    ),
    **dict.fromkeys(
        (
            "aws:amp/resourcePolicy:ResourcePolicy",
            "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
            "aws:codeartifact/domainPermissions:DomainPermissions",
            "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy",
            "aws:xray/resourcePolicy:ResourcePolicy",
        ),
        (("policyDocument", "resource"),),
    ),
    **dict.fromkeys(
        (
            "aws:s3tables/tableBucketPolicy:TableBucketPolicy",
            "aws:s3tables/tablePolicy:TablePolicy",
            "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
        ),
        (("resourcePolicy", "resource"),),
    ),
    **dict.fromkeys(
        (
            "aws:acmpca/policy:Policy",
            "aws:apigateway/domainName:DomainName",
            "aws:apigateway/restApi:RestApi",
            "aws:apigateway/restApiPolicy:RestApiPolicy",
            "aws:backup/vaultPolicy:VaultPolicy",
            "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy",
            "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
            "aws:codebuild/resourcePolicy:ResourcePolicy",
            "aws:dsql/clusterPolicy:ClusterPolicy",
            "aws:dynamodb/resourcePolicy:ResourcePolicy",
            "aws:ecr/registryPolicy:RegistryPolicy",
            "aws:ecr/repositoryPolicy:RepositoryPolicy",
            "aws:efs/fileSystemPolicy:FileSystemPolicy",
            "aws:glacier/vaultLock:VaultLock",
            "aws:glue/resourcePolicy:ResourcePolicy",
            "aws:kinesis/resourcePolicy:ResourcePolicy",
            "aws:lambda/resourcePolicy:ResourcePolicy",
            "aws:mediastore/containerPolicy:ContainerPolicy",
            "aws:msk/clusterPolicy:ClusterPolicy",
            "aws:networkfirewall/resourcePolicy:ResourcePolicy",
            "aws:oam/sinkPolicy:SinkPolicy",
            "aws:opensearchingest/resourcePolicy:ResourcePolicy",
            "aws:redshift/resourcePolicy:ResourcePolicy",
            "aws:redshiftserverless/resourcePolicy:ResourcePolicy",
            "aws:s3/accessPoint:AccessPoint",
            "aws:s3/bucket:Bucket",
            "aws:s3/bucketPolicy:BucketPolicy",
            "aws:s3/bucketV2:BucketV2",
            "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy",
            "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy",
            "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy",
            "aws:s3control/accessPointPolicy:AccessPointPolicy",
            "aws:s3control/bucketPolicy:BucketPolicy",
            "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy",
            "aws:schemas/registryPolicy:RegistryPolicy",
            "aws:secretsmanager/secret:Secret",
            "aws:secretsmanager/secretPolicy:SecretPolicy",
            "aws:ses/identityPolicy:IdentityPolicy",
            "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy",
            "aws:sns/topic:Topic",
            "aws:sns/topicPolicy:TopicPolicy",
            "aws:sqs/queue:Queue",
            "aws:sqs/queuePolicy:QueuePolicy",
            "aws:vpclattice/resourcePolicy:ResourcePolicy",
        ),
        (("policy", "resource"),),
    ),
}


KINDS: tuple[Kind, ...] = ("identity", "trust", "resource", "key")
LETTING_IN: tuple[Kind, ...] = ("trust", "resource", "key")
"""Those with a principal; an identity's is the one it is attached to."""


def documents_of(
    resource: Resource, kinds: tuple[Kind, ...] = KINDS
) -> Iterator[tuple[str, Kind, Value]]:
    """Every policy document of these kinds a resource carries, with its property and kind."""
    for name, kind in CARRIERS.get(resource.type, ()):
        if kind not in kinds:
            continue
        value = resource.get(name)
        if name != "inlinePolicies" or is_unknown(value):
            yield name, kind, value
            continue
        entries = value if isinstance(value, list) else [value]
        for number, entry in enumerate(entries):
            document = entry.get("policy") if isinstance(entry, dict) else entry
            resource.ask((name, number), unknown=is_unknown(document))
            yield f"inlinePolicies[{number}].policy", kind, document


def statements_of(
    resource: Resource, kinds: tuple[Kind, ...] = KINDS
) -> Iterator[tuple[str, Statement]]:
    """Every statement of those documents, with where it stands for a message. A document that
    cannot be read, or is not known yet, has none: the rule on wildcard actions says so."""
    for where, _, document in documents_of(resource, kinds):
        try:
            found = statements(document)
        except UnreadableError:
            continue
        for statement in [] if isinstance(found, Unknown) else found:
            yield f"{where}, statement {statement.label}", statement
