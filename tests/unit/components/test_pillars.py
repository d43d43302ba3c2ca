"""The pillars: an API, a database, a pipeline; and the network and users they stand on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi_aws as aws
import pytest
from pilaster.aws import (
    Api,
    ApiArgs,
    Code,
    DataProxy,
    DataProxyArgs,
    DataTier,
    DataTierArgs,
    FunctionArgs,
    Migrations,
    MigrationsArgs,
    Network,
    NetworkArgs,
    NetworkRef,
    Pipeline,
    PipelineArgs,
    QueueSource,
    Start,
    Throttle,
    Users,
    UsersArgs,
)
from pilaster.flow import Flow, Publish, Step, Task
from pilaster.naming import Place

from tests.unit.components.deployment import (
    ACCOUNT,
    REGION,
    UNKNOWN,
    Deployment,
    code_folder,
    deployed,
    place,
)

EU = f"{REGION}:{ACCOUNT}"
SIDE = NetworkRef(subnet_ids=["subnet-a", "subnet-b"], security_group_ids=["sg-data"])


def function(root: Path, **more: object) -> FunctionArgs:
    return FunctionArgs(
        place=place(code_folder(root)),
        code=Code(entry_point="lambdas.handler"),
        **more,  # type: ignore[arg-type]
    )


# Api


def api(root: Path, **more: object) -> Deployment:
    given: dict[str, Any] = {
        "routes": {"GET /health": function(root), "GET /api/v1/things/{id}": function(root)},
        "public_routes": ["GET /health"],
        "issuer": "https://issuer",
        "audience": ["client"],
        **more,
    }
    return deployed(lambda: Api("web", ApiArgs(place=place(), **given)))


def test_every_route_wants_a_token_but_those_listed(tmp_path: Path):
    stack = api(tmp_path)
    routes = {each.inputs["routeKey"]: each.inputs for each in stack.all("Route")}
    assert routes["GET /health"]["authorizationType"] == "NONE"
    assert "authorizerId" not in routes["GET /health"]
    assert routes["GET /api/v1/things/{id}"]["authorizationType"] == "JWT"
    assert routes["GET /api/v1/things/{id}"]["authorizerId"] == "web-tokens-id"
    assert stack.one("Authorizer").inputs["jwtConfiguration"] == {
        "issuer": "https://issuer",
        "audiences": ["client"],
    }


def test_a_function_may_be_called_by_its_own_route_alone(tmp_path: Path):
    permissions = api(tmp_path).all("Permission")
    assert {each.name: each.inputs["sourceArn"] for each in permissions} == {
        "web-get-health-permission": f"arn:aws:execute-api:{EU}:web-api-id/$default/GET/health",
        "web-get-api-v1-things-id-permission": (
            f"arn:aws:execute-api:{EU}:web-api-id/$default/GET/api/v1/things/{{id}}"
        ),
    }
    assert {each.inputs["function"] for each in permissions} == {
        "pilaster-dev-web-get-health",
        "pilaster-dev-web-get-api-v1-things-id",
    }


def test_what_has_no_route_may_have_a_function_of_its_own(tmp_path: Path):
    stack = api(tmp_path, routes={"$default": function(tmp_path)}, public_routes=["$default"])
    assert stack.one("Route").inputs["routeKey"] == "$default"
    assert stack.one("Permission").inputs["sourceArn"].endswith(":web-api-id/$default/$default")


def test_an_api_is_throttled_and_writes_a_line_per_request_without_people_in_it(tmp_path: Path):
    stage = api(tmp_path, throttling_rate=5, throttling_burst=7).one("Stage").inputs
    assert stage["defaultRouteSettings"] == {
        "throttlingRateLimit": 5,
        "throttlingBurstLimit": 7,
    }
    log = stage["accessLogSettings"]
    assert log["destinationArn"] == (
        f"arn:aws:logs:{EU}:log-group:/aws/vendedlogs/apigateway/pilaster-dev-web"
    )
    assert "$context.routeKey" in log["format"]
    assert not {"$context.identity.sourceIp", "$context.path"} & set(log["format"].split('"'))


def test_a_route_may_have_a_throttle_of_its_own(tmp_path: Path):
    stage = api(tmp_path, throttles={"GET /health": Throttle(rate=0.5, burst=2)}).one("Stage")
    assert stage.inputs["routeSettings"] == [
        {"routeKey": "GET /health", "throttlingRateLimit": 0.5, "throttlingBurstLimit": 2}
    ]


def test_no_route_is_live_before_the_api_may_call_its_function(tmp_path: Path):
    routes = api(tmp_path).all("Route")
    assert routes
    for route in routes:
        permission = route.name.removesuffix("route") + "permission"
        assert f"aws:lambda/permission:Permission {permission}" in route.depends_on


def test_a_route_of_all_methods_calls_its_function_with_any_and_its_alias_where_it_is_warm(
    tmp_path: Path,
):
    route = "ANY /api/v1/{path+}"
    stack = api(tmp_path, routes={route: function(tmp_path, warm_instances=1)}, public_routes=[])
    permission = stack.one("Permission").inputs
    assert stack.one("Route").inputs["routeKey"] == route
    assert permission["sourceArn"].endswith("/$default/*/api/v1/{path+}")
    assert permission["qualifier"] == "live"
    assert stack.one("Integration").inputs["integrationUri"].endswith(":live")


def test_a_stage_is_made_after_the_routes_it_throttles(tmp_path: Path):
    """AWS refuses settings of a route that is not there."""
    stack = api(tmp_path, throttles={"GET /health": Throttle(rate=1, burst=1)})
    routes = {f"aws:apigatewayv2/route:Route {each.name}" for each in stack.all("Route")}
    assert routes < set(stack.one("Stage").depends_on)


def test_who_waits_for_the_apis_id_waits_for_its_functions_as_they_are_told(tmp_path: Path):
    """A distribution that sends a new secret comes after every function that knows it."""
    given = {"routes": {"GET /health": function(tmp_path)}, "issuer": "https://issuer"}

    def program() -> None:
        made = Api("web", ApiArgs(place=place(), audience=["client"], **given))
        aws.ssm.Parameter("waits", type="String", value=made.api_id)

    stage = "aws:apigatewayv2/stage:Stage web-stage"
    assert stage in deployed(program).one("Parameter").depends_on


def test_pages_of_named_origins_may_call_with_the_methods_there_are(tmp_path: Path):
    assert "corsConfiguration" not in api(tmp_path).one("Api", "web-api").inputs
    named = api(tmp_path, allowed_origins=["https://app.example"]).one("Api", "web-api")
    assert named.inputs["corsConfiguration"] == {
        "allowOrigins": ["https://app.example"],
        "allowCredentials": False,
        "allowMethods": ["GET"],
        "allowHeaders": ["authorization", "content-type", "x-request-id"],
        "exposeHeaders": [
            "allow",
            "apigw-requestid",
            "location",
            "retry-after",
            "www-authenticate",
            "x-request-id",
        ],
        "maxAge": 3600,
    }


def test_a_route_of_all_the_rest_takes_any_method_of_a_page(tmp_path: Path):
    """It may be a whole application; and where it refuses, the page is to read why."""
    stack = api(
        tmp_path,
        routes={"POST /x": function(tmp_path), "$default": function(tmp_path)},
        public_routes=["$default"],
        allowed_origins=["https://app.example"],
    )
    methods = stack.one("Api", "web-api").inputs["corsConfiguration"]["allowMethods"]
    assert methods == ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]


def test_an_api_s_url_has_no_slash_at_its_end(tmp_path: Path):
    assert api(tmp_path).outputs["pilaster:aws:Api web"]["url"] == "https://api.example"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"routes": {"FETCH /x": {}}}, "is not a method and a path"),
        ({"routes": {"GET x": {}}}, "is not a method and a path"),
        ({"routes": {"GET /a b": {}}}, "is not a method and a path"),
        ({"routes": {"GET /a?b=1": {}}}, "is not a method and a path"),
        ({"routes": {"GET /a/{id": {}}}, "is not a method and a path"),
        ({"routes": {"GET /a/{id}.json": {}}}, "is not a method and a path"),
        ({"routes": {"GET /{all+}/b": {}}}, "is not a method and a path"),
        ({"routes": {"GET /a/{id}": {}, "GET /a/{name}": {}}}, "take the same requests: keep one"),
        ({"audience": []}, "tokens of any client would be taken"),
        ({"routes": {"GET /x": {"timeout_seconds": 31}}}, "API Gateway waits 30"),
        ({"routes": {"GET /a/{id}": {}, "GET /a/id": {}}}, "deployed under one name"),
        ({"public_routes": ["GET /nothing"]}, "public route 'GET /nothing' is no route"),
        ({"allowed_origins": ["*"]}, "lets every page in the world call"),
        ({"allowed_origins": ["http://app.example"]}, "'http://app.example' is not one a browser"),
        ({"allowed_origins": ["https://app.example/"]}, "in lower case and without a path"),
        ({"allowed_origins": ["https://a.b", "https://a.b"]}, "name one twice"),
        (
            {"routes": {"$default": {}}, "allowed_origins": ["https://app.example"]},
            "takes the preflights of pages, which bring no token",
        ),
        ({"throttles": {"GET /y": Throttle(rate=1, burst=1)}}, "throttled route 'GET /y' is no"),
        ({"throttling_rate": 0}, "rate 0 and burst 100 let nobody through"),
    ],
)
def test_an_api_nobody_can_want_is_refused(tmp_path: Path, more: dict[str, Any], says: str):
    given = {"routes": {"GET /x": {}}, "issuer": "i", "audience": ["a"], **more}
    routes = {route: function(tmp_path, **each) for route, each in given.pop("routes").items()}
    with pytest.raises(ValueError, match=says):
        ApiArgs(place=place(), routes=routes, **given)


@pytest.mark.parametrize(
    ("rate", "burst"), [(0, 1), (-1, 1), (1, 0), (float("nan"), 1), (float("inf"), 1)]
)
def test_a_throttle_that_lets_nobody_through_is_refused(rate: float, burst: int):
    with pytest.raises(ValueError, match="let nobody through"):
        Throttle(rate=rate, burst=burst)


def test_routes_that_take_other_requests_stand_beside_one_another(tmp_path: Path):
    keys = ["GET /", "GET /a/{id}", "PUT /a/{id}", "GET /a/new", "GET /a/{id}/b", "GET /a/{rest+}"]
    stack = api(tmp_path, public_routes=[], routes=dict.fromkeys(keys, function(tmp_path)))
    assert {each.inputs["routeKey"] for each in stack.all("Route")} == set(keys)


# Users


def test_a_pool_takes_e_mail_addresses_verifies_them_and_tells_nobody_who_is_in_it():
    stack = deployed(lambda: Users("people", UsersArgs(place=place())))
    pool = stack.one("UserPool")
    assert pool.protect
    assert pool.inputs["usernameAttributes"] == ["email"]
    assert pool.inputs["autoVerifiedAttributes"] == ["email"]
    assert pool.inputs["deletionProtection"] == "ACTIVE"
    assert pool.inputs["passwordPolicy"]["minimumLength"] == 12
    client = stack.one("UserPoolClient").inputs
    assert client["preventUserExistenceErrors"] == "ENABLED"
    assert client["generateSecret"] is False
    assert client["enableTokenRevocation"] is True
    assert (client["accessTokenValidity"], client["refreshTokenValidity"]) == (60, 30)
    assert client["tokenValidityUnits"] == {
        "accessToken": "minutes",
        "idToken": "minutes",
        "refreshToken": "days",
    }


def test_an_issuer_is_the_pool_s_address():
    stack = deployed(lambda: Users("people", UsersArgs(place=place(), groups=["reviewers"])))
    assert stack.outputs["pilaster:aws:Users people"]["issuer"] == "https://people-pool.example"
    assert stack.one("UserGroup").inputs["name"] == "reviewers"


def test_confirming_without_a_code_is_a_grant_somebody_must_hand_out():
    grant = deployed(lambda: Users("people", UsersArgs(place=place())).confirm()).result
    assert list(grant.actions) == ["cognito-idp:AdminConfirmSignUp"]
    assert not grant.known, "the pool's ARN holds an id AWS draws"


# Network


def network() -> Deployment:
    return deployed(lambda: Network("net", NetworkArgs(place=place())))


def test_a_network_has_a_private_subnet_per_zone_and_no_way_out():
    stack = network()
    assert [each.inputs["cidrBlock"] for each in stack.all("Subnet")] == [
        "10.0.0.0/20",
        "10.0.16.0/20",
    ]
    assert not any(each.inputs["mapPublicIpOnLaunch"] for each in stack.all("Subnet"))
    types = {each.type for each in stack.resources}
    assert not [each for each in types if "natGateway" in each or "internetGateway" in each]
    assert "routes" not in stack.one("RouteTable").inputs


def test_the_endpoints_carry_this_stack_s_own_things_for_its_own_account_alone():
    stack = network()
    endpoints = {each.inputs["serviceName"]: each for each in stack.all("VpcEndpoint")}
    statements = {
        service.removeprefix(f"com.amazonaws.{REGION}."): each.document("policy")["Statement"][0]
        for service, each in endpoints.items()
    }
    assert {service: each["Resource"] for service, each in statements.items()} == {
        "s3": ["arn:aws:s3:::pilaster-dev-*"],
        "dynamodb": [f"arn:aws:dynamodb:{EU}:table/pilaster-dev-*"],
    }
    for statement in statements.values():
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
        assert not [action for action in statement["Action"] if "*" in action]


def test_functions_reach_endpoints_database_and_cache_and_only_they_reach_those():
    stack = network()
    out = {
        (each.inputs.get("prefixListId") or each.inputs["referencedSecurityGroupId"]): (
            each.inputs["securityGroupId"],
            each.inputs["fromPort"],
        )
        for each in stack.all("SecurityGroupEgressRule")
    }
    assert out == {
        "pl-net-s3": ("net-functions-id", 443),
        "pl-net-dynamodb": ("net-functions-id", 443),
        "net-database-id": ("net-functions-id", 5432),
        "net-cache-id": ("net-functions-id", 6379),
    }
    into = {
        each.inputs["securityGroupId"]: each.inputs["referencedSecurityGroupId"]
        for each in stack.all("SecurityGroupIngressRule")
    }
    assert into == {
        "net-database-id": "net-functions-id",
        "net-cache-id": "net-functions-id",
    }
    assert not any("egress" in each.inputs for each in stack.all("SecurityGroup"))


@pytest.mark.parametrize(
    ("zones", "cidr", "says"),
    [
        (["a"], "10.0.0.0/16", "Aurora wants subnets in two"),
        (["a", "b"], "10.0.0.0/28", "no private network between /16 and /24"),
        (["a", "b"], "8.8.0.0/16", "no private network between /16 and /24"),
    ],
)
def test_a_network_that_would_not_hold_a_database_is_refused(
    zones: list[str], cidr: str, says: str
):
    where = Place(project="p", stack="s", account=ACCOUNT, region=REGION, zones=zones)
    with pytest.raises(ValueError, match=says):
        NetworkArgs(place=where, cidr=cidr)


# DataTier


def data_args(**more: object) -> DataTierArgs:
    return DataTierArgs(
        place=place(),
        network=SIDE,
        database_name="documents",
        **more,  # type: ignore[arg-type]
    )


def data(**more: object) -> Deployment:
    return deployed(lambda: DataTier("data", data_args(**more)))


def test_a_database_is_encrypted_private_and_entered_with_tokens():
    cluster = data().one("Cluster")
    assert cluster.protect
    wanted = {
        "clusterIdentifier": "pilaster-dev-data",
        "engine": "aurora-postgresql",
        "engineVersion": "17.7",
        "databaseName": "documents",
        "manageMasterUserPassword": True,
        "iamDatabaseAuthenticationEnabled": True,
        "enableHttpEndpoint": True,
        "storageEncrypted": True,
        "backupRetentionPeriod": 7,
        "deletionProtection": True,
        "skipFinalSnapshot": False,
        "finalSnapshotIdentifier": "pilaster-dev-data-final",
        "vpcSecurityGroupIds": ["sg-data"],
        "serverlessv2ScalingConfiguration": {
            "minCapacity": 0,
            "maxCapacity": 4,
            "secondsUntilAutoPause": 300,
        },
    }
    assert {key: cluster.inputs.get(key) for key in wanted} == wanted
    assert data().one("ClusterInstance").inputs["publiclyAccessible"] is False


def test_a_database_takes_tls_alone_and_ends_sessions_before_it_would_pause():
    group = data().one("ClusterParameterGroup").inputs
    assert group["family"] == "aurora-postgresql17"
    assert group["parameters"] == [
        {"name": "rds.force_ssl", "value": "1"},
        {"name": "idle_session_timeout", "value": "240000"},
        {"name": "idle_in_transaction_session_timeout", "value": "60000"},
        {"name": "statement_timeout", "value": "8000"},
    ]


@pytest.mark.parametrize("version", ["13.15", "14.12", "15.7", "16.3", "16.9", "17.4", "18.1"])
def test_a_version_that_can_pause_is_taken(version: str):
    assert data_args(engine_version=version).pauses


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"engine_version": "14.6"}, "'14.6' cannot pause"),
        ({"engine_version": "16.2"}, "'16.2' cannot pause"),
        ({"engine_version": "12.20"}, "'12.20' cannot pause"),
        ({"engine_version": "latest"}, "engine_version 'latest' is no version"),
        ({"engine_version": "17.x", "min_capacity": 1}, "engine_version '17.x' is no version"),
        ({"idle_session_seconds": 300}, "would keep the database awake"),
        ({"pause_after_seconds": 60}, "is not within 300 and 86400"),
        ({"statement_timeout_seconds": 0}, "must be 1 or more"),
        ({"min_capacity": 8}, "is no range"),
        ({"backup_retention_days": 0}, "is not within 1 and 35"),
    ],
)
def test_a_database_that_would_never_pause_or_cannot_be_restored_is_refused(
    more: dict[str, Any], says: str
):
    with pytest.raises(ValueError, match=says):
        data_args(**more)


def test_a_database_that_does_not_pause_may_be_of_any_version():
    args = data_args(min_capacity=0.5, engine_version="16.2", idle_session_seconds=3600)
    assert not args.pauses


def test_who_connects_does_so_as_one_database_user():
    stack = deployed(lambda: DataTier("data", data_args()).connect("reader"))
    assert list(stack.result.actions) == ["rds-db:connect"]
    assert not stack.result.known
    assert stack.outputs["pilaster:aws:DataTier data"]["clusterResourceId"] == "cluster-DRAWN"


def proxy(**more: object) -> Deployment:
    given: dict[str, Any] = {
        "place": place(),
        "network": SIDE,
        "cluster_identifier": "pilaster-dev-data",
        "cluster_resource_id": "cluster-ABC",
        "users": ["writer", "reader"],
        **more,
    }
    return deployed(lambda: DataProxy("way", DataProxyArgs(**given)).connect("reader"))


def test_a_proxy_takes_tls_and_tokens_alone_and_keeps_no_secret():
    stack = proxy()
    wanted = {
        "engineFamily": "POSTGRESQL",
        "defaultAuthScheme": "IAM_AUTH",
        "requireTls": True,
        "idleClientTimeout": 240,
        "vpcSecurityGroupIds": ["sg-data"],
    }
    made = stack.one("Proxy").inputs
    assert {key: made.get(key) for key in wanted} == wanted
    assert "auths" not in made
    assert stack.one("ProxyTarget").inputs["dbClusterIdentifier"] == "pilaster-dev-data"
    assert stack.one("ProxyDefaultTargetGroup").inputs["connectionPoolConfig"] == {
        "connectionBorrowTimeout": 5,
        "maxConnectionsPercent": 80,
        "maxIdleConnectionsPercent": 20,
    }


def test_a_proxy_goes_on_as_the_users_it_was_given_and_nobody_else():
    [statement] = proxy().one("RolePolicy").document("policy")["Statement"]
    users = f"arn:aws:rds-db:{EU}:dbuser:cluster-ABC"
    assert statement == {
        "Effect": "Allow",
        "Action": ["rds-db:connect"],
        "Resource": [f"{users}/reader", f"{users}/writer"],
    }


def test_a_proxy_reaches_the_database_s_side_and_nothing_else():
    stack = proxy()
    for kind in ("SecurityGroupEgressRule", "SecurityGroupIngressRule"):
        rule = stack.one(kind).inputs
        assert (rule["securityGroupId"], rule["referencedSecurityGroupId"]) == ("sg-data",) * 2
        assert (rule["fromPort"], rule["toPort"]) == (5432, 5432)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"users": []}, "name the database users"),
        ({"max_connections_percent": 0}, "is not within 1 and 100"),
        ({"max_idle_connections_percent": 90}, "is not within 0 and max_connections_percent"),
        ({"borrow_seconds": 0}, "is not within 1 and 300"),
        ({"idle_client_seconds": 0}, "is not within 1 and 28800"),
    ],
)
def test_a_proxy_that_would_serve_nobody_is_refused(more: dict[str, Any], says: str):
    with pytest.raises(ValueError, match=says):
        proxy(**more)


def test_a_function_that_connects_has_a_policy_of_the_database_s_name(tmp_path: Path):
    from pilaster.aws import Function

    def program() -> None:
        tier = DataTier("data", data_args())
        Function("f", function(tmp_path, grants=[tier.connect("reader")], network=SIDE))

    policy = deployed(program).one("RolePolicy", "f-policy-data")
    assert policy.document("policy")["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["rds-db:connect"],
            "Resource": [f"arn:aws:rds-db:{EU}:dbuser:cluster-DRAWN/reader"],
        }
    ]


def test_migrations_run_when_their_digest_changes_and_before_who_waits_for_them(tmp_path: Path):
    from pilaster.aws import Function

    def program() -> None:
        tier = DataTier("data", data_args())
        grants = [tier.execute_statements(), tier.read_master_secret()]
        moved = Migrations(
            "moved",
            MigrationsArgs(place=place(), function=function(tmp_path, grants=grants), digest="abc"),
        )
        Function("f", function(tmp_path, environment={"HOST": moved.after(tier.host)}))

    stack = deployed(program)
    run = stack.one("Invocation")
    assert run.inputs["triggers"] == {"digest": "abc"}
    assert run.inputs["functionName"] == "pilaster-dev-moved"
    later = stack.one("Function", "f-function")
    assert later.inputs["environment"] == {"variables": {"HOST": "data-cluster.example"}}
    assert f"{run.type} {run.name}" in later.depends_on


def test_migrations_go_through_the_data_api_and_so_are_not_put_inside(tmp_path: Path):
    with pytest.raises(ValueError, match="migrations run outside"):
        MigrationsArgs(place=place(), function=function(tmp_path, network=SIDE), digest="abc")


# Pipeline

FLOW = Flow(
    start="read",
    steps={
        "read": Step(task=Task(function="read", next="done")),
        "done": Step(publish=Publish(event="job.completed", source="docs", detail={})),
    },
)


def pipeline_args(root: Path, **more: object) -> PipelineArgs:
    given: dict[str, Any] = {
        "flow": FLOW,
        "functions": {"read": function(root)},
        "bus_name": "the-bus",
        "start": Start(
            bucket_name="files",
            prefix="uploads/",
            function=function(
                root, timeout_seconds=20, grants=[Pipeline.start_executions(place(), "docs")]
            ),
        ),
        **more,
    }
    return PipelineArgs(place=place(), **given)


def pipeline(root: Path) -> Deployment:
    return deployed(lambda: Pipeline("docs", pipeline_args(root)))


MACHINE = f"arn:aws:states:{EU}:stateMachine:pilaster-dev-docs-workflow"


def test_a_state_machine_may_do_what_its_definition_says(tmp_path: Path):
    stack = pipeline(tmp_path)
    statements = stack.one("RolePolicy", "docs-workflow-policy").document("policy")["Statement"]
    assert statements[0]["Resource"] == ["*"]
    assert {action.split(":")[0] for action in statements[0]["Action"]} == {"logs"}
    assert statements[1:] == [
        {
            "Effect": "Allow",
            "Action": ["lambda:InvokeFunction"],
            "Resource": [f"arn:aws:lambda:{EU}:function:pilaster-dev-docs-read"],
        },
        {
            "Effect": "Allow",
            "Action": ["events:PutEvents"],
            "Resource": [f"arn:aws:events:{EU}:event-bus/the-bus"],
        },
    ]


def test_a_state_machine_s_log_holds_errors_and_no_content(tmp_path: Path):
    machine = pipeline(tmp_path).one("StateMachine")
    assert machine.inputs["loggingConfiguration"] == {
        "level": "ERROR",
        "includeExecutionData": False,
        "logDestination": (
            f"arn:aws:logs:{EU}:log-group:/aws/vendedlogs/states/pilaster-dev-docs-workflow:*"
        ),
    }
    assert machine.document("definition")["StartAt"] == "read"


def test_an_upload_goes_by_rule_and_queue_to_the_starter(tmp_path: Path):
    stack = pipeline(tmp_path)
    assert stack.one("EventRule", "docs-uploads").document("eventPattern") == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": ["files"]},
            "object": {"key": [{"prefix": "uploads/"}]},
        },
    }
    queue = f"arn:aws:sqs:{EU}:pilaster-dev-docs-uploads"
    assert stack.one("EventTarget", "docs-uploads-to-queue").inputs == {
        "rule": "pilaster-dev-docs-uploads",
        "arn": queue,
    }
    assert stack.one("EventSourceMapping").inputs["eventSourceArn"] == queue
    assert stack.one("Queue", "docs-uploads-queue").inputs["visibilityTimeoutSeconds"] == 120
    starter = stack.one("RolePolicy", "docs-starter-policy").document("policy")["Statement"]
    assert {"states:StartExecution"} in [set(each["Action"]) for each in starter]
    assert starter[-1]["Resource"] == [MACHINE] == [Pipeline.state_machine_arn(place(), "docs")]


@pytest.mark.parametrize(
    ("functions", "says"),
    [
        ([], "the flow calls read"),
        (["read", "other"], "no task of the flow calls other"),
    ],
)
def test_a_pipeline_is_given_exactly_the_functions_its_flow_calls(
    tmp_path: Path, functions: list[str], says: str
):
    with pytest.raises(ValueError, match=says):
        pipeline_args(tmp_path, functions={name: function(tmp_path) for name in functions})


def test_a_function_of_a_flow_is_not_called_like_a_part_of_the_pipeline(tmp_path: Path):
    flow = Flow(start="a", steps={"a": Step(task=Task(function="starter"))})
    with pytest.raises(ValueError, match="'starter' of the flow cannot be deployed"):
        pipeline_args(tmp_path, flow=flow, functions={"starter": function(tmp_path)})


def test_a_pipeline_gives_its_starter_the_queue_itself(tmp_path: Path):
    with pytest.raises(ValueError, match="gives its starter a queue"):
        Start(
            bucket_name="files",
            prefix="",
            function=function(tmp_path, queue=QueueSource(arn="arn:x")),
        )


def test_permissions_and_the_definition_are_known_before_anything_exists(tmp_path: Path):
    stack = deployed(lambda: Pipeline("docs", pipeline_args(tmp_path)), preview=True)
    documents = [
        *(each.inputs["policy"] for each in stack.all("RolePolicy")),
        *(each.inputs["policy"] for each in stack.all("QueuePolicy")),
        stack.one("StateMachine").inputs["definition"],
    ]
    assert len(documents) == 6
    assert all(isinstance(each, str) and UNKNOWN not in each for each in documents)
