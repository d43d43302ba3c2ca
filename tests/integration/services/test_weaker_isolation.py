"""Where the kernel allows no namespaces the run says so, and still keeps apart what it can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pilaster_local.services import platform as local_cloud

from tests.support.local_cloud import Cloud, Function

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


def test_tmp_is_private_and_is_cleared_away(cloud: Cloud, prober: Function):
    run = "import tempfile; open(tempfile.gettempdir() + '/a', 'w').write('x'); answer = 1"
    assert prober.call({"run": run}) == {"answer": 1}
    folder = cloud.platform.root / ".pilaster/local/tmp"
    assert [path.name for path in folder.glob("function-*/a")] == ["a"]
    local_cloud.stop(cloud.platform.root)
    assert not folder.exists()
