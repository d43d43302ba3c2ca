"""Where the kernel allows no namespaces the run says so, and still keeps apart what it can."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pilaster_local.services import platform as local_cloud

from tests.integration.services.test_function_isolation import sdk_files
from tests.support.local_cloud import Cloud, Function, allow

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

PROBE = """
    def handler(event, context):
        names = {}
        try:
            exec(event["run"], names)
        except BaseException as error:
            return {"error": type(error).__name__, "message": str(error)}
        return {"answer": names.get("answer")}
"""


@pytest.fixture(scope="module", params=["landlock", "none"])
def cloud(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cloud]:
    root = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILASTER_ISOLATION", request.param)
        yield Cloud(local_cloud.start(root, say=lambda _: None))
    local_cloud.purge(root)


@pytest.fixture(scope="module")
def prober(cloud: Cloud) -> Function:
    return cloud.function(PROBE, Environment={"Variables": {"OWN": "mine"}})


def test_the_run_says_which_level_it_has(cloud: Cloud):
    assert cloud.platform.isolation in cloud.platform.root.name


def test_the_environment_is_the_functions_own(prober: Function):
    run = "import os; answer = [os.environ.get(n) for n in ('OWN', 'HOME', 'STATE_DIR')]"
    assert prober.call({"run": run}) == {"answer": ["mine", None, None]}


def test_pulumi_cannot_be_imported(prober: Function):
    assert prober.call({"run": "import pulumi"})["error"] == "ModuleNotFoundError"


def test_landlock_keeps_files_and_programs_of_this_machine_away(cloud: Cloud, prober: Function):
    file = Path(__file__).resolve()
    found = prober.call({"run": f"open({str(file)!r})"})
    program = prober.call({"run": "import subprocess; subprocess.run(['/bin/true'], check=True)"})
    if cloud.platform.isolation == "landlock":
        assert (found["error"], program["error"]) == ("PermissionError", "PermissionError")
    else:
        assert (found, program) == ({"answer": None}, {"answer": None})


def test_landlock_keeps_other_ports_away(cloud: Cloud, prober: Function):
    port = cloud.platform.database_port
    run = f"import socket; socket.create_connection(('127.0.0.1', {port}), 3); answer = 1"
    found = prober.call({"run": run})
    expected = "PermissionError" if cloud.platform.isolation == "landlock" else None
    assert found.get("error") == expected


def test_a_function_has_the_door_of_its_side_and_landlock_keeps_the_machines_away(
    cloud: Cloud, prober: Function
):
    machines = cloud.platform.endpoint
    own = prober.call({"run": "import os; answer = os.environ['AWS_ENDPOINT_URL']"})["answer"]
    assert own != machines
    run = """
import urllib.request, urllib.error
def status(url, **headers):
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers)).status
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError as error:
        return type(error.reason).__name__
root = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/s3/aws4_request, SignedHeaders=host"
"""
    ask = run + "door = {!r}; answer = [status(door + '/_pilaster/status'), "
    ask += "status(door, Authorization=root)]"
    assert prober.call({"run": ask.format(own)}) == {"answer": [403, 403]}
    found = prober.call({"run": ask.format(machines)})["answer"]
    kept = cloud.platform.isolation == "landlock"
    assert found == (["PermissionError"] * 2 if kept else [200, 200])


@pytest.mark.parametrize("inside", [True, False])
def test_a_functions_door_lets_it_use_its_grants_and_its_signed_urls(cloud: Cloud, inside: bool):
    bucket = cloud.bucket()
    function = cloud.function(
        """
        import boto3

        def handler(event, context):
            objects = boto3.client("s3")
            objects.put_object(Bucket=event["bucket"], Key="a", Body=b"x")
            where = dict(Bucket=event["bucket"], Key="signed")
            return objects.generate_presigned_url("put_object", Params=where)
        """,
        inside=inside,
        files=sdk_files("s3"),
        grants=[allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*")],
        MemorySize=512,
        Timeout=30,
    )
    url = function.call({"bucket": bucket})
    request = urllib.request.Request(url, data=b"from outside", method="PUT")
    assert urllib.request.urlopen(request).status == 200
    found = cloud.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert [one["Key"] for one in found] == ["a", "signed"]


def test_a_function_inside_finds_the_database_by_its_name(cloud: Cloud):
    function = cloud.function(PROBE, inside=True)
    port = cloud.platform.database_port
    run = f"import socket; socket.create_connection(('localhost', {port}), 3); answer = 1"
    assert function.call({"run": run}) == {"answer": 1}


def test_landlock_comes_with_a_filter_that_keeps_unix_sockets_away(cloud: Cloud, prober: Function):
    run = """
import socket
a, b = socket.socketpair()
a.send(b"x")
assert b.recv(1) == b"x"
socket.socket(socket.AF_UNIX)
answer = 1
"""
    found = prober.call({"run": run})
    expected = "PermissionError" if cloud.platform.isolation == "landlock" else None
    assert found.get("error") == expected


def test_tmp_is_private_and_is_cleared_away(cloud: Cloud, prober: Function):
    run = "import tempfile; open(tempfile.gettempdir() + '/a', 'w').write('x'); answer = 1"
    assert prober.call({"run": run}) == {"answer": 1}
    folder = cloud.platform.root / ".pilaster/local/tmp"
    assert [path.name for path in folder.glob("function-*/a")] == ["a"]
    local_cloud.stop(cloud.platform.root)
    assert not folder.exists()
