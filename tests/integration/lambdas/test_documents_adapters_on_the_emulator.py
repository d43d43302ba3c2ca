"""The adapters against the emulator: presigned uploads, objects, accounts, runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from botocore.config import Config
from pilaster_local.services.mailbox import confirmation_code
from pilaster_local.services.platform import Platform

from lambdas.documents.aws.adapters.accounts import CognitoAccounts
from lambdas.documents.aws.adapters.links import S3Links
from lambdas.documents.aws.adapters.objects import S3Objects
from lambdas.documents.aws.adapters.runs import StepFunctionsRuns
from lambdas.documents.model.account import Credentials
from lambdas.documents.model.errors import InvalidInputError, WrongCredentialsError
from lambdas.documents.ports.uploads import UploadLink
from lambdas.shared.aws.signing import Keys
from tests.support.documents_examples import a_document, a_job, a_run
from tests.support.local_cloud import REGION, Cloud

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

BYTES = b"%PDF-1.7 nearly"
SIGNED = Config(
    signature_version="s3v4",
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@pytest.fixture
def cloud(platform: Platform) -> Cloud:
    return Cloud(platform)


@pytest.fixture
def bucket(cloud: Cloud) -> str:
    return cloud.bucket()


@pytest.fixture
def objects(cloud: Cloud, bucket: str) -> S3Objects:
    return S3Objects(bucket, cloud.client("s3", config=SIGNED))


def link(cloud: Cloud, bucket: str, seconds: int = 60) -> UploadLink:
    keys = Keys("test", "test")
    links = S3Links(bucket, keys=keys, region=REGION, endpoint=cloud.platform.endpoint)
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    return links.sign("uploads/u/d.pdf", content_type="application/pdf", size=15, until=until)


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client() as client:
        yield client


def test_an_upload_as_signed_arrives(
    cloud: Cloud, bucket: str, objects: S3Objects, http: httpx.Client
):
    made = link(cloud, bucket)
    assert http.put(made.url, content=BYTES, headers=dict(made.headers)).status_code == 200
    assert objects.read("uploads/u/d.pdf", limit=99) == BYTES


def test_a_second_upload_to_one_link_is_refused(
    cloud: Cloud, bucket: str, objects: S3Objects, http: httpx.Client
):
    made = link(cloud, bucket)
    http.put(made.url, content=BYTES, headers=dict(made.headers))
    again = http.put(made.url, content=b"other bytes now", headers=dict(made.headers))
    assert again.status_code == 412
    assert objects.read("uploads/u/d.pdf", limit=99) == BYTES


def test_a_link_whose_upload_was_moved_away_is_good_for_no_other(
    cloud: Cloud, bucket: str, objects: S3Objects, http: httpx.Client
):
    made = link(cloud, bucket)
    http.put(made.url, content=BYTES, headers=dict(made.headers))
    for _ in range(2):  # the second attempt finds what the first left, and never moves that
        moved = objects.copy("uploads/u/d.pdf", "archive/d.pdf")
        objects.seal("uploads/u/d.pdf")
        assert objects.read("archive/d.pdf", limit=99) == BYTES
    assert not moved
    again = http.put(made.url, content=BYTES, headers=dict(made.headers))
    assert again.status_code == 412
    assert objects.read("uploads/u/d.pdf", limit=99) == b""
    assert len(objects.versions("uploads/u/d.")) == 1, "and nothing of what was there"


@pytest.mark.parametrize(
    ("content", "changes"),
    [
        (BYTES + b"more", {"Content-Length": "19"}),
        (BYTES, {"Content-Type": "text/html"}),
        (BYTES, {"If-None-Match": None}),
    ],
)
def test_an_upload_that_is_not_as_signed_is_refused(
    cloud: Cloud,
    bucket: str,
    objects: S3Objects,
    http: httpx.Client,
    content: bytes,
    changes: dict[str, str | None],
):
    made = link(cloud, bucket)
    headers = {k: v for k, v in {**made.headers, **changes}.items() if v is not None}
    assert http.put(made.url, content=content, headers=headers).status_code == 403
    assert objects.read("uploads/u/d.pdf", limit=99) is None


def test_objects_are_written_read_and_cleared(objects: S3Objects):
    for key in ("work/1/a.json", "work/1/v/b.json", "work/10/c.json"):
        objects.write(key, b"{}")
    objects.write("work/1/a.json", b"{2}")
    objects.erase("work/1/")
    objects.delete("work/1/a.json")  # once more: what is not there counts as deleted
    assert objects.read("work/1/v/b.json", limit=9) is None
    assert objects.read("work/10/c.json", limit=9) == b"{}"


@pytest.fixture
def pool(cloud: Cloud) -> tuple[str, str]:
    """A pool as components/pilaster/aws/users.py makes it, and its client."""
    cognito = cloud.client("cognito-idp")
    policy = {
        "MinimumLength": 12,
        "RequireLowercase": True,
        "RequireUppercase": True,
        "RequireNumbers": True,
        "RequireSymbols": False,
    }
    made = cognito.create_user_pool(
        PoolName=cloud.name("pool"),
        UsernameAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": policy},
    )["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=made,
        ClientName="c",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        PreventUserExistenceErrors="ENABLED",
    )["UserPoolClient"]["ClientId"]
    return made, client


ANN = Credentials("ann@example.com", "Correct-horse-9")


def test_an_account_confirmed_at_once_can_log_in(cloud: Cloud, pool: tuple[str, str]):
    accounts = CognitoAccounts(pool[1], confirm_in=pool[0], cognito=cloud.client("cognito-idp"))
    registration = accounts.register(ANN)
    assert registration is not None
    assert registration.confirmed
    assert accounts.login(ANN).expires_in > 0
    assert accounts.register(ANN) is None
    for wrong in (
        Credentials(ANN.email, "Wrong-horse-999"),
        Credentials("nobody@example.com", ANN.password),
    ):
        with pytest.raises(WrongCredentialsError):
            accounts.login(wrong)


def test_an_account_is_confirmed_by_the_code_from_its_e_mail(cloud: Cloud, pool: tuple[str, str]):
    accounts = CognitoAccounts(pool[1], cognito=cloud.client("cognito-idp"))
    bob = Credentials(f"{cloud.name('bob')}@example.com", "Correct-horse-9")
    registration = accounts.register(bob)
    assert registration is not None
    assert not registration.confirmed
    with pytest.raises(WrongCredentialsError):
        accounts.login(bob)
    code = confirmation_code(cloud.platform, bob.email)
    assert code is not None
    assert accounts.confirm(bob.email, f"{code}0") is False
    assert accounts.confirm("nobody@example.com", code) is False
    assert accounts.confirm(bob.email, code) is True
    assert accounts.login(bob).access_token


def test_the_pools_password_rules_are_passed_on(cloud: Cloud, pool: tuple[str, str]):
    accounts = CognitoAccounts(pool[1], cognito=cloud.client("cognito-idp"))
    with pytest.raises(InvalidInputError) as refused:
        accounts.register(Credentials("bob@example.com", "short"))
    assert [fault.field for fault in refused.value.faults] == ["password"]


def test_a_run_is_started_once(cloud: Cloud):
    states = cloud.client("stepfunctions")
    machine = states.create_state_machine(
        name=cloud.name("machine"),
        definition='{"StartAt": "end", "States": {"end": {"Type": "Succeed"}}}',
        roleArn=cloud.role("states", []),
    )["stateMachineArn"]
    runs, job = StepFunctionsRuns(machine, "bus", states), a_job(a_run(a_document()))
    run = job.run
    assert [runs.start(run, job.uploaded) for _ in range(2)] == [True, False]
    executions = states.list_executions(stateMachineArn=machine)["executions"]
    assert [each["name"] for each in executions] == [f"{run.document}-{run.version}"]
