"""The official engine takes the plugin from its folder: schema, SDKs, and a program that uses one.

The same program is written twice, with the components themselves and with the SDK made from the
schema; the engine is asked for the same resources.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import uv
from pilaster.plugin import schema

from tests.support.official import Official

pytestmark = [
    pytest.mark.integration,
    pytest.mark.engine,
    pytest.mark.enable_socket,
    pytest.mark.skipif(
        shutil.which("pulumi") is None, reason="the official `pulumi` is not on PATH"
    ),
]

ROOT = Path(__file__).parents[3]
PLUGIN = "../pilaster/components"
FILES: Mapping[str, str] = {
    "Pulumi.yaml": f"""\
name: shop
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: venv
plugins:
  providers:
    - name: pilaster
      path: {PLUGIN}
""",
    "Pulumi.dev.yaml": """\
config:
  aws:region: eu-central-1
  aws:allowedAccountIds: ["123456789012"]
""",
    "app/hello.py": "def handler(event, context):\n    return 'hello'\n",
}
PLACE = """dict(
    project="shop", stack="dev", account="123456789012", region="eu-central-1",
    zones=["eu-central-1a", "eu-central-1b"],
)"""
BY_ITSELF = f"""\
from pilaster.aws import *
from pilaster.aws.function import FunctionArgs
from pilaster.naming import Place

place = Place(**{PLACE})
net = Network("net", NetworkArgs(place=place))
files = Bucket("files", BucketArgs(place=place))
users = Users("users", UsersArgs(place=place, groups=["reviewers"]))
data = DataTier("data", DataTierArgs(place=place, network=net.database, database_name="shop"))
inside = FunctionArgs(
    place=place,
    code=Code(entry_point="app.hello"),
    network=net.inside,
    environment={{"BUCKET": files.name, "HOST": data.host}},
    grants=[files.read_objects(), data.connect("reader")],
)
Api("web", ApiArgs(
    place=place, routes={{"GET /hello/{{id}}": inside}},
    issuer=users.issuer, audience=[users.client_id],
))
"""
BY_THE_SDK = f"""\
import pulumi
import pulumi_pilaster as pilaster
from pulumi_pilaster import aws

place = pilaster.PlaceArgs(**{PLACE})
net = aws.Network("net", place=place)
files = aws.Bucket("files", place=place)
users = aws.Users("users", place=place, groups=["reviewers"])
data = aws.DataTier("data", place=place, network=net.database, database_name="shop")
reader = pulumi.Output.concat(
    "arn:aws:rds-db:eu-central-1:123456789012:dbuser:", data.cluster_resource_id, "/reader"
)
inside = aws.FunctionDefinitionArgs(
    place=place,
    code=pilaster.CodeArgs(entry_point="app.hello"),
    network=net.inside,
    environment={{"BUCKET": files.name, "HOST": data.host}},
    grants=[
        aws.GrantArgs(
            owner="files", actions=["s3:GetObject"],
            resources=[files.arn.apply(lambda arn: arn + "/*")],
        ),
        aws.GrantArgs(owner="data", actions=["rds-db:connect"], resources=[reader], known=False),
    ],
)
aws.Api(
    "web", place=place, routes={{"GET /hello/{{id}}": inside}},
    issuer=users.issuer, audience=[users.client_id],
)
"""
WRONG = """\
import pulumi_pilaster as pilaster
from pulumi_pilaster import aws

