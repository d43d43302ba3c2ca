"""Services that call one another: uploads, events, queues, tokens, codes; each only as allowed."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from pilaster_local.services import mailbox

from tests.support.local_cloud import ACCOUNT, REGION, Cloud, allow, eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


def put(url: str, body: bytes, **headers: str) -> int:
    request = urllib.request.Request(
        url, data=body, method="PUT", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def upload(cloud: Cloud) -> str:
    """A URL that signs length, type and `If-None-Match: *`."""
    return cloud.client("s3", config=Config(signature_version="s3v4")).generate_presigned_url(
        "put_object",
        Params={
            "Bucket": cloud.bucket(),
            "Key": "uploads/a.png",
            "ContentLength": 4,
            "ContentType": "image/png",
            "IfNoneMatch": "*",
        },
    )


def test_an_upload_as_signed_is_taken_once(upload: str):
    assert put(upload, b"1234", Content_Type="image/png", If_None_Match="*") == 200
    assert put(upload, b"1234", Content_Type="image/png", If_None_Match="*") == 412


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"12345", {"Content_Type": "image/png", "If_None_Match": "*"}),
        (b"1234", {"Content_Type": "text/html", "If_None_Match": "*"}),
        (b"1234", {"Content_Type": "image/png"}),
    ],
    ids=["another length", "another type", "without the condition"],
)
def test_an_upload_other_than_signed_is_refused(upload: str, body: bytes, headers: dict):
    assert put(upload, body, **headers) == 403


def test_an_expired_upload_is_refused(cloud: Cloud):
    url = cloud.client("s3", config=Config(signature_version="s3v4")).generate_presigned_url(
        "put_object", Params={"Bucket": cloud.bucket(), "Key": "a"}, ExpiresIn=1
    )
    time.sleep(2)
    assert put(url, b"late") == 403


def queue(cloud: Cloud, *, rule: str | None = None, **attributes: str) -> tuple[str, str]:
    """A queue's URL and ARN; it takes events of this rule."""
    name = cloud.name("queue")
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    if rule is not None:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        }
        attributes["Policy"] = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    url = cloud.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, arn


def uploads_to_queue(cloud: Cloud, *, allowed: bool) -> tuple[str, str]:
    """A bucket whose uploads are announced to a queue."""
    bucket, rule = cloud.bucket(), cloud.name("rule")
    cloud.client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [bucket]}, "object": {"key": [{"prefix": "uploads/"}]}},
    }
    events = cloud.client("events")
    arn = events.put_rule(Name=rule, EventPattern=json.dumps(pattern))["RuleArn"]
    url, target = queue(cloud, rule=arn if allowed else f"{arn}-other")
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": target}])
    return bucket, url


def test_an_upload_is_announced_through_the_event_bus_to_a_queue(cloud: Cloud):
    bucket, url = uploads_to_queue(cloud, allowed=True)
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    s3.put_object(Bucket=bucket, Key="work/not-this.json", Body=b"x")
    s3.put_object(Bucket=bucket, Key="uploads/this.png", Body=b"x")
    found = eventually(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2).get("Messages"))
    event = json.loads(found[0]["Body"])
    assert (event["source"], event["detail-type"]) == ("aws.s3", "Object Created")
    assert event["detail"]["object"]["key"] == "uploads/this.png"


def test_a_queue_takes_events_only_with_its_policy(cloud: Cloud):
    bucket, url = uploads_to_queue(cloud, allowed=False)
    cloud.client("s3").put_object(Bucket=bucket, Key="uploads/a.png", Body=b"x")
    time.sleep(1)
    assert not cloud.client("sqs").receive_message(QueueUrl=url).get("Messages")


