"""The adapters' part that needs no cloud: what is asked of AWS, and what becomes of its answers."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError
from botocore.response import StreamingBody

from lambdas.documents.aws.adapters.accounts import CognitoAccounts
from lambdas.documents.aws.adapters.links import S3Links
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.model.account import Credentials, Registration, Tokens
from lambdas.documents.model.errors import (
    AccountsUnavailableError,
    InvalidInputError,
    ObjectTooLargeError,
    SessionEndedError,
    StorageUnavailableError,
    TooManyAttemptsError,
    WrongCredentialsError,
)
from lambdas.shared.aws.login import Login
from lambdas.shared.aws.signing import Keys
from tests.support.documents_aws import Service, client_error
from tests.support.line import Line

ANN = Credentials("ann@example.com", "Correct-horse-9")
UNREACHABLE = EndpointConnectionError(endpoint_url="https://x")


# --- Objects -----------------------------------------------------------------------------------


def holding(data: bytes) -> S3Objects:
    body = StreamingBody(io.BytesIO(data), len(data))
    return S3Objects("files", Service(get_object={"Body": body}))


def test_an_object_is_read_whole_up_to_the_limit():
    assert holding(b"12345").read("k", limit=5) == b"12345"


def test_an_object_beyond_the_limit_is_not_read_into_memory():
    with pytest.raises(ObjectTooLargeError):
        holding(b"123456").read("k", limit=5)


def test_an_object_that_is_not_there_is_none():
    assert (
        S3Objects("files", Service(get_object=client_error("NoSuchKey"))).read("k", limit=1) is None
    )


def test_an_object_that_may_not_be_read_is_an_error_that_stays():
    with pytest.raises(Exception, match="AccessDenied"):
        S3Objects("files", Service(get_object=client_error("AccessDenied"))).read("k", limit=1)


@pytest.mark.parametrize(
    "error",
    [
        UNREACHABLE,
        ConnectTimeoutError(endpoint_url="https://x"),
        client_error("SlowDown", status=503),
        client_error("InternalError", status=500),
        client_error("Anything", status=502),
    ],
)
def test_a_store_that_does_not_answer_is_an_error_that_passes(error: Exception):
    s3 = S3Objects("files", Service(get_object=error, put_object=error, delete_object=error))
    calls: list[Callable[[], Any]] = [
        lambda: s3.read("k", limit=1),
        lambda: s3.write("k", b""),
        lambda: s3.delete("k"),
    ]
    for call in calls:
        with pytest.raises(StorageUnavailableError):
            call()


def test_a_picture_of_a_page_has_time_to_be_sent_over_a_new_connection(
    monkeypatch: pytest.MonkeyPatch,
):
    go_on, done = b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
    line = Line(go_on + done).install(monkeypatch)
    for name, value in {
        "AWS_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)

    S3Objects("files").write("preprocessed/a/b/page-1.png", b"a picture", kind="image/png")

    assert min(line.sending_seconds) >= 10, "urllib3 sends it under the connect timeout"


# --- Signatures: the same as botocore's -------------------------------------------------------

KEYS = Keys("AKIATEST", "secret", "session/+=")
MOMENT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """botocore signs at noon."""
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: MOMENT)
    return MOMENT


def theirs(service: str, **options: Any) -> Any:
    return boto3.client(
        service,
        region_name="eu-central-1",
        aws_access_key_id=KEYS.access_key,
        aws_secret_access_key=KEYS.secret_key,
        aws_session_token=KEYS.token,
        **options,
    )


def taken_apart(url: str) -> tuple[str, dict[str, list[str]]]:
    whole = urlsplit(url if "://" in url else f"https://{url}")
    return f"{whole.scheme}://{whole.netloc}{whole.path}", parse_qs(whole.query)


@pytest.mark.parametrize("user", ["documents_api", "user+with/odd=signs & spaces~"])
def test_a_login_token_is_the_one_an_rds_client_makes(stopped_clock: datetime, user: str):
    token = Login(keys=KEYS, region="eu-central-1", host="db.example", port=5432, user=user).token(
        stopped_clock
    )
    expected = theirs("rds").generate_db_auth_token("db.example", 5432, user)
    assert taken_apart(token) == taken_apart(expected)
    assert not token.startswith("https://")


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:4566", "http://127.0.0.1:4566/"])
def test_an_upload_link_is_the_one_an_s3_client_makes(
    stopped_clock: datetime, monkeypatch: pytest.MonkeyPatch, endpoint: str | None
):
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return stopped_clock

    monkeypatch.setattr("lambdas.documents.aws.adapters.links.datetime", Clock)
    until = stopped_clock + timedelta(minutes=15)
    link = S3Links("files", keys=KEYS, region="eu-central-1", endpoint=endpoint).sign(
        "uploads/u/d.png", content_type="image/png", size=99, until=until
    )
    addressing = {"addressing_style": "path" if endpoint else "virtual"}
    s3 = theirs(
        "s3",
        endpoint_url=endpoint and endpoint.rstrip("/"),
        config=Config(
            signature_version="s3v4",
            s3=addressing,
            request_checksum_calculation="when_required",
        ),
    )
    expected = s3.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": "files",
            "Key": "uploads/u/d.png",
            "ContentType": "image/png",
            "ContentLength": 99,
            "IfNoneMatch": "*",
        },
        ExpiresIn=900,
    )
    assert taken_apart(link.url) == taken_apart(expected)
    assert link.expires_at == until


def test_a_link_signs_length_type_and_that_nothing_is_there_yet():
    until = datetime.now(UTC) + timedelta(minutes=15)
    link = S3Links("files", keys=KEYS, region="eu-central-1").sign(
        "uploads/u/d.png", content_type="image/png", size=99, until=until
    )
    _, query = taken_apart(link.url)
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host;if-none-match"]
    assert query["X-Amz-Expires"] == ["900"]
    assert link.headers == {
        "Content-Type": "image/png",
        "Content-Length": "99",
        "If-None-Match": "*",
    }
    assert abs(link.expires_at - until) < timedelta(seconds=2)


def test_keys_are_in_no_representation():
    assert "secret" not in repr(KEYS)
    assert "session" not in repr(KEYS)


# --- Accounts ----------------------------------------------------------------------------------


def accounts(confirm_in: str | None = None, **answers: Any) -> tuple[CognitoAccounts, Service]:
    service = Service(**{"sign_up": {"UserSub": "sub", "UserConfirmed": False}, **answers})
    return CognitoAccounts("client", confirm_in=confirm_in, cognito=service), service


def test_a_new_account_waits_for_its_code():
    cognito, service = accounts()
    assert cognito.register(ANN) == Registration(user="sub", confirmed=False)
    assert [call for call, _ in service.calls] == ["sign_up"]


def test_a_new_account_is_confirmed_at_once_where_the_stack_says_so():
    cognito, service = accounts("pool")
    assert cognito.register(ANN) == Registration(user="sub", confirmed=True)
    assert service.calls[1] == (
        "admin_confirm_sign_up",
        {"UserPoolId": "pool", "Username": "ann@example.com"},
    )


def test_an_address_that_is_taken_is_none_and_confirms_nobody():
    cognito, service = accounts("pool", sign_up=client_error("UsernameExistsException"))
    assert cognito.register(ANN) is None
    assert len(service.calls) == 1


@pytest.mark.parametrize(
    "again",
    [
        {},
        client_error("InvalidParameterException"),
        client_error("UserNotFoundException"),
        client_error("LimitExceededException"),
    ],
)
def test_registering_again_sends_the_code_again_and_tells_nobody_whether(again: Any):
    """The account is made before the code is sent: without this a lost code is the end of it."""
    cognito, service = accounts(
        sign_up=client_error("UsernameExistsException"), resend_confirmation_code=again
    )
    assert cognito.register(ANN) is None
    assert service.calls[1] == (
        "resend_confirmation_code",
        {"ClientId": "client", "Username": "ann@example.com"},
    )


@pytest.mark.parametrize(
    ("code", "message", "field"),
    [
        ("InvalidPasswordException", "Password must have symbol characters", "password"),
        ("InvalidParameterException", "Invalid email address format.", "email"),
        ("InvalidParameterException", "Value at 'password' failed", "password"),
    ],
)
def test_the_pools_own_rules_are_passed_on_by_field(code: str, message: str, field: str):
    cognito, _ = accounts(sign_up=client_error(code, message))
    with pytest.raises(InvalidInputError) as refused:
        cognito.register(ANN)
    (fault,) = refused.value.faults
    assert (fault.field, fault.message) == (field, message)


@pytest.mark.parametrize(
    "code",
    [
        "CodeMismatchException",
        "ExpiredCodeException",
        "NotAuthorizedException",
        "UserNotFoundException",
        "AliasExistsException",
    ],
)
def test_a_code_that_does_not_confirm_is_one_thing_only(code: str):
    cognito, _ = accounts(confirm_sign_up=client_error(code))
    assert cognito.confirm("ann@example.com", "1") is False


@pytest.mark.parametrize(
    "answer",
    [
        client_error("NotAuthorizedException"),
        client_error("UserNotFoundException"),
        client_error("UserNotConfirmedException"),
        client_error("PasswordResetRequiredException"),
        {"ChallengeName": "NEW_PASSWORD_REQUIRED"},
    ],
)
def test_a_login_that_fails_does_not_tell_why(answer: Any):
    cognito, _ = accounts(initiate_auth=answer)
    with pytest.raises(WrongCredentialsError) as refused:
        cognito.login(ANN)
    assert str(refused.value) == ""


def test_a_login_gives_tokens():
    result = {"AccessToken": "a", "IdToken": "i", "RefreshToken": "r", "ExpiresIn": 3600}
    cognito, service = accounts(initiate_auth={"AuthenticationResult": result})
    assert cognito.login(ANN) == Tokens("a", "i", "r", 3600)
    assert service.calls[0][1]["AuthFlow"] == "USER_PASSWORD_AUTH"


def test_a_refresh_gives_the_new_refresh_token_or_keeps_the_old_one():
    result = {"AccessToken": "a", "IdToken": "i", "RefreshToken": "r2", "ExpiresIn": 300}
    cognito, service = accounts(get_tokens_from_refresh_token={"AuthenticationResult": result})
    assert cognito.refresh("r1") == Tokens("a", "i", "r2", 300)
    assert service.calls == [
        ("get_tokens_from_refresh_token", {"ClientId": "client", "RefreshToken": "r1"})
    ]
    del result["RefreshToken"]
    assert cognito.refresh("r1").refresh_token == "r1"


@pytest.mark.parametrize(
    "code",
    [
        "NotAuthorizedException",
        "RefreshTokenReuseException",
        "UserNotFoundException",
        "InvalidParameterException",
    ],
)
def test_a_session_that_has_ended_does_not_tell_how(code: str):
    error = client_error(code)
    cognito, _ = accounts(get_tokens_from_refresh_token=error, revoke_token=error)
    with pytest.raises(SessionEndedError):
        cognito.refresh("r1")
    cognito.revoke("r1")


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (client_error("TooManyRequestsException"), TooManyAttemptsError),
        (client_error("LimitExceededException"), TooManyAttemptsError),
        (client_error("InternalErrorException", status=500), AccountsUnavailableError),
        (UNREACHABLE, AccountsUnavailableError),
    ],
)
def test_a_directory_that_wants_a_pause_gets_one(error: Exception, raised: type[Exception]):
    cognito, _ = accounts(sign_up=error, confirm_sign_up=error, initiate_auth=error)
    calls: list[Callable[[], Any]] = [
        lambda: cognito.register(ANN),
        lambda: cognito.confirm("ann@example.com", "1"),
        lambda: cognito.login(ANN),
    ]
    for call in calls:
        with pytest.raises(raised):
            call()


def test_a_password_is_in_no_representation():
    assert "Correct-horse-9" not in repr(ANN) + str(ANN)
    assert "secret" not in repr(Tokens("secret", "secret", "secret", 1))
