"""What a function sees: its archive, its own environment, what its side reaches. Nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from pilaster_local.services.platform import Platform

from tests.support.local_cloud import REGION, Cloud, allow
from tests.support.sdk import sdk_files

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def prober(platform: Platform):
    """A function inside that runs the Python it is sent."""
    cloud = Cloud(platform)
    bucket = cloud.bucket()
    code = """
        import os

        def handler(event, context):
            names = {}
            try:
                exec(event["run"], names)
            except BaseException as error:
                return {"error": type(error).__name__, "message": str(error)}
            return {"answer": names.get("answer")}
    """
    own = allow(["s3:PutObject", "s3:GetObject"], f"arn:aws:s3:::{bucket}/*")
    files = sdk_files("s3", "sqs", "dynamodb", "sts", "lambda")
    probers = {
        side: cloud.function(
            code,
            inside=side == "inside",
            files=files,
            grants=[own, allow("sqs:ListQueues", "*"), allow("dynamodb:ListTables", "*")],
            Environment={"Variables": {"OWN": "mine"}},
            MemorySize=512,
            Timeout=30,
        )
        for side in ("inside", "outside")
    }

    def probe(run: str, side: str = "inside") -> dict:
        return probers[side].call({"run": run})

    probe.bucket = bucket  # type: ignore[attr-defined]
    return probe


def test_pulumi_cannot_be_imported(prober, platform: Platform):
    if platform.isolation == "none":
        pytest.skip("this kernel keeps nothing apart")
    assert prober("import pulumi")["error"] == "ModuleNotFoundError"


def test_site_packages_of_this_machine_are_not_there(prober):
    found = prober("import sys; answer = [p for p in sys.path if 'packages' in p]")
    assert found["answer"] == []


def test_a_file_of_the_repository_cannot_be_opened(prober):
    assert prober(f"open({str(REPOSITORY / 'pyproject.toml')!r})")["error"] == "FileNotFoundError"


def test_a_password_file_of_this_machine_cannot_be_opened(prober):
    found = prober("answer = open('/etc/passwd').read()")
    assert found["answer"] == "sandbox:x:993:990::/tmp:/sbin/nologin\n"


@pytest.mark.parametrize("program", ["/bin/sh", "/usr/bin/env", "/bin/ls", "/usr/bin/bwrap"])
def test_a_system_program_cannot_be_run(prober, program: str):
    run = f"import subprocess; subprocess.run([{program!r}], check=True)"
    assert prober(run)["error"] == "FileNotFoundError"


def test_the_environment_is_the_functions_own_and_lambdas(prober):
    names = set(prober("import os; answer = sorted(os.environ)")["answer"])
    lambdas = {name for name in names if name.startswith(("AWS_", "LAMBDA_"))}
    assert names - lambdas - {"_X_AMZN_TRACE_ID"} == {
        *("OWN", "LANG", "TZ", "PATH", "LD_LIBRARY_PATH", "_HANDLER", "PWD"),
        *("PGSSLROOTCERT", "SSL_CERT_FILE"),  # whose certificates the database and cache carry here
    }


def test_a_host_variable_cannot_be_read(prober):
    found = prober("import os; answer = [os.environ.get(n) for n in ('HOME', 'USER', 'STATE_DIR')]")
    assert found["answer"] == [None, None, None]


def test_the_environment_stands_in_no_command_line(cloud: Cloud):
    function = cloud.function(
        "def handler(event, context): return 1", Environment={"Variables": {"S": "hidden-word"}}
    )
    function.call()
    shown = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True).stdout
    assert "bwrap" in shown
    assert "hidden-word" not in shown


def test_other_processes_cannot_be_seen(prober):
    found = prober("import os; answer = sorted(int(p) for p in os.listdir('/proc') if p.isdigit())")
    assert max(found["answer"]) < 20


def test_the_archive_is_read_only(prober):
    assert prober("open('/var/task/app.py', 'a')")["error"] in ("OSError", "PermissionError")


def test_tmp_is_private_and_bounded(cloud: Cloud):
    code = """
        import os
        def handler(event, context):
            seen = os.listdir("/tmp")
            open("/tmp/mine", "w").write("x")
            return seen
    """
    assert cloud.function(code).call() == []
    assert cloud.function(code).call() == []


def test_a_function_cannot_act_as_root(prober):
    run = f"""
import boto3
boto3.client("sqs", region_name={REGION!r}, aws_access_key_id="test",
             aws_secret_access_key="test", aws_session_token="x").list_queues()
"""
    found = prober(run, "outside")
    assert found["error"] == "ClientError"
    assert "not one this function was given" in found["message"]


@pytest.mark.parametrize("order", ["root first", "root last"])
def test_a_function_cannot_hide_a_key_behind_its_own(prober, order: str):
    """Two headers of one name are one to the emulator: the door looks at what it will look at."""
    run = f"""
import http.client, os
from urllib.parse import urlsplit
own, root = os.environ["AWS_ACCESS_KEY_ID"], "test"
door = http.client.HTTPConnection(urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc)
door.putrequest("GET", "/")
for key in (root, own) if {order!r} == "root first" else (own, root):
    scope = f"{{key}}/20260101/eu-central-1/s3/aws4_request"
    door.putheader("Authorization", f"AWS4-HMAC-SHA256 Credential={{scope}}, SignedHeaders=host, "
                                    "Signature=0")
