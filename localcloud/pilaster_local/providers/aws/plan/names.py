"""How long a physical name may be and of what it is made, by type: given by hand or not.

The source of each line is the service's API reference (the create operation's name parameter),
read on 2026-11-21, unless another is named.
"""

from __future__ import annotations

from collections.abc import Mapping

from pilaster_local.providers.aws.plan.bounds import Test, text

_SIGNS = "letters, digits"
_IAM = r"[\w+=,.@-]+"
_EC2 = r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*"

BUCKET = text(
    r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3|--table-s3|\.mrap)$)"
    r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]*[a-z0-9]",
    "a bucket's name: a-z, digits, '.' and '-', a letter or digit at both ends",
    least=3,
    most=63,
)
"""S3 user guide, "General purpose bucket naming rules"."""

DATABASE = text(
    r"[a-zA-Z](-?[a-zA-Z0-9])*",
    "an identifier: letters, digits and single '-', a letter first, no '-' last",
    most=63,
)
"""RDS user guide, "Quotas and constraints": names of clusters and instances."""

CACHE = text(
    r"[a-zA-Z](-?[a-zA-Z0-9])*",
    "an identifier: letters, digits and single '-', a letter first, no '-' last",
    most=40,
)
"""ElastiCache user guide: names of serverless caches, users and their groups."""

CATALOG = text(r"[a-z0-9_-]+", "small letters, digits, '_' and '-'", least=1, most=255)
"""Athena user guide, "Name databases, tables, and columns": Glue takes more, and no query finds it;
with a '-', as in automatic names, a query has to quote it."""

