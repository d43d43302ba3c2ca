"""What others write: mistakes AWS surely refuses, and unusual settings it takes.

Written before the checks were asked about either. A false alarm is worse than a gap.
"""

from __future__ import annotations

import json
from typing import Any

Case = tuple[str, str, dict[str, Any]]
"""What it is, the type, its inputs."""

ROLE = "arn:aws:iam::111122223333:role/service/worker"
FUNCTION = "arn:aws:lambda:eu-west-2:111122223333:function:work"
QUEUE = "arn:aws:sqs:eu-west-2:111122223333:work"
KEY = "arn:aws:kms:eu-west-2:111122223333:key/0a1b2c3d-1111-2222-3333-444455556666"


def policy(*statements: dict[str, Any], **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements], **more})


def allow(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", **elements}


def machine(states: dict[str, Any], start: str = "A", **more: Any) -> dict[str, Any]:
    text = json.dumps({"StartAt": start, "States": states, **more})
    return {"name": "flow", "roleArn": ROLE, "definition": text}


def trust(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"name": "worker", "assumeRolePolicy": policy(*statements)}


def code(**more: Any) -> dict[str, Any]:
    return {"name": "work", "role": ROLE, "runtime": "python3.13", "handler": "app.run",
            "s3Bucket": "artefacts", "s3Key": "work.zip", **more}  # fmt: skip


def table(**more: Any) -> dict[str, Any]:
    return {"name": "orders", "billingMode": "PAY_PER_REQUEST", "hashKey": "id",
            "attributes": [{"name": "id", "type": "S"}], **more}  # fmt: skip


LAMBDAS = allow(Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole")
DONE = {"Type": "Succeed"}

MISTAKES: list[Case] = [
    ("a dot in a queue's name", "aws:sqs/queue:Queue", {"name": "orders.queue"}),
    ("a queue that hides for 14 hours", "aws:sqs/queue:Queue",
     {"name": "orders", "visibilityTimeoutSeconds": 50_000}),
    ("no delivery before the dead letters", "aws:sqs/queue:Queue",
     {"name": "orders",
      "redrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE, "maxReceiveCount": 0})}),
    ("a FIFO queue by another name", "aws:sqs/queue:Queue", {"name": "orders", "fifoQueue": True}),
    ("a service's nickname as principal", "aws:sqs/queuePolicy:QueuePolicy",
     {"queueUrl": "https://sqs.eu-west-2.amazonaws.com/111122223333/work",
      "policy": policy(allow(Principal={"Service": "sns"}, Action="sqs:SendMessage",
                             Resource=QUEUE))}),
    ("a subscription by no protocol", "aws:sns/topicSubscription:TopicSubscription",
     {"topic": "arn:aws:sns:eu-west-2:111122223333:t", "protocol": "mail", "endpoint": "a@b.org"}),
    ("a filter policy cut off", "aws:sns/topicSubscription:TopicSubscription",
     {"topic": "arn:aws:sns:eu-west-2:111122223333:t", "protocol": "sqs", "endpoint": QUEUE,
      "filterPolicy": '{"kind": ["order"'}),
    ("five fields of cron", "aws:cloudwatch/eventRule:EventRule",
     {"name": "r", "scheduleExpression": "cron(0 8 * * ?)"}),
    ("both days in cron", "aws:cloudwatch/eventRule:EventRule",
     {"name": "r", "scheduleExpression": "cron(0 8 * * * *)"}),
    ("a month that ends before it begins to exist", "aws:cloudwatch/eventRule:EventRule",
     {"name": "r", "scheduleExpression": "cron(0 8 ? 13 MON *)"}),
    ("a pattern without its list", "aws:cloudwatch/eventRule:EventRule",
     {"name": "r", "eventPattern": '{"source": "aws.s3"}'}),
    ("half a comparison", "aws:cloudwatch/eventRule:EventRule",
     {"name": "r", "eventPattern": '{"detail": {"size": [{"numeric": [">"]}]}}'}),
    ("a target by its name", "aws:cloudwatch/eventTarget:EventTarget",
     {"rule": "r", "targetId": "t", "arn": "my-function"}),
    ("a layer too many", "aws:lambda/function:Function",
     code(layers=[f"arn:aws:lambda:eu-west-2:111122223333:layer:l{n}:1" for n in range(6)])),
    ("a runtime to come", "aws:lambda/function:Function", code(runtime="python3.99")),
    ("an image and an archive", "aws:lambda/function:Function",
     {"name": "w", "role": ROLE, "packageType": "Image", "code": "w.zip",
      "imageUri": "111122223333.dkr.ecr.eu-west-2.amazonaws.com/work@sha256:" + "b" * 64}),
    ("an image that is told to be an archive", "aws:lambda/function:Function",
     {"name": "w", "role": ROLE,
      "imageUri": "111122223333.dkr.ecr.eu-west-2.amazonaws.com/work:today"}),
    ("an image of another registry", "aws:lambda/function:Function",
     {"name": "w", "role": ROLE, "packageType": "Image", "imageUri": "ghcr.io/us/work:1"}),
    ("a scratch disk too small", "aws:lambda/function:Function",
     code(ephemeralStorage={"size": 100})),
    ("a stream read from nowhere", "aws:lambda/eventSourceMapping:EventSourceMapping",
     {"functionName": "work", "eventSourceArn":
      "arn:aws:kinesis:eu-west-2:111122223333:stream/clicks"}),
    ("a batch of 11,000 messages", "aws:lambda/eventSourceMapping:EventSourceMapping",
     {"functionName": "work", "eventSourceArn": QUEUE, "batchSize": 11_000}),
    ("many messages and no wait", "aws:lambda/eventSourceMapping:EventSourceMapping",
     {"functionName": "work", "eventSourceArn": QUEUE, "batchSize": 100}),
    ("a key nobody defined", "aws:dynamodb/table:Table", table(hashKey="pk")),
    ("an attribute no key uses", "aws:dynamodb/table:Table",
     table(attributes=[{"name": "id", "type": "S"}, {"name": "colour", "type": "S"}])),
    ("an underscore in a bucket's name", "aws:s3/bucket:Bucket", {"bucket": "my_bucket"}),
    ("cold before it is cool", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
     {"bucket": "files", "rules": [{"id": "a", "status": "Enabled", "filter": {"prefix": ""},
      "transitions": [{"days": 90, "storageClass": "STANDARD_IA"},
                      {"days": 30, "storageClass": "GLACIER"}]}]}),
    ("a bucket policy for nobody", "aws:s3/bucketPolicy:BucketPolicy",
     {"bucket": "files", "policy": policy(allow(Action="s3:GetObject",
                                                Resource="arn:aws:s3:::files/*"))}),
    ("a role for objects", "aws:iam/role:Role",
     trust(allow(Principal={"AWS": "*"}, Action="s3:GetObject"))),
    ("a session of half an hour", "aws:iam/role:Role", {**trust(LAMBDAS),
                                                        "maxSessionDuration": 1_800}),
    ("a policy in YAML", "aws:iam/policy:Policy",
     {"name": "p", "policy": "Version: '2012-10-17'\nStatement:\n  - Effect: Allow\n"}),
    ("an operator with a letter missing", "aws:iam/policy:Policy",
     {"name": "p", "policy": policy(allow(Action="s3:*", Resource="*", Condition={
         "StringEqual": {"aws:RequestedRegion": "eu-west-2"}}))}),
    ("a key that turns and cannot", "aws:kms/key:Key",
     {"customerMasterKeySpec": "RSA_2048", "keyUsage": "SIGN_VERIFY", "enableKeyRotation": True}),
    ("a key that goes in three days", "aws:kms/key:Key", {"deletionWindowInDays": 3}),
    ("an alias that is none", "aws:kms/alias:Alias", {"name": "orders", "targetKeyId": KEY}),
    ("a route without its slash", "aws:apigatewayv2/route:Route",
     {"apiId": "a1b2c3", "routeKey": "GET orders"}),
    ("everyone with credentials", "aws:apigatewayv2/api:Api",
     {"name": "a", "protocolType": "HTTP",
      "corsConfiguration": {"allowCredentials": True, "allowOrigins": ["*"]}}),
    ("a database's class without db.", "aws:rds/clusterInstance:ClusterInstance",
     {"clusterIdentifier": "main", "engine": "aurora-postgresql", "instanceClass": "t3.medium"}),
    ("backups for forty days", "aws:rds/instance:Instance",
     {"instanceClass": "db.t4g.micro", "engine": "postgres", "allocatedStorage": 20,
      "backupRetentionPeriod": 40, "username": "owner", "password": "long-enough-1"}),
    ("a password of five", "aws:cognito/userPool:UserPool",
     {"name": "p", "passwordPolicy": {"minimumLength": 5}}),
    ("back to plain http", "aws:cognito/userPoolClient:UserPoolClient",
     {"name": "c", "userPoolId": "eu-west-2_aBcDeFgHi", "callbackUrls": ["http://shop.org/cb"]}),
    ("a path in JSONata", "aws:sfn/stateMachine:StateMachine",
     machine({"A": {"Type": "Pass", "InputPath": "$.x", "End": True}}, QueryLanguage="JSONata")),
    ("a distributed map of no kind", "aws:sfn/stateMachine:StateMachine",
     machine({"A": {"Type": "Map", "End": True, "ItemProcessor": {
         "ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "B", "States": {"B": DONE}}}})),
    ("a schedule in words", "aws:scheduler/schedule:Schedule",
     {"scheduleExpression": "every 5 minutes", "flexibleTimeWindow": {"mode": "OFF"},
      "target": {"arn": FUNCTION, "roleArn": ROLE}}),
]  # fmt: skip

TAKEN: list[Case] = [
    ("a fast FIFO queue", "aws:sqs/queue:Queue",
     {"name": "a.fifo", "fifoQueue": True, "deduplicationScope": "messageGroup",
      "fifoThroughputLimit": "perMessageGroupId", "contentBasedDeduplication": True,
      "redrivePolicy": json.dumps({"deadLetterTargetArn": f"{QUEUE}.fifo",
                                   "maxReceiveCount": "5"})}),
    ("a queue of the largest messages", "aws:sqs/queue:Queue",
     {"name": "q" * 80, "maxMessageSize": 1_048_576, "kmsMasterKeyId": "alias/aws/sqs",
      "receiveWaitTimeSeconds": 20, "tags": {"équipe": "achats & ventes"},
      "redriveAllowPolicy": json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [QUEUE]}
                                       )}),
    ("anyone's bucket events by condition", "aws:sqs/queuePolicy:QueuePolicy",
     {"queueUrl": "https://sqs.eu-west-2.amazonaws.com/111122223333/work",
      "policy": policy({"Sid": "__owner_statement", **allow(
          Principal="*", Action=["SQS:SendMessage", "sqs:Get*"], Resource=QUEUE, Condition={
              "ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:files"},
              "StringEquals": {"aws:SourceAccount": ["111122223333"]}})}, Id="x/y")}),
    ("a FIFO topic with an archive", "aws:sns/topic:Topic",
     {"name": "t.fifo", "fifoTopic": True, "archivePolicy": '{"MessageRetentionPeriod": "30"}',
      "fifoThroughputScope": "MessageGroup", "displayName": "Bestellungen – täglich"}),
    ("a filter of a subscription", "aws:sns/topicSubscription:TopicSubscription",
     {"topic": "arn:aws:sns:eu-west-2:111122223333:t", "protocol": "firehose",
      "endpoint": "arn:aws:firehose:eu-west-2:111122223333:deliverystream/d",
      "subscriptionRoleArn": ROLE, "filterPolicyScope": "MessageBody",
      "filterPolicy": '{"price": [{"numeric": [">", 1]}], "a": [{"exists": false}, null]}'}),
    ("a pattern with everything", "aws:cloudwatch/eventRule:EventRule",
     {"name": "r", "state": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      "eventPattern": json.dumps({"source": [{"prefix": "aws."}], "detail": {
          "$or": [{"a": [1, None, True]}, {"b": [{"anything-but": {"prefix": ["x", "y"]}}]}],
          "f": [{"suffix": {"equals-ignore-case": ".PNG"}}, {"wildcard": "dir/*.p?g"}],
          "ip": [{"cidr": "2001:db8::/32"}], "n": [{"numeric": [">=", -1.5e3, "<", 7]}],
          "not": [{"anything-but": [1, 2.5]}], "none": [{"exists": False}, ""]}})}),
    ("the last Friday of the quarter", "aws:cloudwatch/eventRule:EventRule",
     {"name": "r", "scheduleExpression": "cron(0/15 9-17 ? JAN,APR,7,10 6L 2026-2030)"}),
    ("the weekday next to the first", "aws:cloudwatch/eventRule:EventRule",
     {"name": "r", "scheduleExpression": "cron(0 10,22 1W */3 ? *)"}),
    ("the second Tuesday", "aws:cloudwatch/eventRule:EventRule",
     {"name": "r", "scheduleExpression": "cron(5 4 ? * TUE#2 *)"}),
    ("weekdays and the weekend's half", "aws:cloudwatch/eventRule:EventRule",
     {"name": "r", "scheduleExpression": "cron(0 18 ? * MON-WED,fri,1 *)"}),
    ("another account's bus", "aws:cloudwatch/eventTarget:EventTarget",
     {"rule": "r", "targetId": "t", "roleArn": ROLE,
      "arn": "arn:aws:events:us-east-1:999988887777:event-bus/central"}),
    ("an address of somebody else's API", "aws:cloudwatch/eventTarget:EventTarget",
     {"rule": "r", "targetId": "t", "roleArn": ROLE, "httpTarget": {
         "headerParameters": {"X-Kind": "a"}, "pathParameterValues": ["$.detail.id"]},
      "arn": "arn:aws:events:eu-west-2:111122223333:api-destination/crm/"
             "0a1b2c3d-1111-2222-3333-444455556666",
      "inputTransformer": {"inputPaths": {"id": "$.detail.id", "tags": "$.detail.tags[0]"},
                           "inputTemplate": '{"id": <id>, "all": <aws.events.event.json>, '
                                            '"t": "<tags>"}'}}),
    ("a function from an image", "aws:lambda/function:Function",
     {"name": "w-1_x", "role": ROLE, "packageType": "Image", "architectures": ["arm64"],
      "imageUri": "111122223333.dkr.ecr.eu-west-2.amazonaws.com/work@sha256:" + "a" * 64,
      "imageConfig": {"commands": ["app.run"], "workingDirectory": "/srv"},
      "ephemeralStorage": {"size": 10_240}, "memorySize": 10_240, "timeout": 900}),
    ("a runtime of one's own", "aws:lambda/function:Function",
     code(runtime="provided.al2023", handler="bootstrap", reservedConcurrentExecutions=0,
          environment={"variables": {"EMPTY": ""}},
          loggingConfig={"logFormat": "JSON", "applicationLogLevel": "WARN",
                         "systemLogLevel": "DEBUG", "logGroup": "/shared/lines"},
          snapStart={"applyOn": "None"}, tracingConfig={"mode": "PassThrough"})),
    ("a stream with all the trimmings", "aws:lambda/eventSourceMapping:EventSourceMapping",
     {"functionName": f"{FUNCTION}:live", "startingPosition": "TRIM_HORIZON", "batchSize": 10_000,
      "eventSourceArn": "arn:aws:dynamodb:eu-west-2:111122223333:table/o/stream/"
                        "2026-01-01T00:00:00.000",
      "bisectBatchOnFunctionError": True, "tumblingWindowInSeconds": 900,
      "parallelizationFactor": 10, "maximumRetryAttempts": -1, "maximumRecordAgeInSeconds": -1,
      "functionResponseTypes": ["ReportBatchItemFailures"],
      "destinationConfig": {"onFailure": {"destinationArn": "arn:aws:s3:::failures"}},
      "filterCriteria": {"filters": [{"pattern": '{"eventName": ["INSERT"]}'}]}}),
    ("Kafka of one's own", "aws:lambda/eventSourceMapping:EventSourceMapping",
     {"functionName": "work", "topics": ["orders"], "startingPosition": "AT_TIMESTAMP",
      "startingPositionTimestamp": "2026-01-01T00:00:00Z",
      "selfManagedEventSource": {"endpoints": {"KAFKA_BOOTSTRAP_SERVERS": "k.org:9092"}},
      "sourceAccessConfigurations": [{"type": "VPC_SUBNET", "uri": "subnet:subnet-0a1b2c3d"}]}),
    ("an organisation's invocations", "aws:lambda/permission:Permission",
     {"function": f"{FUNCTION}:live", "action": "lambda:InvokeFunction", "principal": "*",
      "principalOrgId": "o-abcdef1234", "statementId": "org"}),
    ("an API's stages and verbs", "aws:lambda/permission:Permission",
     {"function": "work", "action": "lambda:InvokeFunction", "statementId": "api",
      "principal": "apigateway.amazonaws.com", "qualifier": "$LATEST",
      "sourceArn": "arn:aws:execute-api:eu-west-2:111122223333:a1b2c3/*/*/orders"}),
    ("a table in two regions", "aws:dynamodb/table:Table",
     table(streamEnabled=True, streamViewType="NEW_AND_OLD_IMAGES", rangeKey="at",
           attributes=[{"name": "id", "type": "S"}, {"name": "at", "type": "N"},
                       {"name": "größe", "type": "N"}],
           replicas=[{"regionName": "us-east-1", "pointInTimeRecovery": True}],
           globalSecondaryIndexes=[{"name": "by-at", "hashKey": "at", "rangeKey": "id",
                                    "projectionType": "INCLUDE", "nonKeyAttributes": ["x"],
                                    "onDemandThroughput": {"maxReadRequestUnits": -1}}],
           localSecondaryIndexes=[{"name": "by-size", "rangeKey": "größe",
                                   "projectionType": "KEYS_ONLY"}])),
    ("a bucket named as a host", "aws:s3/bucket:Bucket",
     {"bucket": "0.files-2026.example.org", "forceDestroy": True, "objectLockEnabled": True}),
    ("cold at once", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
     {"bucket": "files", "rules": [
         {"id": "Änderung", "status": "Enabled",
          "filter": {"and": {"prefix": "a/", "tags": {"k": "v"}, "objectSizeLessThan": 10_000}},
          "transitions": [{"days": 0, "storageClass": "GLACIER_IR"},
                          {"days": 100, "storageClass": "DEEP_ARCHIVE"}],
          "expiration": {"days": 3_650}},
         {"id": "b", "status": "Disabled", "filter": {},
          "expiration": {"expiredObjectDeleteMarker": True},
          "noncurrentVersionExpiration": {"noncurrentDays": 1, "newerNoncurrentVersions": 100},
          "noncurrentVersionTransitions": [{"noncurrentDays": 30, "storageClass": "STANDARD_IA"}]
          }]}),
    ("a bucket's policy of many kinds", "aws:s3/bucketPolicy:BucketPolicy",
     {"bucket": "files", "policy": policy(
         {"Sid": "Only by TLS", "Effect": "Deny", "Principal": "*",
          "Action": "s3:*", "Resource": ["arn:aws:s3:::files", "arn:aws:s3:::files/*"],
          "Condition": {"Bool": {"aws:SecureTransport": False},
                        "NumericLessThan": {"s3:TlsVersion": 1.2}}},
         {"Effect": "Deny", "NotPrincipal": {"AWS": ["111122223333", f"{ROLE}"]},
          "NotAction": "s3:Get*", "Resource": "arn:aws:s3:::files/*",
          "Condition": {"StringNotEqualsIfExists": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}},
         allow(Principal={"Service": ["logging.s3.amazonaws.com", "delivery.logs.amazonaws.com"],
                          "CanonicalUser": "a" * 64},
               Action="s3:PutObject", Resource="arn:aws:s3:::files/${aws:PrincipalTag/team}/*"))}),
    ("a role for several", "aws:iam/role:Role",
     trust(allow(Principal={
         "AWS": ["111122223333", "arn:aws:iam::999988887777:root", ROLE],
         "Service": ["lambda.amazonaws.com", "states.eu-west-2.amazonaws.com",
                     "ecs-tasks.amazonaws.com", "pods.eks.amazonaws.com", "edgelambda.amazonaws.com"
                     ]},
         Action=["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
         Condition={"StringEquals": {"sts:ExternalId": "é-1"},
                    "ForAllValues:StringLike": {"aws:TagKeys": ["team*"]},
                    "DateGreaterThan": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}}))),
    ("a role for a workflow on GitHub", "aws:iam/role:Role",
     {**trust(allow(Principal={"Federated": "arn:aws:iam::111122223333:oidc-provider/"
                                            "token.actions.githubusercontent.com"},
                    Action="sts:AssumeRoleWithWebIdentity", Condition={
                        "StringEquals": {"token.actions.githubusercontent.com:aud":
                                         "sts.amazonaws.com"},
                        "StringLike": {"token.actions.githubusercontent.com:sub":
                                       "repo:shop/web:*"}})),
      "path": "/ci/", "maxSessionDuration": 43_200}),
    ("a role for a cluster's service account", "aws:iam/role:Role",
     trust(allow(Principal={"Federated": "arn:aws:iam::111122223333:oidc-provider/"
                            "oidc.eks.eu-west-2.amazonaws.com/id/ABCDEF0123456789"},
                 Action=["sts:AssumeRoleWithWebIdentity"], Condition={"StringEquals": {
                     "oidc.eks.eu-west-2.amazonaws.com/id/ABCDEF0123456789:sub":
                     "system:serviceaccount:web:api"}}),
           allow(Principal={"Federated": "cognito-identity.amazonaws.com"},
                 Action="sts:AssumeRoleWithWebIdentity", Condition={"ForAnyValue:StringLike": {
                     "cognito-identity.amazonaws.com:amr": "authenticated"}}))),
    ("a policy with every turn", "aws:iam/policy:Policy",
     {"name": "p", "policy": json.dumps({"Version": "2012-10-17", "Statement": allow(
         NotAction=["iam:*", "apigateway:DELETE", "S3:putobject"], NotResource=[
             "arn:aws:s3:::home/${aws:username}/*", "arn:*:ec2:*:*:instance/*",
             "arn:aws:dynamodb:eu-west-2:111122223333:table/${aws:PrincipalTag/team,'none'}",
             "arn:aws-us-gov:logs:us-gov-west-1:1111????3333:*"],
         Condition={"IpAddress": {"aws:SourceIp": ["2001:db8::/32", "10.1.2.3"]},
                    "Null": {"aws:MultiFactorAuthAge": "false"},
                    "BoolIfExists": {"aws:ViaAWSService": "${a}"},
                    "NumericLessThanEquals": {"aws:MultiFactorAuthAge": "3600"},
                    "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}})}, indent=8)}),
    ("a key in many regions", "aws:kms/key:Key",
     {"multiRegion": True, "deletionWindowInDays": 7, "enableKeyRotation": True,
      "rotationPeriodInDays": 90, "policy": policy(
          {"Sid": "Enable IAM (root)", **allow(Principal={"AWS":
              "arn:aws:iam::111122223333:root"}, Action="kms:*", Resource="*")},
          allow(Principal={"Service": "logs.eu-west-2.amazonaws.com"}, Action=["kms:Encrypt*"],
                Resource="*", Condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn":
                                                     "arn:aws:logs:eu-west-2:111122223333:*"}}))}),
    ("a key for codes", "aws:kms/key:Key",
     {"customerMasterKeySpec": "HMAC_256", "keyUsage": "GENERATE_VERIFY_MAC"}),
    ("a proxy for everything", "aws:apigatewayv2/route:Route",
     {"apiId": "a1b2c3", "routeKey": "ANY /shops/{shop-id}/{proxy+}", "authorizationType": "CUSTOM",
      "authorizerId": "xyz123", "target": "integrations/abc123"}),
    ("a function by the stage's variable", "aws:apigatewayv2/integration:Integration",
     {"apiId": "a1b2c3", "integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0",
      "integrationUri": "arn:aws:apigateway:eu-west-2:lambda:path/2015-03-31/functions/arn:aws:"
                        "lambda:eu-west-2:111122223333:function:${stageVariables.fn}/invocations"}),
    ("events without a function", "aws:apigatewayv2/integration:Integration",
     {"apiId": "a1b2c3", "integrationType": "AWS_PROXY",
      "integrationSubtype": "EventBridge-PutEvents", "credentialsArn": ROLE,
      "payloadFormatVersion": "1.0", "requestParameters": {
          "Detail": "$request.body.detail", "DetailType": "d", "Source": "shop"}}),
    ("an authorizer with a short answer", "aws:apigatewayv2/authorizer:Authorizer",
     {"apiId": "a1b2c3", "name": "a b", "authorizerType": "REQUEST",
      "authorizerPayloadFormatVersion": "2.0", "enableSimpleResponses": True,
      "authorizerResultTtlInSeconds": 0, "authorizerUri": "arn:aws:apigateway:eu-west-2:lambda:path"
      f"/2015-03-31/functions/{FUNCTION}/invocations",
      "identitySources": ["$request.header.X-Key", "$context.identity.sourceIp",
                          "$stageVariables.tenant"]}),
    ("a REST API from a document", "aws:apigateway/restApi:RestApi",
     {"name": "a", "body": '{"openapi": "3.0.1", "info": {"title": "a", "version": "1"}}',
      "policy": policy(allow(Principal="*", Action="execute-api:Invoke",
                             Resource=["execute-api:/*", "execute-api:/prod/GET/*"]))}),
    ("a cluster in three zones", "aws:rds/cluster:Cluster",
     {"clusterIdentifier": "main", "engine": "postgres", "engineVersion": "16.4",
      "dbClusterInstanceClass": "db.m6gd.large", "storageType": "io1", "allocatedStorage": 100,
      "iops": 1_000, "masterUsername": "owner", "manageMasterUserPassword": True,
      "skipFinalSnapshot": True}),
    ("MySQL that sleeps", "aws:rds/cluster:Cluster",
     {"clusterIdentifier": "main", "engine": "aurora-mysql",
      "engineVersion": "8.0.mysql_aurora.3.08.0", "masterUsername": "owner",
      "masterPassword": "pass-word-9", "skipFinalSnapshot": True,
      "serverlessv2ScalingConfiguration": {"minCapacity": 0, "maxCapacity": 1,
                                           "secondsUntilAutoPause": 300}}),
    ("a pool without passwords", "aws:cognito/userPool:UserPool",
     {"name": "Buyers, all", "usernameAttributes": ["email", "phone_number"],
      "mfaConfiguration": "OPTIONAL", "softwareTokenMfaConfiguration": {"enabled": True},
      "signInPolicy": {"allowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN", "EMAIL_OTP"]},
      "schemas": [{"name": "tier", "attributeDataType": "String", "mutable": True,
                   "stringAttributeConstraints": {"minLength": "0", "maxLength": "20"}}],
      "userPoolTier": "ESSENTIALS"}),
    ("a client of an app", "aws:cognito/userPoolClient:UserPoolClient",
     {"name": "c", "userPoolId": "eu-west-2_aBcDeFgHi", "accessTokenValidity": 1_440,
      "tokenValidityUnits": {"accessToken": "minutes"}, "refreshTokenValidity": 3_650,
      "callbackUrls": ["myapp://cb", "http://localhost:3000/cb", "com.shop.app:/cb",
                       "https://shop.org/cb?x=1"],
      "allowedOauthFlowsUserPoolClient": True, "allowedOauthFlows": ["code", "implicit"],
      "allowedOauthScopes": ["openid", "https://api.shop.org/orders.read"],
      "supportedIdentityProviders": ["COGNITO", "Google", "okta-saml"],
      "explicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}),
    ("JSONata with all there is", "aws:sfn/stateMachine:StateMachine",
     machine({
         "A": {"Type": "Pass", "Assign": {"größe": "{% $states.input.n + 1 %}", "list": [1, 2]},
               "Output": {"x": "{% $states.input %}", "y": "plain"}, "Next": "B"},
         "B": {"Type": "Choice", "Choices": [{"Condition": "{% $größe > 3 and $x = 'a' %}",
               "Next": "C", "Assign": {"seen": True}, "Output": "{% $states.input %}"}],
               "Default": "P"},
         "C": {"Type": "Map", "Items": "{% $list %}", "MaxConcurrency": "{% $größe %}",
               "ItemSelector": {"v": "{% $states.context.Map.Item.Value %}"}, "Next": "P",
               "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "D", "States": {
                   "D": {"Type": "Map", "Items": [1, "{% $x %}"], "End": True,
                         "ItemProcessor": {"StartAt": "E", "States": {
                             "E": {"Type": "Wait", "Seconds": "{% $x %}", "End": True}}}}}}},
         "P": {"Type": "Parallel", "Arguments": {"a": "{% $x %}"}, "Next": "T", "Branches": [
             {"StartAt": "F", "States": {"F": {"Type": "Pass", "QueryLanguage": "JSONata",
                                               "End": True}}},
             {"StartAt": "G", "States": {"G": {"Type": "Fail", "Error": "{% $e %}",
                                               "Cause": "näher: x"}}}],
             "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "T",
                        "Output": "{% $states.errorOutput %}", "Assign": {"e": "x"}}]},
         "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
               "Arguments": {"FunctionName": "{% $fn %}", "Payload": {
                   "token": "{% $states.context.Task.Token %}"}},
               "TimeoutSeconds": "{% $t %}", "HeartbeatSeconds": 60, "End": True},
     }, QueryLanguage="JSONata", Comment="größer", TimeoutSeconds=60)),
    ("paths, a distributed map and a mixed state", "aws:sfn/stateMachine:StateMachine",
     machine({
         "A": {"Type": "Map", "Label": "rows", "Next": "C", "MaxConcurrency": 1_000,
               "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {
                   "InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "MaxItems": 5},
                   "Parameters": {"Bucket": "files", "Key.$": "$.key"}},
               "ItemBatcher": {"MaxItemsPerBatch": 10, "BatchInput": {"a.$": "$.a"}},
               "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED",
                                                     "ExecutionType": "EXPRESS"},
                                 "StartAt": "A", "States": {"A": {
                                     "Type": "Task", "End": True, "Resource": FUNCTION,
                                     "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException",
                                                                "MyError"],
                                                "JitterStrategy": "FULL", "MaxDelaySeconds": 9,
                                                "BackoffRate": 1.5, "MaxAttempts": 0},
                                               {"ErrorEquals": ["States.ALL"]}]}}},
               "ToleratedFailurePercentagePath": "$.percent", "ResultPath": None,
               "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
                                "Parameters": {"Bucket": "files", "Prefix": "out"}}},
         "C": {"Type": "Choice", "Default": "J", "Choices": [
             {"And": [{"Variable": "$.a['b c'][0]", "IsPresent": True},
                      {"Not": {"Variable": "$$.Execution.Name", "StringMatches": "x*"}},
                      {"Or": [{"Variable": "$.n", "NumericGreaterThanEqualsPath": "$.m"},
                              {"Variable": "$.t", "TimestampLessThan": "2026-01-31T08:00:00Z"}]}],
              "Next": "W"}]},
         "W": {"Type": "Wait", "TimestampPath": "$.until", "Next": "X"},
         "X": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
               "Parameters": {"StateMachineArn.$": "$.arn", "Input": {
                   "id.$": "States.Format('{}-{}', $.a, States.UUID())",
                   "n.$": "States.ArrayGetItem(States.StringSplit($.s, ','), 0)",
                   "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id"}},
               "ResultSelector": {"o.$": "$.Output", "first.$": "$.Items[0:2]"}, "Next": "H",
               "Credentials": {"RoleArn": ROLE}},
         "H": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:dynamodb:query", "Next": "Q",
               "Parameters": {"TableName": "orders", "KeyConditionExpression": "id = :i"}},
         "Q": {"Type": "Task", "Next": "J", "TimeoutSecondsPath": "$.t",
               "Resource": "arn:aws:states:eu-west-2:111122223333:activity:approve"},
         "J": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input %}",
               "Next": "Z"},
         "Z": {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('{}', $.c)"}})),
    ("once, in another zone of time", "aws:scheduler/schedule:Schedule",
     {"scheduleExpression": "at(2027-02-28T23:59:59)", "actionAfterCompletion": "DELETE",
      "scheduleExpressionTimezone": "Europe/Berlin",
      "flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 1_440},
      "target": {"arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "roleArn": ROLE,
                 "input": '{"MessageBody": "<aws.scheduler.scheduled-time>"}',
                 "retryPolicy": {"maximumRetryAttempts": 0}}}),
    ("a subscription without its filter", "aws:sns/topicSubscription:TopicSubscription",
     {"topic": "arn:aws:sns:eu-west-2:111122223333:t", "protocol": "sqs", "endpoint": QUEUE,
      "filterPolicy": ""}),
    ("logs for a search", "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
     {"policyName": "p", "policyDocument": policy(allow(
         Principal={"Service": "es.amazonaws.com"}, Action="logs:*", Resource="arn:aws:logs:*"))}),
    ("a protocol without ports", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
     {"securityGroupId": "sg-0a1b2c3d", "ipProtocol": "50", "cidrIpv4": "10.0.0.0/8"}),
    ("pings from anywhere, by the newer address", "aws:vpc/securityGroupIngressRule:"
     "SecurityGroupIngressRule",
     {"securityGroupId": "sg-0a1b2c3d", "ipProtocol": "icmpv6", "fromPort": -1, "toPort": -1,
      "cidrIpv6": "::/0", "description": "ping (v6): a=b & c"}),
]  # fmt: skip
