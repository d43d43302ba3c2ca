"""Forty resources of 25 types, and what a test wants to be otherwise (`change.json`)."""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions as Options

CHANGE = json.loads(Path("change.json").read_text())
HERE = f"small-{pulumi.get_stack()}"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


class Mailbox(pulumi.ComponentResource):
    """A queue, the one for what it cannot deliver, and who may send."""

    def __init__(self, name, opts=None):
        super().__init__("small:index:Mailbox", name, None, opts)
        child = Options(parent=self)
        dead = aws.sqs.Queue(f"{name}-dead", message_retention_seconds=1209600, opts=child)
        self.queue = aws.sqs.Queue(
            f"{name}-queue",
            visibility_timeout_seconds=60,
            redrive_policy=dead.arn.apply(
                lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
            ),
            opts=child,
        )
        self.register_outputs({"url": self.queue.url})


def wanted(name):
    return name not in CHANGE.get("removed", [])


if wanted("letters"):
    Mailbox("letters")
parcels_name = CHANGE.get("mailbox", "parcels")
renamed = [pulumi.Alias(name="parcels")] if parcels_name != "parcels" else None
parcels = Mailbox(parcels_name, Options(aliases=renamed))

bucket = aws.s3.Bucket("files", force_destroy=True, tags=CHANGE.get("tags", {"a": "b"}))
aws.s3.BucketPublicAccessBlock("files-access", bucket=bucket.id, block_public_acls=True)
aws.s3.BucketVersioning(
    "files-versions", bucket=bucket.id, versioning_configuration={"status": "Enabled"}
)

table = aws.dynamodb.Table(
    "things",
    billing_mode="PAY_PER_REQUEST",
    hash_key=CHANGE.get("key", "id"),
    attributes=[{"name": CHANGE.get("key", "id"), "type": "S"}],
)
fixed = aws.dynamodb.Table(
    "fixed",
    name=f"{HERE}-fixed",
    billing_mode="PAY_PER_REQUEST",
    hash_key=CHANGE.get("fixed_key", "id"),
    attributes=[{"name": CHANGE.get("fixed_key", "id"), "type": "S"}],
)

role = aws.iam.Role("role", assume_role_policy=json.dumps(TRUST))
RECEIVE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


def policy(action, *resources):
    def text(arns):
        statement = {"Effect": "Allow", "Action": action, "Resource": arns}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    return pulumi.Output.all(*resources).apply(text)


aws.iam.RolePolicy(
    "role-tables", role=role.id, policy=policy("dynamodb:GetItem", table.arn, fixed.arn)
)
receive = aws.iam.RolePolicy("role-queues", role=role.id, policy=policy(RECEIVE, parcels.queue.arn))
secret = aws.secretsmanager.Secret("secret", recovery_window_in_days=0)
aws.secretsmanager.SecretVersion(
    "secret-version", secret_id=secret.id, secret_string=pulumi.Output.secret("open sesame")
)
log = aws.cloudwatch.LogGroup("log", retention_in_days=CHANGE.get("days", 7))
function = aws.lambda_.Function(
    "function",
    role=role.arn,
    runtime="python3.11",
    handler="app.handler",
    code=pulumi.AssetArchive({"app.py": pulumi.FileAsset("app.py.txt")}),
    environment={"variables": {"TABLE": table.name, "FIXED": fixed.name}},
    logging_config={"log_format": "JSON", "log_group": log.name},
)
aws.lambda_.EventSourceMapping(
    "parcels-arrive",
    event_source_arn=parcels.queue.arn,
    function_name=function.arn,
    batch_size=5,
    opts=Options(depends_on=[receive]),
)

api = aws.apigatewayv2.Api("api", protocol_type="HTTP")
integration = aws.apigatewayv2.Integration(
    "api-function",
    api_id=api.id,
    integration_type="AWS_PROXY",
    integration_uri=function.arn,
    payload_format_version="2.0",
)
for route in ("GET /things", "GET /things/{id}", "POST /things"):
    if wanted(route):
        aws.apigatewayv2.Route(
            route.lower().translate(str.maketrans(" /", "--", "{}")),
            api_id=api.id,
            route_key=route,
            target=pulumi.Output.concat("integrations/", integration.id),
        )
aws.apigatewayv2.Stage("api-stage", api_id=api.id, name="$default", auto_deploy=True)
aws.lambda_.Permission(
    "api-may",
    action="lambda:InvokeFunction",
    function=function.name,
    principal="apigateway.amazonaws.com",
    source_arn=pulumi.Output.concat(api.execution_arn, "/*/*"),
)

bus = aws.cloudwatch.EventBus("bus", name=f"{HERE}-bus")
rule = aws.cloudwatch.EventRule(
    "rule", event_bus_name=bus.name, event_pattern=json.dumps({"source": ["small"]})
)
if wanted("target"):
    aws.cloudwatch.EventTarget(
        "target", rule=rule.name, event_bus_name=bus.name, arn=parcels.queue.arn
    )
topic = aws.sns.Topic("topic")
if wanted("alarm"):
    aws.cloudwatch.MetricAlarm(
        "alarm",
        namespace="AWS/Lambda",
        metric_name="Errors",
        statistic="Sum",
        period=60,
        evaluation_periods=1,
        threshold=CHANGE.get("threshold", 1),
        comparison_operator="GreaterThanOrEqualToThreshold",
        dimensions={"FunctionName": function.name},
        alarm_actions=[topic.arn],
    )
pool = aws.cognito.UserPool("people", name=f"{HERE}-people")
aws.cognito.UserPoolClient("people-app", user_pool_id=pool.id, name=f"{HERE}-app")
vpc = aws.ec2.Vpc("vpc", cidr_block="10.1.0.0/16")
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.1.0.0/24")
aws.ec2.SecurityGroup("group", vpc_id=vpc.id, description="small")
key = aws.kms.Key("key", description="small")
if wanted("parameter"):
    aws.ssm.Parameter("parameter", type="String", value=CHANGE.get("value", "one"))

if fails := CHANGE.get("fails"):
    # One after the other, so that both engines are equally far when the middle one is refused.
    first = aws.sns.Topic("before", opts=Options(depends_on=[topic]))
    middle = aws.ssm.Parameter(
        "middle",
        name=f"/{HERE}/taken",
        type="String",
        value="x",
        overwrite=False,
        opts=Options(depends_on=[first]),
    )
    aws.sns.Topic("after", opts=Options(depends_on=[middle]))

pulumi.export("api", api.api_endpoint)
pulumi.export("secret", pulumi.Output.secret("open sesame"))