NAMES: Mapping[str, tuple[str, Test]] = {
    "aws:apigatewayv2/api:Api": (
        "name",
        text(r"[^\x00-\x1f]+", "a name on one line", most=128, least=1),
    ),
    "aws:apigatewayv2/authorizer:Authorizer": (
        "name",
        text(r"[^\x00-\x1f]+", "a name on one line", most=128, least=1),
    ),
    "aws:apigatewayv2/stage:Stage": (
        "name",
        text(r"\$default|[\w-]+", f"'$default', or {_SIGNS}, '_' and '-'", most=128),
    ),
    **dict.fromkeys(
        (
            "aws:cloudfront/cachePolicy:CachePolicy",
            "aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
            "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        ),
        ("name", text(r"[\w-]+", f"{_SIGNS}, '_' and '-'", least=1, most=128)),
    ),
    "aws:cloudfront/function:Function": (
        "name",
        text(r"[\w-]+", f"{_SIGNS}, '_' and '-'", least=1, most=64),
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": (
        "name",
        text(r"[^\x00-\x1f]+", "a name on one line", least=1, most=64),
    ),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": (
        "name",
        text(r"[\w-]+", f"{_SIGNS}, '_' and '-'", least=1, most=60),
    ),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": (
        "name",
        text(r"[\w-]+", f"{_SIGNS}, '_' and '-'", least=1, most=60),
    ),
    "aws:athena/namedQuery:NamedQuery": ("name", text(r".+", "a name", most=128)),
    "aws:athena/workgroup:Workgroup": (
        "name",
        text(r"[a-zA-Z0-9._-]+", f"{_SIGNS}, '.', '_' and '-'", least=1, most=128),
    ),
    "aws:cloudwatch/dashboard:Dashboard": (
        "dashboardName",
        text(r"[\w-]+", f"{_SIGNS}, '_' and '-'", most=255),
    ),
    "aws:cloudwatch/eventArchive:EventArchive": (
        "name",
        text(r"[.\-_A-Za-z0-9]+", f"{_SIGNS}, '.', '-' and '_'", most=48),
    ),
    "aws:cloudwatch/eventBus:EventBus": (
        "name",
        # "default" is there already; partners' buses begin with "aws.".
        text(
            r"(?!default$)(?!aws\.(?!partner/))[/.\-_A-Za-z0-9]+",
            f"{_SIGNS}, '/', '.', '-' and '_', not 'default', not beginning with 'aws.'",
            most=256,
        ),
    ),
    "aws:cloudwatch/eventRule:EventRule": (
        "name",
        text(r"[.\-_A-Za-z0-9]+", f"{_SIGNS}, '.', '-' and '_'", most=64),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": (
        "targetId",
        text(r"[.\-_A-Za-z0-9]+", f"{_SIGNS}, '.', '-' and '_'", most=64),
    ),
    "aws:cloudwatch/logGroup:LogGroup": (
        "name",
        text(
            r"(?!aws/)[.\-_/#A-Za-z0-9]+",
            f"{_SIGNS}, '_', '-', '/', '#' and '.', not beginning with 'aws/'",
            most=512,
        ),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        "name",
        text(r"[\x20-\x7e\u00a1-\uffff]+", "a name without control characters", most=255),
    ),
    "aws:codedeploy/application:Application": ("name", text(r".+", "a name", most=100)),
    "aws:codedeploy/deploymentConfig:DeploymentConfig": (
        "deploymentConfigName",
        text(r"(?!CodeDeployDefault).+", "a name of one's own", most=100),
    ),
    "aws:codedeploy/deploymentGroup:DeploymentGroup": (
        "deploymentGroupName",
        text(r".+", "a name", most=100),
    ),
    "aws:cognito/userGroup:UserGroup": ("name", text(r"\S+", "a name without spaces", most=128)),
    "aws:cognito/userPool:UserPool": (
        "name",
        text(r"[\w\s+=,.@-]+", f"{_SIGNS}, spaces and + = , . @ - _", most=128),
    ),
    "aws:cognito/userPoolClient:UserPoolClient": (
        "name",
        text(r"[\w\s+=,.@-]+", f"{_SIGNS}, spaces and + = , . @ - _", most=128),
    ),
    "aws:dynamodb/table:Table": (
        "name",
        text(r"[\w.-]+", f"{_SIGNS}, '_', '-' and '.'", least=3, most=255),
    ),
    "aws:ec2/securityGroup:SecurityGroup": (
        "name",
        text(
            rf"(?!sg-){_EC2}", "a name: no 'sg-' first, and signs that EC2 takes", least=1, most=255
        ),
    ),
    "aws:elasticache/serverlessCache:ServerlessCache": ("name", CACHE),
    "aws:elasticache/user:User": ("userId", CACHE),
    "aws:elasticache/userGroup:UserGroup": ("userGroupId", CACHE),
    "aws:glue/catalogDatabase:CatalogDatabase": ("name", CATALOG),
    "aws:glue/catalogTable:CatalogTable": ("name", CATALOG),
    "aws:iam/policy:Policy": ("name", text(_IAM, f"{_SIGNS} and + = , . @ - _", most=128)),
    "aws:iam/role:Role": ("name", text(_IAM, f"{_SIGNS} and + = , . @ - _", most=64)),
    "aws:iam/rolePolicy:RolePolicy": (
        "name",
        text(_IAM, f"{_SIGNS} and + = , . @ - _", most=128),
    ),
    "aws:kms/alias:Alias": (
        "name",
        text(
            r"alias/(?!aws/)[a-zA-Z0-9/_-]+",
            f"'alias/' and {_SIGNS}, '/', '_' and '-', not 'alias/aws/'",
            most=256,
        ),
    ),
    "aws:lambda/function:Function": (
        "name",
        text(r"[a-zA-Z0-9-_]+", f"{_SIGNS}, '-' and '_'", most=64),
    ),
    "aws:lambda/permission:Permission": (
        "statementId",
        text(r"[a-zA-Z0-9-_]+", f"{_SIGNS}, '-' and '_'", most=100),
    ),
    "aws:rds/cluster:Cluster": ("clusterIdentifier", DATABASE),
    "aws:rds/clusterInstance:ClusterInstance": ("identifier", DATABASE),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": (
        "name",
        text(
            r"(?!default)[a-zA-Z](-?[a-zA-Z0-9])*",
            "letters, digits and single '-', a letter first, not beginning with 'default'",
            most=255,
        ),
    ),
    "aws:rds/proxy:Proxy": (
        "name",
        text(
            r"[a-zA-Z](-?[a-zA-Z0-9])*",
            f"{_SIGNS} and single '-', a letter first",
            most=60,
        ),
    ),
    "aws:rds/subnetGroup:SubnetGroup": (
        "name",
        text(
            r"(?!default$)[a-zA-Z0-9 ._-]+",
            f"{_SIGNS}, ' ', '.', '_', '-', not 'default'",
            most=255,
        ),
    ),
    "aws:s3/bucket:Bucket": ("bucket", BUCKET),
    "aws:secretsmanager/secret:Secret": (
        "name",
        text(r"[A-Za-z0-9/_+=.@-]+", f"{_SIGNS} and / _ + = . @ -", most=512),
    ),
    "aws:sfn/stateMachine:StateMachine": (
        "name",
        text(
            r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]+",
            "a name: no space, bracket, wildcard or sign such as # % , ; : / $",
            most=80,
        ),
    ),
    "aws:sesv2/configurationSet:ConfigurationSet": (
        "configurationSetName",
        text(r"[a-zA-Z0-9_-]+", f"{_SIGNS}, '_' and '-'", most=64),
    ),
    "aws:sns/topic:Topic": (
        "name",
        text(r"[\w-]+(\.fifo)?", f"{_SIGNS}, '-' and '_'", most=256),
    ),
    "aws:sqs/queue:Queue": (
        "name",
        text(r"[\w-]+(\.fifo)?", f"{_SIGNS}, '-' and '_', '.fifo' last for a FIFO queue", most=80),
    ),
    "aws:ssm/parameter:Parameter": (
        "name",
        text(
            r"(?!(?i:/?(aws|ssm)))(/[\w.-]+){1,15}|(?!(?i:aws|ssm))[\w.-]+",
            "a name: letters, digits and '_.-', parts after '/' 15 deep at most, not 'aws' or "
            "'ssm' first",
            most=1011,
        ),
    ),
    "aws:wafv2/ipSet:IpSet": ("name", text(r"[\w-]+", f"{_SIGNS}, '-' and '_'", most=128)),
    "aws:wafv2/regexPatternSet:RegexPatternSet": (
        "name",
        text(r"[\w-]+", f"{_SIGNS}, '-' and '_'", most=128),
    ),
    "aws:wafv2/ruleGroup:RuleGroup": ("name", text(r"[\w-]+", f"{_SIGNS}, '-', '_'", most=128)),
    "aws:wafv2/webAcl:WebAcl": ("name", text(r"[\w-]+", f"{_SIGNS}, '-' and '_'", most=128)),
    "aws:xray/group:Group": ("groupName", text(r".+", "a name", most=32)),
    "aws:xray/samplingRule:SamplingRule": ("ruleName", text(r".+", "a name", most=32)),
}
"""The property that holds the physical name, and what it must be."""
