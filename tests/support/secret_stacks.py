"""Small stacks of Google's and Azure's with a secret that one function is given, on this machine.

The function answers with the file a request names, so that what it sees can be asked.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pilaster_local import engine
from pilaster_local.providers.azure.provider import AzureProvider
from pilaster_local.providers.gcp.provider import GcpProvider
from pilaster_local.services.azure import machine as azure_machine
from pilaster_local.services.azure import platform as azure
from pilaster_local.services.azure.places import Places as AzurePlaces
from pilaster_local.services.google import machine as google_machine
from pilaster_local.services.google import platform as google
from pilaster_local.services.google.places import Places as GooglePlaces
from pilaster_local.services.stand_ins import supervising
from pilaster_local.services.stand_ins.record import Places

from tests.support.deployed import ROOT

STACK = "local-one"
VAULT = "p-local-one-key-466fe3ab"
"""With the digest that such names carry."""
FRAMEWORK = Path(sys.executable).with_name("functions-framework")
PACK = engine.PolicyPack(folder=ROOT / "policies")


@dataclass(frozen=True)
class SecretStack:
    """A project in a folder, deployed by the engine as `pilaster up` does it."""

    places: Places
    secret: str
    """As `pilaster secret set` calls it."""
    where: str
    """What the function reads its own from: a file, or `$` and a variable."""
    given: str
    """How the program gives it to the function."""
    deploy: Callable[[], dict[str, int]]
    told: list[str] = field(default_factory=list)
    """What was said meanwhile."""

    @property
    def program(self) -> Path:
        return self.places.root / "__main__.py"

    def change(self, old: str, new: str) -> None:
        text = self.program.read_text()
        assert old in text, f"{old!r} is not in the program"
        self.program.write_text(text.replace(old, new))

    def take_away(self) -> None:
        """The program without the secret, and who read it without it."""
        self.change("\nkey = Secret(", "\n# ")
        self.change("[key.read_value()]", "[]")
        self.change(self.given, "{}")

    def read(self, function: str, what: str) -> tuple[int, str]:
        """A file, or `$` and a variable, as that function sees it."""
        there = HTTPConnection("127.0.0.1", self.port(function), timeout=30)
        there.request("GET", f"/?what={quote(what)}")
        answer = there.getresponse()
        text = answer.read().decode()
        there.close()
        return answer.status, text

    def port(self, function: str) -> int:
        known = json.loads(self.places.record.read_text())["ports"]
        [found] = [
            port
            for name, port in known.items()
            if name.startswith(("function ", "app ")) and function in name
        ]
        return found

    def state(self) -> str:
        """Everything the engine wrote down."""
        kept = self.places.root / ".pilaster" / "stacks"
        return "\n".join(each.read_text() for each in kept.rglob("*") if each.is_file())


_GOOGLE = """
from pilaster.gcp import (
    Code, Function, FunctionArgs, Identity, IdentityArgs, Place, Secret, SecretArgs, Sources,
    SourcesArgs
)

place = Place(project="p", stack="local-one", cloud_project="notes-4711", region="europe-west2")
sources = Sources("sources", SourcesArgs(place=place)).ref
key = Secret("key", SecretArgs(place=place, protect=False))
other = Secret("other", SecretArgs(place=place, protect=False))


def function(name, secrets, grants):
    who = Identity(name, IdentityArgs(place=place, grants=grants)).ref
    code = Code(entry_point="lambdas.keeper", dependencies="service_gcp")
    args = FunctionArgs(place=place, code=code, sources=sources, identity=who, secrets=secrets)
    Function(name, args)


function("reader", {"key": key.name}, [key.read_value()])
function("bystander", {}, [])
"""
_GOOGLE_HANDLER = """
import os
from pathlib import Path


def handler(request):
    what = request.args["what"]
    try:
        return os.environ[what[1:]] if what[0] == "$" else Path(what).read_text()
    except (KeyError, OSError) as error:
        return type(error).__name__, 404
"""
_AZURE = """
from pilaster.azure import (
    Code, Function, FunctionArgs, Group, GroupArgs, Identity, IdentityArgs, Network, NetworkArgs,
    Place, Secret, SecretArgs
)
from pilaster.packaging import Target