def test_of_a_batch_only_what_failed_comes_again(cloud: Cloud):
    dead_url, dead = queue(cloud)
    redrive = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 2})
    url, arn = queue(cloud, RedrivePolicy=redrive, VisibilityTimeout="1")
    code = """
        import json

        def handler(event, context):
            bad = [r["messageId"] for r in event["Records"] if "bad" in r["body"]]
            for record in event["Records"]:
                print("saw", record["body"])
            return {"batchItemFailures": [{"itemIdentifier": i} for i in bad]}
    """
    read = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    function = cloud.function(code, grants=[allow(read, arn)], Timeout=1)
    cloud.client("lambda").create_event_source_mapping(
        FunctionName=function.name,
        EventSourceArn=arn,
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    sqs = cloud.client("sqs")
    for body in ("good-1", "bad", "good-2"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    found = eventually(
        lambda: sqs.receive_message(QueueUrl=dead_url, WaitTimeSeconds=1).get("Messages"), 30
    )
    assert [message["Body"] for message in found] == ["bad"]
    log = (cloud.platform.root / f".pilaster/local/logs/functions/{function.name}.log").read_text()
    assert [log.count(f"saw {body}") for body in ("good-1", "good-2", "bad")] == [1, 1, 2]


def test_a_function_that_may_not_read_a_queue_is_not_mapped_to_it(cloud: Cloud):
    _, arn = queue(cloud)
    function = cloud.function("def handler(event, context): pass")
    with pytest.raises(ClientError, match="does not have permissions to call ReceiveMessage"):
        cloud.client("lambda").create_event_source_mapping(
            FunctionName=function.name, EventSourceArn=arn
        )


def followed(cloud: Cloud) -> tuple[str, str]:
    """A table that tells its changes: its name and its stream's ARN."""
    name = cloud.name("table")
    made = cloud.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return name, made["TableDescription"]["LatestStreamArn"]


def test_a_function_sees_a_tables_changes_again_until_it_has_dealt_with_them(cloud: Cloud):
    table, stream = followed(cloud)
    code = """
        calls = []

        def handler(event, context):
            for record in event["Records"]:
                print("saw", record["eventName"], record["dynamodb"]["Keys"]["id"]["S"])
            calls.append(event)
            if len(calls) == 1:
                raise ConnectionError("not now")
    """
    read = ["GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"]
    function = cloud.function(code, grants=[allow([f"dynamodb:{each}" for each in read], stream)])
    cloud.client("lambda").create_event_source_mapping(
        FunctionName=function.name,
        EventSourceArn=stream,
        StartingPosition="TRIM_HORIZON",
        FilterCriteria={"Filters": [{"Pattern": json.dumps({"eventName": ["INSERT"]})}]},
    )
    dynamodb = cloud.client("dynamodb")
    dynamodb.put_item(TableName=table, Item={"id": {"S": "one"}})
    log = cloud.platform.root / f".pilaster/local/logs/functions/{function.name}.log"
    eventually(lambda: log.exists() and log.read_text().count("saw INSERT one") == 2, 30)
    dynamodb.delete_item(TableName=table, Key={"id": {"S": "one"}})
    dynamodb.put_item(TableName=table, Item={"id": {"S": "two"}})
    eventually(lambda: "saw INSERT two" in log.read_text())
    assert "REMOVE" not in log.read_text()


def test_a_function_that_may_not_read_a_stream_is_not_mapped_to_it(cloud: Cloud):
    _, stream = followed(cloud)
    function = cloud.function("def handler(event, context): pass")
    with pytest.raises(ClientError, match="permissions to call GetRecords on DynamoDB"):
        cloud.client("lambda").create_event_source_mapping(
            FunctionName=function.name, EventSourceArn=stream, StartingPosition="LATEST"
        )


# --- users ------------------------------------------------------------------------------------


class Users:
    def __init__(self, cloud: Cloud) -> None:
        self.identities = cloud.client("cognito-idp")
        self.pool = self.identities.create_user_pool(
            PoolName=cloud.name("users"),
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"],
        )["UserPool"]["Id"]
        self.client = self.identities.create_user_pool_client(
            UserPoolId=self.pool,
            ClientName="web",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )["UserPoolClient"]["ClientId"]
        self.issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{self.pool}"

    def register(self) -> str:
        email = f"{uuid.uuid4().hex[:8]}@example.com"
        self.identities.sign_up(ClientId=self.client, Username=email, Password="Passw0rd!x")
        return email

    def token(self, email: str) -> str:
        return self.identities.initiate_auth(
            ClientId=self.client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": "Passw0rd!x"},
        )["AuthenticationResult"]["AccessToken"]


def test_a_confirmation_code_arrives_in_the_mailbox(cloud: Cloud):
    users = Users(cloud)
    email = users.register()
    with pytest.raises(ClientError, match="UserNotConfirmedException"):
        users.token(email)
    code = eventually(lambda: mailbox.confirmation_code(cloud.platform, email))
    wrong = "000000" if code != "000000" else "111111"
    with pytest.raises(ClientError, match="CodeMismatchException"):
        users.identities.confirm_sign_up(
            ClientId=users.client, Username=email, ConfirmationCode=wrong
        )
    users.identities.confirm_sign_up(ClientId=users.client, Username=email, ConfirmationCode=code)
    assert users.token(email)


@pytest.fixture
def guarded(cloud: Cloud):
    """An API behind a JWT authorizer, and its users."""
    users = Users(cloud)
    function = cloud.function(
        """
        import json

        def handler(event, context):
            claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
            return {"statusCode": 200, "body": json.dumps({"sub": claims["sub"]})}
        """
    )
    client = cloud.client("apigatewayv2")
    api = client.create_api(Name=cloud.name("api"), ProtocolType="HTTP")["ApiId"]
    authorizer = client.create_authorizer(
        ApiId=api,
        Name="users",
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": users.issuer, "Audience": [users.client]},
    )["AuthorizerId"]
    target = client.create_integration(
        ApiId=api,
        IntegrationType="AWS_PROXY",
        IntegrationUri=function.arn,
        PayloadFormatVersion="2.0",
    )["IntegrationId"]
    client.create_route(
        ApiId=api,
        RouteKey="GET /things/{id}",
        Target=f"integrations/{target}",
        AuthorizationType="JWT",
        AuthorizerId=authorizer,
    )
    client.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    cloud.client("lambda").add_permission(
        FunctionName=function.name,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/*/GET/things/{{id}}",
    )

    def get(token: str | None) -> tuple[int, dict]:
        url = f"{cloud.platform.endpoint}/_aws/execute-api/{api}/$default/things/1"
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, {}

    return users, get


def test_the_api_takes_tokens_of_its_own_users_only(cloud: Cloud, guarded):
    users, get = guarded
    email = users.register()
    users.identities.admin_confirm_sign_up(UserPoolId=users.pool, Username=email)
    token = users.token(email)
    status, answer = get(token)
    assert status == 200
    assert uuid.UUID(answer["sub"])
    head, body, signature = token.split(".")
    forged = hmac.new(b"key", f"{head}.{body}".encode(), hashlib.sha256).hexdigest()
    assert get(None)[0] == 401
    assert get("nonsense")[0] == 401
    assert get(f"{head}.{body}.{forged}")[0] == 401
    assert get(f"{head}.{body[:-4]}AAAA.{signature}")[0] == 401
    others = Users(cloud)
    foreign = others.register()
    others.identities.admin_confirm_sign_up(UserPoolId=others.pool, Username=foreign)
    assert get(others.token(foreign))[0] == 401


def test_a_caller_without_a_known_key_is_refused(cloud: Cloud):
    stranger = boto3.client(
        "sqs",
        endpoint_url=cloud.platform.endpoint,
        region_name=REGION,
        aws_access_key_id="AKIAEXAMPLEEXAMPLE00",
        aws_secret_access_key="x",
    )
    with pytest.raises(ClientError, match="security token included in the request is invalid"):
        stranger.list_queues()
