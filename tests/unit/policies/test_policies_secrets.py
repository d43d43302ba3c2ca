"""No secret in a plain environment: by name, by value, by the program's own mark; never echoed."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.support.judging import UNKNOWN, Court, Thing, broken, judged, secret, waiting

RULE = "aws-plain-secret"
FUNCTION = "aws:lambda/function:Function"
# Put together here, so that no scanner takes this file for a leak.
ACCESS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
MODEL_KEY = "sk-ant-" + "api03-abcdefghijklmnop"
WEB_TOKEN = ".".join(["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0In0", "dozjgNryP4J3jVmNHl0w"])
PRIVATE_KEY = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow"
RANDOM = "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY"


# Drawn once by chance: of letters and digits, and in base64.
DRAWN = "q8Z3vN0xLr7Tb2Wc" + "Yp5HsKd9MfGjUa4E"
DRAWN_BASE64 = "kZ8+Qw3/Tn5Rv7Yx1Bc4" + "Df6Gh9Jk2Lm0Np=="

SLACK = "https://hooks.slack.com/" + "services/T00000000/B00000000/a1B2c3D4e5F6g7H8i9J0"


def environment(**variables: Any) -> dict[str, Any]:
    return {"environment": {"variables": variables}}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2"),
        ("dbPassword", "hunter2"),
        ("API_KEY", "abc123"),
        ("STRIPE_SECRET", "abc"),
        ("AUTH_TOKEN", "abc"),
        ("PIN_PASSWORD", "12345678"),
        ("SIGNING_KEY", "abc"),
        ("PGPASSWORD", "hunter2"),
        ("DB_PASS", "hunter2"),
        ("clientSecret", "abc"),
        ("ANYTHING", ACCESS_KEY),
        ("ANYTHING", MODEL_KEY),
        ("ANYTHING", WEB_TOKEN),
        ("ANYTHING", PRIVATE_KEY),
        ("CACHE_KEY", RANDOM),
        ("DATABASE_URL", "postgresql://writer:hunter2@db.example/x"),
        ("HOOK", SLACK),
        ("HOOK", "https://discord.com/api/webhooks/" + "1234567890/aBcDeFgHiJkLmNoPqRsTuVwX"),
        ("ANYTHING", "whsec_" + "aBcDeFgHiJkLmNoPqRsTuVwX"),
        ("ANYTHING", "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZ01234567"),
        ("APP", "base64:" + "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789aBcDeFg="),
        ("REGISTRIES", '{"auths": {"r": {"auth": "dXNlcjpodW50ZXIy"}}}'),
        ("UPSTREAM", "Basic " + "YXBwOnMzY3IzdHB3OQ=="),
        ("CONNECTION", "Server=db;User=me;Password=hunter2;"),
        ("UPSTREAM", "https://api.vendor.example/v1?units=metric&api_key=4f9a8b7c6d5e"),
        ("UPSTREAM", "https://api.vendor.example/v1?access_token=4f9a8b7c6d5e"),
        ("SHARE", "https://a.blob.core.windows.net/c?sv=2022-11-02&sig=" + DRAWN),
        ("MYSQL", "app:correct-horse@tcp(db:3306)/app"),
        ("MYSQL", "app:correct/horse@unix(/run/mysql.sock)/app"),
        ("DB_PASSWORD2", "hunter2"),
        ("DB_PW", "hunter2"),
        ("LDAP_BIND_PW", "hunter2"),
        ("DBPASS", "hunter2"),
        ("DBPWD", "hunter2"),
        ("KEYS", "django-insecure-" + "k3z9"),
        ("SALT", DRAWN),
        ("X", DRAWN_BASE64),
    ],
)
def test_what_is_named_or_looks_like_a_credential_breaks_the_rule(name: str, value: str) -> None:
    found = judged(FUNCTION, **environment(**{name: value}))
    assert [said.rule for said in found] == [RULE]
    assert name in found[0].text
    assert value not in found[0].text, "a message never holds the value"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "arn:aws:secretsmanager:eu-west-2:111111111111:secret:db-AbCdEf"),
        ("DB_SECRET", "prod/database/writer"),
        ("DB_SECRET_NAME", "writer"),
        ("DB_PASSWORD_PARAMETER", "writer"),
        ("DB_PASSWORD", "/prod/database/password"),
        ("DB_PASSWORD", "{{resolve:secretsmanager:db}}"),
        ("DB_PASSWORD", ""),
        ("TOKEN_URL", "https://id.example/oauth2/token"),
        ("TOKEN_ENDPOINT", "https://id.example/oauth2/token"),
        ("MAX_TOKEN", "4096"),
        ("TOKEN_BUDGET", "4096"),
        ("TOKEN_TTL_SECONDS", "3600"),
        ("REQUIRE_TOKEN", "true"),
        ("USER_POOL_CLIENT_ID", "1example23456789"),
        ("PARTITION_KEY", "owner"),
        ("SECRET_SANTA", "yes"),
        ("PASSWORD_LOGIN", "by e-mail"),
        ("TOKEN_AUTH", "cognito"),
        ("PASSWORD_HISTORY", "5"),
        ("SECRETS_EXTENSION_HTTP_PORT", "2773"),
        ("ENCRYPTION_KEY", "alias/app"),
        ("MODE", "Basic authentication"),
        ("IMAGE", "registry/my-sk-learn-model-for-production-use"),
        ("SETTINGS", '{"token_ttl": 3600, "password_min": {"length": 12}, "names": ["a"]}'),
        ("SETTINGS", "{not json"),
        ("OBJECT_KEY", "uploads/2026/11/a-b-c-d.pdf"),
        ("KEYBOARD", "dvorak"),
        ("BYPASS", "yes"),
        ("FIRST_PASS", "1"),
        ("TOKEN_COOKIE", "session"),
        ("SECRETS_MANAGER_ENDPOINT", "vpce-1"),
        ("STRIPE_PUBLISHABLE_KEY", "pk_live_51HabcdefghijkL9876543210"),
        ("DATABASE_URL", "postgresql://db.example/x"),
        ("DATABASE_URL", "postgresql://writer:${PASSWORD}@db.example/x"),
        ("KMS_KEY_ID", "1234abcd-12ab-34cd-56ef-1234567890ab"),
        ("STATE_MACHINE_ARN", "arn:aws:states:eu-west-2:111111111111:stateMachine:x"),
        ("UPSTREAM", "https://api.vendor.example/v1?api_key={key}"),
        ("UPSTREAM", "https://api.vendor.example/v1?api_key=${API_KEY}&token="),
        ("NEXT", "https://shop.example/orders?page_token=abcdefghijk&sign=none"),
        ("MYSQL", "app@tcp(db:3306)/app"),
        ("MYSQL", "app:${PASSWORD}@tcp(db:3306)/app"),
        ("MYSQL", "app:%s@tcp(db:3306)/app"),
        ("BYPASS_CACHE_FOR", "admins"),
        ("COMPASS", "north"),
        ("LASTPASS_FOLDER", "shared"),
        ("PW_BROWSER", "chromium"),
        ("FIRST_PASS2", "12"),
        ("SHEET", "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"),
        ("CLIENT_ID", DRAWN),
        ("VAPID_PUBLIC_KEY", DRAWN),
        ("BUILD", DRAWN),
        ("OBJECT_VERSION", DRAWN),
        ("GIT", "9fceb02d0ae598e95dc970b74767f19372d61af8"),
        ("TENANT", "7B0a7c1e-5d1f-4c0c-9f67-0d5f1a1c2b3d"),
        ("ARTIFACT", "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("IMAGE_OF_APP", "111111111111.dkr.ecr.eu-west-2.amazonaws.com/app:v1.2.3-9fceb02d0ae5"),
        ("STACK", "ShopProductionStack-OrdersTable9A8B7C6D-1XQ2W3E4R5T6Y"),
        ("PROCESSOR", "OrdersAndReturnsProcessorFunction9A8B7C6D"),
        ("FLAGS", "newCheckoutFlowV2_fastSearchV3_darkModeV1"),
        ("POOL", "eu-west-2_AbCdEfGhI"),
        ("SCRIPT", "sha256-B2yPHKaXnvFWtRChIbabYmUBFZdVfKKXHbWtWidDVF8="),
        ("SEALED", "AQICAHhQmFiKHbLIzTVbD3t7m0n3T2m3f4Qm8q0aAQICAHhQmFiKHbLI"),
        ("CONFIG", base64.b64encode(b'{"Retries": 3, "Region": "eu-west-2", "A": [1]}').decode()),
        ("STRIPE", "pk_live_" + "51HabcdefGHIjkL9876543210MnOpQrSt"),
        ("HANDLER_OF", "Shop.Orders.Api::Shop.Orders.Api.Function2::HandleAsync"),
    ],
)
def test_where_a_secret_is_kept_and_what_is_none_do_not(name: str, value: str) -> None:
    assert judged(FUNCTION, **environment(**{name: value})) == []


def test_what_the_program_marked_as_secret_is_one() -> None:
    assert broken(FUNCTION, **environment(GREETING=secret("hello"))) == [RULE]
    assert broken(FUNCTION, environment=secret({"variables": {"GREETING": "hello"}})) == [RULE]
    assert broken(FUNCTION, **environment(GREETING=secret(UNKNOWN))) == [RULE]
    arn = "arn:aws:secretsmanager:eu-west-2:111111111111:secret:x"
    assert broken(FUNCTION, **environment(GREETING=secret(arn))) == []


def test_settings_packed_into_one_variable_are_read() -> None:
    packed = json.dumps({"host": "db", "users": [{"password": "hunter2"}]})
    (found,) = judged(FUNCTION, **environment(SETTINGS=packed))
    assert "SETTINGS.users: password is named like a credential" in found.text
    assert "hunter2" not in found.text


def test_an_unknown_value_waits_where_its_name_says_credential() -> None:
    assert waiting(FUNCTION, **environment(DB_PASSWORD=UNKNOWN)) == [RULE]
    assert waiting(FUNCTION, environment={"variables": UNKNOWN}) == [RULE]
    assert judged(FUNCTION, **environment(USER_POOL_ID=UNKNOWN, SECRET_ARN=UNKNOWN)) == []


BAD = {"name": "DB_PASSWORD", "value": "hunter2"}
GOOD = {"name": "DB_HOST", "value": "db"}


def codebuild(**variable: Any) -> dict[str, Any]:
    return {"environment": {"environmentVariables": [{**BAD, **variable}]}}


def apprunner(entry: dict[str, str]) -> dict[str, Any]:
    variables = {"runtimeEnvironmentVariables": {entry["name"]: entry["value"]}}
    return {"sourceConfiguration": {"imageRepository": {"imageConfiguration": variables}}}


def test_a_build_may_refer_to_a_secret_and_not_hold_one() -> None:
    project = "aws:codebuild/project:Project"
    assert broken(project, **codebuild()) == [RULE]
    assert broken(project, **codebuild(type="PLAINTEXT")) == [RULE]
    assert broken(project, **codebuild(type="SECRETS_MANAGER", value="db:password")) == []
    assert broken(project, **codebuild(type="PARAMETER_STORE", value="password")) == []


@pytest.mark.parametrize(("entry", "expected"), [(BAD, [RULE]), (GOOD, [])])
def test_every_service_with_an_environment_is_read(
    entry: dict[str, str], expected: list[str]
) -> None:
    container = {"name": "web", "image": "x", "environment": [entry]}
    by_name = {entry["name"]: entry["value"]}
    task = "aws:ecs/taskDefinition:TaskDefinition"
    job = "aws:batch/jobDefinition:JobDefinition"
    assert broken(task, containerDefinitions=json.dumps([container])) == expected
    assert broken(job, containerProperties=json.dumps(container)) == expected
    nodes = {"nodeRangeProperties": [{"container": container}]}
    assert broken(job, nodeProperties=json.dumps(nodes)) == expected
    assert broken("aws:apprunner/service:Service", **apprunner(entry)) == expected
    assert broken("aws:amplify/app:App", environmentVariables=by_name) == expected
    arguments = {f"--{entry['name']}": entry["value"]}
    assert broken("aws:glue/job:Job", defaultArguments=arguments) == expected
    settings = [{"namespace": "aws:elasticbeanstalk:application:environment", **entry}]
    beanstalk = "aws:elasticbeanstalk/environment:Environment"
    assert broken(beanstalk, settings=settings) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["serve", "--db-password", "hunter2"], [RULE]),
        (["serve", "--db-password=hunter2"], [RULE]),
        (["serve", "--db-password"], []),
        ([], []),
        (None, []),
    ],
)
def test_a_containers_command_is_read(command: list[str] | None, expected: list[str]) -> None:
    container = {"name": "web", "image": "x", "command": command}
    task = "aws:ecs/taskDefinition:TaskDefinition"
    assert broken(task, containerDefinitions=json.dumps([container])) == expected


def test_containers_that_are_not_known_yet_wait() -> None:
    task = "aws:ecs/taskDefinition:TaskDefinition"
    assert waiting(task, containerDefinitions=UNKNOWN) == [RULE]


SCRIPT = "#!/bin/sh\nexport DB_PASSWORD='hunter2'\nstart\n"
FETCHING = "#!/bin/sh\nDB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id db)\n"


def test_a_machines_first_script_carries_no_secret() -> None:
    machine = "aws:ec2/instance:Instance"
    assert broken(machine, userData=SCRIPT) == [RULE]
    encoded = base64.b64encode(SCRIPT.encode()).decode()
    assert broken(machine, userDataBase64=encoded) == [RULE]
    assert broken("aws:ec2/launchTemplate:LaunchTemplate", userData=encoded) == [RULE]
    assert broken(machine, userData=f"curl -u {ACCESS_KEY}") == [RULE]
    assert broken(machine, userData=secret("#!/bin/sh")) == [RULE]
    assert broken(machine, userData=FETCHING) == []
    assert waiting(machine, userData=UNKNOWN) == [RULE]


def test_a_digest_is_what_a_secret_is_compared_with_and_no_secret() -> None:
    function = "aws:lambda/function:Function"
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    for value in (digest, f"{digest},{digest}"):
        assert broken(function, environment={"variables": {"EDGE_SECRET_SHA256": value}}) == []
    for name, value in (("EDGE_SECRET_SHA256", "correct horse"), ("PASSWORD_HASH", digest)):
        said = broken(function, environment={"variables": {name: value}})
        assert said == ["aws-plain-secret"], name
    drawn = Thing("random:index/randomPassword:RandomPassword", "drawn")
    needs = {"environment": ["drawn"]}
    for name, left in (("EDGE_SECRET_SHA256", []), ("EDGE_SECRET", ["aws-plain-secret-unknown"])):
        made = Thing(function, "f", {"environment": {"variables": {name: UNKNOWN}}}, needs)
        said = {each.rule for each in Court().on_stack([drawn, made])} - {"not-known-yet"}
        assert sorted(said) == left, name