place = Place(
    project="p",
    stack="local-one",
    subscription="11111111-1111-4111-8111-111111111111",
    tenant="22222222-2222-4222-8222-222222222222",
    location="uksouth",
    target=Target.of_this_machine(),
)
group = Group("group", GroupArgs(place=place, protect=False)).name
network = Network("network", NetworkArgs(place=place, group=group)).inside
args = SecretArgs(place=place, group=group, network=network, secret_name="api-key", protect=False)
key = Secret("key", args)
other = Secret("other", args)


def function(name, settings, grants):
    who = Identity(name, IdentityArgs(place=place, group=group, grants=grants)).ref
    code = Code(entry_point="lambdas.keeper", dependencies="service_azure")
    args = FunctionArgs(
        place=place, group=group, code=code, identity=who, network=network, environment=settings
    )
    return Function(name + "-app", args)


apps = [
    function("reader", {"KEY": key.reference}, [key.read_value()]),
    function("bystander", {}, []),
]

import pulumi
pulumi.export("packages", {str(i): {"app": a.name, "file": a.package} for i, a in enumerate(apps)})
"""
_AZURE_HANDLER = """
import os
from pathlib import Path

import azure.functions as func

handler = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@handler.function_name("read")
@handler.route(route="{*path}", methods=["GET"])
def read(req: func.HttpRequest) -> func.HttpResponse:
    what = req.params["what"]
    try:
        text = os.environ[what[1:]] if what[0] == "$" else Path(what).read_text()
    except (KeyError, OSError) as error:
        return func.HttpResponse(type(error).__name__, status_code=404)
    return func.HttpResponse(text)
"""


def on_google(root: Path) -> SecretStack:
    _project(root, _GOOGLE, _GOOGLE_HANDLER, "service_gcp", "gcp:project: notes-4711")
    told: list[str] = []

    def deploy() -> dict[str, int]:
        made = {"gcp": GcpProvider(google_machine.Machine(root, STACK))}
        resources, _ = _up(root, made)
        return google.start(root, STACK, resources, say=told.append)

    places = GooglePlaces(root, STACK)
    given = '{"key": key.name}'
    return SecretStack(places, "p-local-one-key", "/secrets/key/value", given, deploy, told)


def on_azure(root: Path) -> SecretStack:
    said = "azure-native:subscriptionId: 11111111-1111-4111-8111-111111111111"
    _project(root, _AZURE, _AZURE_HANDLER, "service_azure", said)
    told: list[str] = []

    def deploy() -> dict[str, int]:
        made = {"azure-native": AzureProvider(azure_machine.Machine(root, STACK))}
        resources, outputs = _up(root, made)
        return azure.start(root, STACK, resources, outputs["packages"], say=told.append)

    secret, given = f"{VAULT}/api-key", '{"KEY": key.reference}'
    return SecretStack(AzurePlaces(root, STACK), secret, "$KEY", given, deploy, told)


def _up(root: Path, provider: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    outcome = engine.up(root, STACK, provider=provider)
    state = engine.export_state(root, STACK, show_secrets=True)["deployment"]
    return state["resources"], dict(outcome.outputs)


def _project(root: Path, program: str, handler: str, dependencies: str, said: str) -> None:
    files = {
        "Pulumi.yaml": "name: p\nruntime: python\n",
        f"Pulumi.{STACK}.yaml": f"config:\n  {said}\n  pilaster:target: machine\n",
        "__main__.py": program,
        "lambdas/__init__.py": "",
        "lambdas/keeper.py": handler,
    }
    for file in ("pyproject.toml", "uv.lock"):
        locked = ROOT / "lambdas" / "dependencies" / dependencies / file
        files[f"lambdas/dependencies/{dependencies}/{file}"] = locked.read_text()
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    packages = ROOT / ".pilaster" / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    (root / ".pilaster").mkdir()
    # Packages are addressed by their content: sharing them saves time and changes nothing.
    (root / ".pilaster" / "packages").symlink_to(packages)


def purge(stack: SecretStack) -> None:
    supervising.purge(stack.places)
