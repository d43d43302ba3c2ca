"""Sessions on the emulator: refresh tokens rotate and end as the pool's client says."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pilaster_local.services.platform import Platform

from lambdas.documents.aws.adapters.accounts import CognitoAccounts
from lambdas.documents.aws.adapters.attempts import DynamoAttempts
from lambdas.documents.model.account import Credentials
from lambdas.documents.model.attempts import Counter
from lambdas.documents.model.errors import SessionEndedError
from tests.support.local_cloud import Cloud

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

ANN = Credentials("ann@example.com", "Correct-horse-9")


@pytest.fixture
def cloud(platform: Platform) -> Cloud:
    return Cloud(platform)


def directory(cloud: Cloud, **client: Any) -> tuple[CognitoAccounts, Any, str]:
    """Accounts in a pool of their own with Ann in it, the service, and the client's id."""
    cognito = cloud.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName=cloud.name("pool"), UsernameAttributes=["email"])
    pool_id = pool["UserPool"]["Id"]
    made = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="c",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        **client,
    )["UserPoolClient"]
    accounts = CognitoAccounts(made["ClientId"], confirm_in=pool_id, cognito=cognito)
    accounts.register(ANN)
    return accounts, cognito, made["ClientId"]


def rotating(grace: int) -> dict[str, Any]:
    return {
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": grace},
        "AccessTokenValidity": 5,
        "TokenValidityUnits": {"AccessToken": "minutes"},
    }


def test_a_refresh_token_is_good_once_where_they_rotate(cloud: Cloud):
    accounts, _, _ = directory(cloud, **rotating(0))
    first = accounts.login(ANN)
    second = accounts.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert second.expires_in == 300
    time.sleep(0.05)
    with pytest.raises(SessionEndedError):
        accounts.refresh(first.refresh_token)
    assert accounts.refresh(second.refresh_token).access_token, "the thief's use ends nobody else"


def test_a_refresh_whose_answer_was_lost_may_be_asked_for_again(cloud: Cloud):
    accounts, _, _ = directory(cloud, **rotating(10))
    first = accounts.login(ANN)
    accounts.refresh(first.refresh_token)
    assert accounts.refresh(first.refresh_token).access_token


def test_a_revoked_session_refreshes_no_more_by_any_of_its_tokens(cloud: Cloud):
    accounts, _, _ = directory(cloud, **rotating(10))
    first = accounts.login(ANN)
    second = accounts.refresh(first.refresh_token)
    other = accounts.login(ANN)
    accounts.revoke(second.refresh_token)
    for token in (first.refresh_token, second.refresh_token):
        with pytest.raises(SessionEndedError):
            accounts.refresh(token)
    assert accounts.refresh(other.refresh_token).access_token, "another session goes on"
    accounts.revoke(second.refresh_token)  # again, and nothing comes of it


def test_where_tokens_rotate_the_older_flow_is_refused(cloud: Cloud):
    accounts, cognito, client = directory(cloud, **rotating(0))
    token = accounts.login(ANN).refresh_token
    with pytest.raises(ClientError, match="is not available"):
        cognito.initiate_auth(
            ClientId=client,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": token},
        )


def test_where_tokens_do_not_rotate_one_is_kept(cloud: Cloud):
    accounts, _, _ = directory(cloud)
    token = accounts.login(ANN).refresh_token
    assert accounts.refresh(token).refresh_token == token
    assert accounts.refresh(token).refresh_token == token


def test_the_setting_is_kept_and_told(cloud: Cloud):
    _, cognito, client = directory(cloud, **rotating(7))
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    told = None
    for pool in pools:
        asked = {"UserPoolId": pool["Id"], "ClientId": client}
        try:
            told = cognito.describe_user_pool_client(**asked)["UserPoolClient"]
        except ClientError:
            continue
    assert told is not None
    assert told["RefreshTokenRotation"]["RetryGracePeriodSeconds"] == 7


def test_what_is_no_token_of_ours_is_refused_like_one_that_ended(cloud: Cloud):
    accounts, _, _ = directory(cloud, **rotating(0))
    for token in ("x", "a.b.c", accounts.login(ANN).access_token):
        with pytest.raises(SessionEndedError):
            accounts.refresh(token)
        accounts.revoke(token)


def test_attempts_are_counted_up_to_the_limit_and_taken_back(cloud: Cloud):
    dynamodb, table = cloud.client("dynamodb"), cloud.name("attempts")
    dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "counter", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "counter", "AttributeType": "S"}],
    )
    attempts, counter = DynamoAttempts(table, dynamodb), Counter(key="login#x", most=3)
    assert [attempts.count(counter, 7) for _ in range(5)] == [True, True, True, False, False]
    assert attempts.count(counter, 8), "the next window begins anew"
    attempts.take_back(counter, 7)
    assert [attempts.count(counter, 7) for _ in range(2)] == [True, False]
    attempts.take_back(Counter(key="never counted", most=3), 7)
    items = dynamodb.scan(TableName=table)["Items"]
    assert {item["counter"]["S"]: item["tried"]["N"] for item in items} == {
        "login#x#7": "3",
        "login#x#8": "1",
    }
    assert all(int(item["expires"]["N"]) > 0 for item in items)
