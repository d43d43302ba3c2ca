"""The table of types, held against what pulumi_aws declares."""

from __future__ import annotations

from typing import Any

import pytest
from pilaster_local.providers.aws import shapes
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.table import RECORDED, TYPES, UnknownTypeError, kind_of
from pilaster_local.providers.aws.values import UNKNOWN

from tests.unit.providers.aws import declared

RUNNING = sorted(TYPES.keys() - RECORDED.keys())

CONTRACT = """
    iam.Role iam.RolePolicy lambda_.Function lambda_.Permission lambda_.EventSourceMapping
    lambda_.Invocation cloudwatch.LogGroup cloudwatch.EventBus cloudwatch.EventRule
    cloudwatch.EventTarget cloudwatch.MetricAlarm apigatewayv2.Api apigatewayv2.Stage
    apigatewayv2.Route apigatewayv2.Integration apigatewayv2.Authorizer s3.Bucket
    s3.BucketPublicAccessBlock s3.BucketServerSideEncryptionConfiguration s3.BucketVersioning
    s3.BucketLifecycleConfiguration s3.BucketOwnershipControls s3.BucketPolicy
    s3.BucketNotification s3.BucketCorsConfiguration dynamodb.Table sqs.Queue sqs.QueuePolicy
    sfn.StateMachine cognito.UserPool cognito.UserPoolClient cognito.UserGroup ec2.Vpc ec2.Subnet
    ec2.RouteTable ec2.RouteTableAssociation ec2.VpcEndpoint ec2.SecurityGroup
    vpc.SecurityGroupIngressRule vpc.SecurityGroupEgressRule rds.SubnetGroup rds.Cluster
    rds.ClusterInstance rds.ClusterParameterGroup secretsmanager.Secret secretsmanager.SecretVersion
    kms.Key kms.Alias ssm.Parameter sns.Topic
""".split()  # noqa: SIM905
"""The types the first slice promises."""

NOT_YET = {
    "aws:apigatewayv2/api:Api": "body credentialsArn routeKey target",
    "aws:apigatewayv2/integration:Integration": "responseParameters",
    "aws:glue/catalogTable:CatalogTable": "partitionIndices",
    # Each of these is a resource type of its own.
    "aws:s3/bucket:Bucket": "accelerationStatus acl corsRules grants lifecycleRules logging "
    "objectLockConfiguration policy replicationConfiguration requestPayer "
    "serverSideEncryptionConfiguration versioning website",
    "aws:wafv2/webAcl:WebAcl": "ruleJson",
    "aws:sesv2/configurationSet:ConfigurationSet": "trackingOptions vdmOptions",
    "aws:sesv2/emailIdentity:EmailIdentity": "configurationSetName dkimSigningAttributes",
    "aws:elasticache/user:User": "passwordsWo passwordsWoVersion",
    "aws:rds/cluster:Cluster": "clusterMembers iamRoles masterPasswordWo masterPasswordWoVersion "
    "restoreToPointInTime s3Import snapshotIdentifier warningEventCategories",
    "aws:rds/clusterInstance:ClusterInstance": "warningEventCategories",
    "aws:rds/proxy:Proxy": "auths",
    "aws:cloudwatch/eventTarget:EventTarget": "batchTarget ecsTarget runCommandTargets "
    "sagemakerPipelineTarget",
    "aws:lambda/function:Function": "codeSigningConfigArn imageUri sourceKmsKeyArn",
    "aws:ec2/subnet:Subnet": "customerOwnedIpv4Pool enableLniAtDeviceIndex "
    "enableResourceNameDnsARecordOnLaunch enableResourceNameDnsAaaaRecordOnLaunch "
    "mapCustomerOwnedIpOnLaunch privateDnsHostnameTypeOnLaunch",
    "aws:ec2/routeTable:RouteTable": "propagatingVgws",
    "aws:secretsmanager/secret:Secret": "replicas",
    "aws:secretsmanager/secretVersion:SecretVersion": "secretStringWo secretStringWoVersion",
    "aws:ssm/parameter:Parameter": "valueWo valueWoVersion",
    "aws:dynamodb/table:Table": "globalTableWitness importTable replicas restoreBackupArn "
    "restoreDateTime restoreSourceName restoreSourceTableArn restoreToLatestTime",
    "aws:sns/topic:Topic": "firehoseFailureFeedbackRoleArn firehoseSuccessFeedbackRoleArn "
    "firehoseSuccessFeedbackSampleRate httpFailureFeedbackRoleArn httpSuccessFeedbackRoleArn "
    "httpSuccessFeedbackSampleRate lambdaFailureFeedbackRoleArn lambdaSuccessFeedbackRoleArn "
    "lambdaSuccessFeedbackSampleRate maximumMessageSize sqsFailureFeedbackRoleArn "
    "sqsSuccessFeedbackRoleArn sqsSuccessFeedbackSampleRate",
}
"""Inputs that are refused by name today. One that becomes supported must leave this list."""