door.endheaders()
found = door.getresponse()
answer = [found.status, found.read().decode()]
"""
    for side in ("outside", "inside"):
        status, said = prober(run, side)["answer"]
        assert status in (400, 403), said


def test_a_function_cannot_use_another_functions_grant(prober, cloud: Cloud):
    run = """
import boto3
answer = boto3.client("s3").put_object(Bucket={!r}, Key="a", Body=b"x") and "put"
"""
    assert prober(run.format(prober.bucket), "outside") == {"answer": "put"}
    found = prober(run.format(cloud.bucket()), "outside")
    assert found["error"] == "AccessDenied"
    assert "is not authorized to perform: s3:PutObject" in found["message"]


def test_a_function_cannot_sign_with_another_functions_key(prober, cloud: Cloud):
    code = "import os\ndef handler(e, c): return [os.environ[n] for n in e['names']]"
    other = cloud.function(code, grants=[allow("sqs:ListQueues", "*")])
    key, token = other.call({"names": ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"]})
    run = f"""
import boto3
boto3.client("sqs", aws_access_key_id={key!r}, aws_secret_access_key="guessed",
             aws_session_token={token!r}).list_queues()
"""
    assert "SignatureDoesNotMatch" in prober(run, "outside")["message"]


def test_without_a_signature_a_function_learns_nothing(prober, platform: Platform):
    run = """
import urllib.request, urllib.error
try:
    urllib.request.urlopen({!r})
except urllib.error.HTTPError as error:
    answer = error.code
"""
    for path in ("/", f"/{prober.bucket}", f"/{prober.bucket}/a", "/2015-03-31/functions/"):
        assert prober(run.format(platform.endpoint + path), "outside") == {"answer": 403}, path


def test_a_function_cannot_take_another_functions_role(prober, cloud: Cloud):
    role = cloud.role("lambda", [allow("sqs:DeleteQueue", "*")])
    run = f"""
import boto3
boto3.client("sts").assume_role(RoleArn={role!r}, RoleSessionName="stolen")
"""
    found = prober(run, "outside")
    assert "AccessDenied" in found["message"]


def test_an_inside_function_reaches_s3_and_dynamodb(prober):
    run = f"""
import boto3
boto3.client("s3").put_object(Bucket={prober.bucket!r}, Key="b", Body=b"inside")
answer = boto3.client("s3").get_object(Bucket={prober.bucket!r}, Key="b")["Body"].read().decode()
boto3.client("dynamodb").list_tables()
"""
    assert prober(run) == {"answer": "inside"}


def test_an_inside_function_does_not_reach_sqs(prober):
    found = prober("import boto3; boto3.client('sqs').list_queues()")
    assert found["error"] == "ClientError"
    assert "an inside function reaches s3 and dynamodb only, not sqs" in found["message"]
    assert prober("import boto3; boto3.client('sqs').list_queues(); answer = 1", "outside") == {
        "answer": 1
    }


def test_an_inside_function_does_not_reach_sqs_under_another_services_name(prober):
    run = """
import boto3
from botocore.config import Config
client = boto3.client("sqs")
client.meta.events.register("choose-signer.sqs", lambda **_: None)
client._request_signer._signing_name = "s3"
client.list_queues()
"""
    assert "not sqs" in prober(run)["message"]


def test_a_function_does_not_reach_the_controls_of_the_local_cloud(prober, platform: Platform):
    run = f"""
import urllib.request, urllib.error
try:
    reset = urllib.request.Request("{platform.endpoint}/_ministack/reset", method="POST")
    urllib.request.urlopen(reset)
except urllib.error.HTTPError as error:
    answer = error.code
"""
    for side in ("inside", "outside"):
        assert prober(run, side) == {"answer": 403}


def test_a_presigned_url_of_an_inside_function_is_good_outside(prober):
    import urllib.request

    run = f"""
import boto3
answer = boto3.client("s3").generate_presigned_url(
    "put_object", Params=dict(Bucket={prober.bucket!r}, Key="signed"))
"""
    url = prober(run)["answer"]
    request = urllib.request.Request(url, data=b"from outside", method="PUT")
    assert urllib.request.urlopen(request).status == 200


def test_the_database_is_reached_from_inside_and_not_from_outside(prober, platform: Platform):
    run = f"import socket; socket.create_connection(('localhost', {platform.database_port}), 3)"
    assert prober(run + "; answer = 1", "inside") == {"answer": 1}
    assert prober(run, "outside")["error"] == "ConnectionRefusedError"


def test_nothing_else_of_this_machine_is_reached(prober):
    found = prober("import socket; socket.create_connection(('1.1.1.1', 53), 3)")
    assert found["error"] == "OSError"
    assert "unreachable" in found["message"]


def test_the_run_says_how_far_functions_are_kept_apart(platform: Platform):
    works = subprocess.run(
        ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    ).returncode
    assert (platform.isolation == "namespaces") == (works == 0)