place = pilaster.PlaceArgs(**PLACE)
code = pilaster.CodeArgs(entry_point="app.hello")
aws.Function("small", place=place, code=code, memory_mib=64)
""".replace("PLACE", PLACE)


@dataclass
class Programs:
    """A folder with one program after the other, and the engine that runs them."""

    pulumi: Official
    schema: dict[str, Any]

    def write(self, program: str) -> None:
        (self.pulumi.folder / "__main__.py").write_text(program)

    def registrations(self, program: str, log: Path) -> dict[str, dict[str, Any]]:
        """What the engine is asked to register, by URN; asking for a component is not one."""
        self.write(program)
        self.pulumi.on_stack("preview", PULUMI_DEBUG_GRPC=str(log))
        found: dict[str, dict[str, Any]] = {}
        for line in log.read_text().splitlines():
            call = json.loads(line)
            registered = call["method"] == "/pulumirpc.ResourceMonitor/RegisterResource"
            done = call.get("progress") == "response_completed"
            if registered and done and not call["request"].get("remote"):
                found[call["response"]["urn"]] = call["request"]
        return found


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    folder = tmp_path_factory.mktemp("official")
    shutil.copytree(
        ROOT / "components",
        folder / "pilaster" / "components",
        ignore=shutil.ignore_patterns("venv", "__pycache__", "*.egg-info"),
    )
    program = folder / "program"
    for name, text in FILES.items():
        (program / name).parent.mkdir(parents=True, exist_ok=True)
        (program / name).write_text(text)
    (program / "__main__.py").write_text("")
    pulumi = Official(program, "dev").begin()
    _provider_at_hand(pulumi)
    # With pip, as a person's machine has it: `pulumi` makes components/venv of pyproject.toml.
    told = pulumi.run("package", "get-schema", PLUGIN)
    pulumi.run("package", "gen-sdk", PLUGIN, "--language", "python", "--out", "sdk")
    # An environment of the program's own, with pip, which Pulumi asks what is installed.
    find = [uv.find_uv_bin(), "--quiet"]
    subprocess.run([*find, "venv", "--seed", "venv"], cwd=program, check=True)
    subprocess.run(
        [*find, "pip", "install", "--python", "venv", PLUGIN, "./sdk/python"],
        cwd=program,
        check=True,
    )
    return Programs(pulumi, json.loads(told.out))


def _provider_at_hand(pulumi: Official) -> None:
    """Ours, where Pulumi keeps what it downloads: installing a plugin, it wants the providers its
    packages name there, and does not look at PATH."""
    ours = shutil.which("pulumi-resource-aws", path=pulumi.environment["PATH"])
    assert ours is not None
    version = metadata.version("pulumi-aws")
    kept = Path(pulumi.environment["PULUMI_HOME"]) / "plugins" / f"resource-aws-v{version}"
    kept.mkdir(parents=True)
    shutil.copy(ours, kept)


def test_the_engine_takes_the_schema_as_it_is(programs: Programs):
    ours = json.loads(json.dumps(schema.package()))
    for kind in ("resources", "types"):
        assert set(programs.schema[kind]) == set(ours[kind])
    for token, component in ours["resources"].items():
        assert (
            programs.schema["resources"][token]["inputProperties"] == (component["inputProperties"])
        )
    assert programs.schema["version"] == ours["version"]


def test_it_makes_an_sdk_in_python_with_python_s_own_names(programs: Programs):
    """There and back: `memory_mib`, `memoryMib`, `memory_mib`."""
    made = programs.pulumi.folder / "sdk" / "python" / "pulumi_pilaster" / "aws" / "function.py"
    text = made.read_text()
    for name in ("memory_mib", "ephemeral_storage_mib", "log_retention_days"):
        assert f'pulumi.set(__self__, "{name}"' in text
    assert "memory_mib = 512" in text, "the default is given"


def test_it_makes_an_sdk_in_typescript(programs: Programs):
    path = programs.pulumi.environment["PATH"]
    if shutil.which("pulumi-language-nodejs", path=path) is None:
        pytest.skip("the official `pulumi-language-nodejs` is not on PATH")
    programs.pulumi.run("package", "gen-sdk", PLUGIN, "--language", "nodejs", "--out", "sdk")
    made = programs.pulumi.folder / "sdk" / "nodejs"
    assert 'architecture: (val.architecture) ?? "arm64"' in (made / "types/input.ts").read_text()
    assert "declare public /*out*/ readonly inside" in (made / "aws/network.ts").read_text()


def test_the_same_program_asks_for_the_same_by_the_sdk(programs: Programs, tmp_path: Path):
    ours = programs.registrations(BY_ITSELF, tmp_path / "ours.json")
    theirs = programs.registrations(BY_THE_SDK, tmp_path / "theirs.json")
    assert len(ours) > 40
    assert set(theirs) == set(ours)
    for urn in ours:
        for part in ("type", "name", "parent", "protect", "aliases", "version", "custom"):
            # The SDK's own servicer says "not protected" where a program says nothing.
            there, here = theirs[urn].get(part) or None, ours[urn].get(part) or None
            assert there == here, (urn, part)
        assert _values(theirs[urn].get("object")) == _values(ours[urn].get("object")), urn
        # What comes out of another process depends on the component there as well.
        assert set(ours[urn].get("dependencies", [])) <= set(theirs[urn].get("dependencies", []))
    print(f"{len(ours)} registrations compared")


def _values(given: Any) -> Any:
    """Values without what they come from, which is compared by itself.

    A list of unknowns is one unknown, once it has been another component's output: the SDK's own
    way. How many subnets there are is then told when they are there.
    """
    mark, output = "4dabf18193072939515e22adb298388d", "d0e6a833031e9bbcd3f4e8bde6ca49a4"
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    if isinstance(given, Mapping):
        if given.get(mark) == output:
            return _values(given.get("value", unknown))
        return {key: _values(each) for key, each in given.items()}
    if isinstance(given, list):
        found = [_values(each) for each in given]
        return unknown if found and all(each == unknown for each in found) else found
    return given


def test_what_is_refused_is_named_by_its_path(programs: Programs):
    programs.write(WRONG)
    told = programs.pulumi.on_stack("preview", fails=True)
    said = " ".join((told.out + told.err).split())
    assert "memoryMib 64 of 'app.hello' is not within 128 and 10240" in said
    assert "rebuild.py" not in said, "no traceback of ours"
