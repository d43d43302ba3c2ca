"""What else stands around a service: logins, letters, logs, firewalls, locks, encryption, TLS.

Written from AWS's documentation and from what people complain of in other packs' trackers, before
the rules were read. The form is that of `policy_cases_access`.
"""

from __future__ import annotations

import json
from typing import Any

from pilaster_policies.testing import UNKNOWN, Thing, secret

from tests.support.policy_cases_access import OURS, Case, one
from tests.support.policy_cases_databases import made


def behind(
    *, headers: Any, host: str = "abc.execute-api.eu-west-2.amazonaws.com"
) -> tuple[Thing, ...]:
    origin = {
        "originId": "api",
        "domainName": host,
        "customOriginConfig": {
            "originProtocolPolicy": "https-only",
            "originSslProtocols": ["TLSv1.2"],
            "httpPort": 80,
            "httpsPort": 443,
        },
        "customHeaders": headers,
    }
    return one(
        "aws:cloudfront/distribution:Distribution",
        enabled=True,
        webAclId="arn:aws:wafv2:us-east-1:111111111111:global/webacl/x/y",
        origins=[origin],
    )


def answering(*, socket: bool = False, told: Any = None, asker: Any = None) -> tuple[Thing, ...]:
    """An API behind a secret that is drawn; what its function, or an authorizer's, is told."""

    def function(name: str, of: Any) -> Thing:
        environment = {"variables": {"ORIGIN": UNKNOWN}} if of else {"variables": {"A": "b"}}
        return Thing(
            "aws:lambda/function:Function",
            name,
            {"handler": f"{name}.handler", "environment": environment},
            {"environment": [of]} if of else {},
        )

    asks = (
        []
        if asker is None
        else [
            function("asker", asker),
            made(
                "aws:apigatewayv2/authorizer:Authorizer",
                "door",
                {"authorizerType": "REQUEST"},
                apiId="api",
                authorizerUri="asker",
            ),
        ]
    )
    origin = {
        "originId": "api",
        "domainName": UNKNOWN,
        "customOriginConfig": {"originProtocolPolicy": "https-only"},
        "customHeaders": [{"name": "x-lock", "value": secret(UNKNOWN)}],
    }
    return (
        Thing("random:index/randomPassword:RandomPassword", "drawn", {"length": 40}),
        Thing("aws:secretsmanager/secret:Secret", "place", {"name": "lock"}),
        made(
            "aws:secretsmanager/secretVersion:SecretVersion",
            "kept",
            secretId="place",
            secretString="drawn",
        ),
        made(
            "aws:apigatewayv2/api:Api", "api", {"protocolType": "WEBSOCKET" if socket else "HTTP"}
        ),
        function("answer", told),
        made(
            "aws:apigatewayv2/integration:Integration",
            "way",
            {"integrationType": "AWS_PROXY"},
            apiId="api",
            integrationUri="answer",
        ),
        *asks,
        made(
            "aws:apigatewayv2/route:Route",
            "route",
            {"routeKey": "$connect" if socket else "GET /a"},
            apiId="api",
            target="way",
            **({"authorizerId": "door"} if asks else {}),
        ),
        *(
            [
                made(
                    "aws:apigatewayv2/route:Route",
                    "end",
                    {"routeKey": "$default"},
                    apiId="api",
                    target="way",
                )
            ]
            if socket
            else []
        ),
        Thing(
            "aws:cloudfront/distribution:Distribution",
            "edge",
            {"enabled": True, "origins": [origin]},
            {"origins": ["api", "drawn"]},
        ),
    )


def shield(
    *rules: dict[str, Any], default: str = "allow", scope: str = "CLOUDFRONT"
) -> tuple[Thing, ...]:
    acl_ = Thing(
        "aws:wafv2/webAcl:WebAcl",
        "acl",
        {"scope": scope, "defaultAction": {default: {}}, "rules": [*rules]},
    )
    edge = made(
        "aws:cloudfront/distribution:Distribution",
        "edge",
        {
            "enabled": True,
            "origins": [{"originId": "site", "domainName": "b.s3.eu-west-2.amazonaws.com"}],
        },
        webAclId="acl",
    )
    return (acl_, edge)


def managed(override: str) -> dict[str, Any]:
    statement = {
        "managedRuleGroupStatement": {"name": "AWSManagedRulesCommonRuleSet", "vendorName": "AWS"}
    }
    return {
        "name": "common",
        "priority": 1,
        "overrideAction": {override: {}},
        "statement": statement,
    }


def subscription(protocol: str, **more: Any) -> tuple[Thing, ...]:
    return one(
        "aws:sns/topicSubscription:TopicSubscription",
        protocol=protocol,
        topic="t",
        endpoint="e",
        **more,
    )