def _unclaimed(token: str) -> set[str]:
    inputs: dict[str, Any] = dict.fromkeys(declared.inputs(token), UNKNOWN)
    claimed, _ = kind_of(token).claims(inputs)
    return inputs.keys() - claimed


def test_the_types_of_the_first_slice_are_all_there():
    known = {(declared.MODULES.get(m, m), name) for m, name in map(_split, TYPES)}
    assert {tuple(name.split(".")) for name in CONTRACT} <= known


def _split(token: str) -> tuple[str, str]:
    return token.split(":")[1].split("/")[0], token.rsplit(":", 1)[-1]


@pytest.mark.parametrize("token", sorted(TYPES))
def test_a_type_of_the_table_is_one_of_pulumi_aws(token: str):
    assert declared.resource(token).pulumi_type == token


@pytest.mark.parametrize("token", RUNNING)
def test_an_input_is_claimed_or_refused_by_name(token: str):
    assert _unclaimed(token) == set(NOT_YET.get(token, "").split())


def test_nine_tenths_of_all_inputs_are_claimed():
    everything = [(token, name) for token in RUNNING for name in declared.inputs(token)]
    unclaimed = [(token, name) for token in RUNNING for name in _unclaimed(token)]
    share = 1 - len(unclaimed) / len(everything)
    print(f"{len(everything) - len(unclaimed)} of {len(everything)} inputs claimed: {share:.1%}")
    assert share > 0.9


@pytest.mark.parametrize("token", RUNNING)
def test_a_row_names_only_inputs_and_outputs_that_exist(token: str):
    row = kind_of(token).row
    inputs = set(declared.inputs(token))
    named = {row.named.property} if row.named else set()
    words = {*row.required.split(), *row.defaults, *row.unset, *row.replace.split(), *named}
    words |= {name for part in row.parts for name in part.names}
    words |= set(row.aside.split()) - {"expectedBucketOwner", "timeouts"}  # some buckets' settings
    assert words <= inputs
    assert row.output_paths.keys() <= declared.outputs(token)


@pytest.mark.parametrize("token", RUNNING)
def test_a_change_that_is_no_replacement_reaches_the_service(token: str):
    kind = kind_of(token)
    if type(kind).update is not Kind.update:
        return  # its own update is held by the integration tests
    row = kind.row
    parts = {name for part in row.parts for name in part.names}
    inputs = declared.inputs(token).keys() - _unclaimed(token)
    for name in inputs - kind.replacing({}) - row.set_aside - parts:
        assert row.update, f"{name} of {token} would change nothing"
        offered = kind.translate({name: UNKNOWN})
        match = shapes.match(kind.takes(row.update), offered, row.rename)
        assert match.claimed, f"{row.update} does not take {name} of {token}"


def test_an_unknown_type_is_refused_with_the_nearest_known_one():
    with pytest.raises(UnknownTypeError, match="aws:sqs/queue:Queue"):
        kind_of("aws:sqs/queueue:Queueue")


def test_only_what_the_emulator_lacks_is_recorded():
    assert {token.split(":")[1].split("/")[0] for token in RECORDED} == {
        "lambda",  # aliases and warm instances: a function here has one version
        "cloudwatch",  # deliveries of access logs
        "wafv2",
        "xray",
        "codedeploy",
    }