CASES: list[Case] = [
    ("a password in the program", "login", True, one("aws:rds/instance:Instance", engine="postgres",
     username="app", password=secret("p"))),
    ("a managed password", "login", False, one("aws:rds/instance:Instance", engine="postgres",
     username="app", manageMasterUserPassword=True)),
    ("a write-only password", "login", False, one("aws:rds/instance:Instance", engine="postgres",
     username="app", passwordWo=secret("p"), passwordWoVersion=1)),
    ("a read replica, whose password is its source's", "login", False,
     one("aws:rds/instance:Instance", replicateSourceDb="db")),
    ("restored from a snapshot", "login", False, one("aws:rds/instance:Instance", engine="postgres",
     snapshotIdentifier="s")),
    ("Neptune without IAM", "login", True, one("aws:neptune/cluster:Cluster", engine="neptune")),
    ("Neptune with", "login", False, one("aws:neptune/cluster:Cluster", engine="neptune",
     iamDatabaseAuthenticationEnabled=True)),
    ("a cache for whoever reaches it", "login", True,
     one("aws:elasticache/replicationGroup:ReplicationGroup", engine="redis")),
    ("memcached, which has no users", "login", False,
     one("aws:elasticache/serverlessCache:ServerlessCache", engine="memcached", name="c")),
    ("an empty password is none", "login", False, one("aws:docdb/cluster:Cluster",
     manageMasterUserPassword=True, masterPassword="")),
    ("OpenSearch's own user database with a password", "login", True,
     one("aws:opensearch/domain:Domain", domainName="d", advancedSecurityOptions={"enabled": True,
     "internalUserDatabaseEnabled": True, "masterUserOptions": {"masterUserName": "a",
     "masterUserPassword": secret("p")}})),
    ("OpenSearch by a role", "login", False, one("aws:opensearch/domain:Domain", domainName="d",
     advancedSecurityOptions={"enabled": True,
     "masterUserOptions": {"masterUserArn": f"arn:aws:iam::{OURS}:role/search"}})),
    ("DMS with a secret's ARN", "login", False, one("aws:dms/endpoint:Endpoint",
     engineName="postgres",
     secretsManagerArn="arn:aws:secretsmanager:eu-west-2:111111111111:secret:s-abc",
     secretsManagerAccessRoleArn="r")),
    ("DMS with a password", "login", True, one("aws:dms/endpoint:Endpoint", engineName="postgres",
     password=secret("p"))),
    ("MSK for anybody", "login", True, one("aws:msk/cluster:Cluster", clusterName="k")),
    ("MSK by IAM", "login", False, one("aws:msk/cluster:Cluster", clusterName="k",
     clientAuthentication={"sasl": {"iam": True}})),
    ("a queue a function reads, without letters", "letters", True, (Thing("aws:sqs/queue:Queue",
     "work", {"name": "work"}), Thing("aws:lambda/function:Function", "f", {"handler": "a.b"}),
     made("aws:lambda/eventSourceMapping:EventSourceMapping", "m", eventSourceArn="work",
     functionName="f"))),
    ("a queue only people look into", "letters", False, one("aws:sqs/queue:Queue", name="work")),
    ("a queue of dead letters", "letters", False, (Thing("aws:sqs/queue:Queue", "work",
     {"redrivePolicy": UNKNOWN}, {"redrivePolicy": ["dead"]}), Thing("aws:sqs/queue:Queue", "dead",
     {"name": "dead"}))),
    ("a function an API calls needs none", "letters", False, (Thing("aws:lambda/function:Function",
     "f", {"handler": "a.b"}), made("aws:apigatewayv2/integration:Integration", "i",
     {"integrationType": "AWS_PROXY"}, integrationUri="f"))),
    ("a topic's subscription to a function", "letters", True, subscription("lambda")),
    ("a topic's mail", "letters", False, subscription("email")),
    ("a subscription with its letters", "letters", False, subscription("sqs",
     redrivePolicy=json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:eu-west-2:{OURS}:dead"}))),
    ("logs for ever", "logs", True, one("aws:cloudwatch/logGroup:LogGroup", name="/a")),
    ("logs for a month", "logs", False, one("aws:cloudwatch/logGroup:LogGroup", name="/a",
     retentionInDays=30)),
    ("logs of the class for delivery keep their own time", "logs", False,
     one("aws:cloudwatch/logGroup:LogGroup", name="/a", logGroupClass="DELIVERY")),
    ("a firewall with AWS's rules", "shield", False, shield(managed("none"))),
    ("a firewall that only counts", "shield", True, shield(managed("count"))),
    ("a firewall that lets in nobody but", "shield", False, shield({"name": "office", "priority": 0,
     "action": {"allow": {}}}, default="block")),
    ("a regional firewall before CloudFront", "shield", True, shield(managed("none"),
     scope="REGIONAL")),
    ("a captcha refuses as well", "shield", False, shield({"name": "c", "priority": 0,
     "action": {"captcha": {}}})),
    ("no firewall", "shield", True, one("aws:cloudfront/distribution:Distribution", enabled=True,
     origins=[])),
    ("an API behind a secret", "lock", False, behind(headers=[{"name": "x-lock",
     "value": secret("s")}])),
    ("an API behind nothing", "lock", True, behind(headers=[])),
    ("an API behind a word everybody can read", "lock", True, behind(headers=[{"name": "x-lock",
     "value": "word"}])),
    ("somebody else's site behind it", "lock", False, behind(headers=[], host="www.example.com")),
    ("a function URL behind an access control of CloudFront's", "lock", False,
     one("aws:cloudfront/distribution:Distribution", origins=[{"originId": "f",
     "domainName": "abcdef.lambda-url.eu-west-2.on.aws",
     "customOriginConfig": {"originProtocolPolicy": "https-only"},
     "originAccessControlId": "E1"}])),
    ("a function URL behind nothing", "lock", True, behind(headers=[],
     host="abcdef.lambda-url.eu-west-2.on.aws")),
    ("who answers is told the secret", "lock", False, answering(told="drawn")),
    ("who answers knows where it is kept", "lock", False, answering(told="place")),
    ("who answers is told nothing", "lock", True, answering()),
    ("who answers is told another secret", "lock", True, (*answering(told="other"),
     Thing("aws:secretsmanager/secret:Secret", "other", {"name": "other"}))),
    ("an authorizer asks for it", "lock", False, answering(asker="drawn")),
    ("an authorizer that does not", "lock", True,
     (*answering(asker="nothing"), Thing("aws:sqs/queue:Queue", "nothing", {"name": "n"}))),
    ("a socket's authorizer asks, and nothing after it", "lock", False, answering(socket=True,
     asker="drawn")),
    ("a database that may be deleted", "kept", True, one("aws:rds/instance:Instance",
     engine="postgres", backupRetentionPeriod=7, manageMasterUserPassword=True,
     storageEncrypted=True)),
    ("a replica is nobody's only copy of backups", "kept", False, one("aws:rds/instance:Instance",
     replicateSourceDb="db", deletionProtection=True, skipFinalSnapshot=True)),
    ("a table that is kept", "kept", False, one("aws:dynamodb/table:Table", name="t",
     deletionProtectionEnabled=True, pointInTimeRecovery={"enabled": True})),
    ("a table without recovery", "kept", True, one("aws:dynamodb/table:Table", name="t",
     deletionProtectionEnabled=True)),
    ("Aurora members are protected by their cluster", "kept", False,
     one("aws:rds/clusterInstance:ClusterInstance", engine="aurora-postgresql",
     publiclyAccessible=False)),
    ("an instance in plain text", "rest", True, one("aws:rds/instance:Instance",
     engine="postgres")),
    ("DynamoDB is always encrypted", "rest", False, one("aws:dynamodb/table:Table", name="t")),
    ("a volume in plain text", "rest", True, one("aws:ebs/volume:Volume",
     availabilityZone="eu-west-2a", size=8)),
    ("a file system in plain text", "rest", True, one("aws:efs/fileSystem:FileSystem")),
    ("SQS with its own encryption by default", "rest", False, one("aws:sqs/queue:Queue", name="q")),
    ("a log group has AWS's own encryption", "rest", False, one("aws:cloudwatch/logGroup:LogGroup",
     name="/a", retentionInDays=7)),
    ("a Redshift cluster that asks for no TLS", "transit", True,
     (Thing("aws:redshift/parameterGroup:ParameterGroup", "p", {"family": "redshift-1.0",
     "parameters": [{"name": "require_ssl", "value": "false"}]}),
     made("aws:redshift/cluster:Cluster", "c", {"encrypted": True},
     clusterParameterGroupName="p"))),
    ("a Redshift cluster that does", "transit", False,
     (Thing("aws:redshift/parameterGroup:ParameterGroup", "p", {"family": "redshift-1.0",
     "parameters": [{"name": "require_ssl", "value": "true"}]}),
     made("aws:redshift/cluster:Cluster", "c", {"encrypted": True},
     clusterParameterGroupName="p"))),
    ("a proxy that needs no TLS", "transit", True, one("aws:rds/proxy:Proxy", name="p",
     requireTls=False)),
    ("PostgreSQL 15 forces TLS by itself", "transit", False, one("aws:rds/instance:Instance",
     engine="postgres", engineVersion="15.7")),
    ("MSK in plain text", "transit", True, one("aws:msk/cluster:Cluster",
     encryptionInfo={"encryptionInTransit": {"clientBroker": "TLS_PLAINTEXT"}})),
    ("a listener that only redirects", "transit", False, one("aws:lb/listener:Listener", port=80,
     protocol="HTTP", defaultActions=[{"type": "redirect", "redirect": {"protocol": "HTTPS",
     "statusCode": "HTTP_301"}}])),
    ("a listener that forwards in plain text", "transit", True,
     (Thing("aws:lb/loadBalancer:LoadBalancer", "lb", {"internal": False}),
     made("aws:lb/listener:Listener", "l", {"port": 80, "protocol": "HTTP",
     "defaultActions": [{"type": "forward"}]}, loadBalancerArn="lb"))),
]  # fmt: skip
