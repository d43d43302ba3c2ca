"""Where the project is, what its local stack exports, and the provider it is deployed with."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pilaster_local import engine
from pilaster_local.engine.config import Project
from pilaster_local.providers.aws.configuration import LOCAL_ACCOUNT, ConfigurationError
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.providers.azure.provider import AzureProvider
from pilaster_local.providers.gcp.provider import GcpProvider
from pilaster_local.services import platform
from pilaster_local.services.platform import Platform
from pulumi.provider.experimental.provider import Provider

from pilaster_cli.errors import CommandError

LOCAL = "local"


def find(start: Path | None = None) -> Path:
    """The nearest folder upwards that holds a Pulumi.yaml."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise CommandError(f"no Pulumi.yaml in {str(here)!r} or above it: run this inside a project")


def outputs(root: Path) -> dict[str, Any]:
    """What the stack on this machine exports. Raises CommandError where it is not deployed."""
    exported = engine.outputs(root, LOCAL)
    if not exported:
        raise CommandError("nothing is deployed on this machine yet: `pilaster up` deploys it")
    return exported


def running(root: Path) -> tuple[Platform, str]:
    """The cloud on this machine, and the region it plays. Raises CommandError where none runs."""
    here = platform.running(root)
    if here is None:
        raise CommandError("the local cloud does not run: `pilaster up` starts it")
    return here, engine.settings(root, LOCAL).get("aws:region", "us-east-1")


def check_stack(root: Path, stack: str) -> Path:
    """The file with the stack's settings. Raises CommandError where there is none."""
    file = root / f"Pulumi.{stack}.yaml"
    if not file.is_file():
        known = sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml"))
        there = f"known are {', '.join(known)}" if known else f"write its settings to {file.name}"
        raise CommandError(f"there is no stack {stack!r} here: {there}")
    return file


def system(root: Path, stack: str) -> str:
    """The system of a stack, and the cloud where it has several: `service-aws`."""
    settings = _said(root, stack)
    named = (settings.get("pilaster:system"), settings.get("pilaster:cloud"))
    return "-".join(each for each in named if each)


def is_here(root: Path, stack: str) -> bool:
    """Whether a stack is deployed to this machine: its settings say so, whatever its name."""
    return stack == LOCAL or _said(root, stack).get("pilaster:target") == "machine"


def here(root: Path) -> list[str]:
    """The stacks that are deployed to this machine."""
    named = sorted(file.name.split(".")[1] for file in root.glob("Pulumi.*.yaml"))
    return [LOCAL, *(stack for stack in named if stack != LOCAL and is_here(root, stack))]


def _said(root: Path, stack: str) -> dict[str, Any]:
    """A stack's settings; none where there is no such stack, which is the next step's to say."""
    return engine.settings(root, stack) if (root / f"Pulumi.{stack}.yaml").is_file() else {}


def prefix(root: Path, stack: str) -> str:
    """What the physical names of a stack begin with."""
    return f"{Project.load(root).name}-{stack}-"


def is_google(root: Path, stack: str) -> bool:
    """Whether a stack is one of Google Cloud's: what its settings tell that provider says so."""
    check_stack(root, stack)
    return "gcp:project" in engine.settings(root, stack)


def check_types(sdk: str) -> None:
    """Raises CommandError where a cloud's types are not installed, which no AWS stack needs."""
    if find_spec(sdk) is None:
        raise CommandError(
            f"{sdk} is not installed, and this stack is made of its types: "
            "`cli/setup.sh clouds` installs it"
        )


def is_azure(root: Path, stack: str) -> bool:
    """Whether a stack is one of Azure's."""
    check_stack(root, stack)
    return "azure-native:subscriptionId" in engine.settings(root, stack)


def provider(
    root: Path, stack: str, endpoint: str | None, kind: type[AwsProvider] = AwsProvider
) -> Provider | Mapping[str, Provider]:
    """The provider of a stack; without an endpoint it checks, and calls nobody."""
    file = check_stack(root, stack)
    if is_google(root, stack):
        check_types("pulumi_gcp")
        return {"gcp": GcpProvider()}
    if is_azure(root, stack):
        return {"azure-native": AzureProvider()}
    settings = engine.settings(root, stack)
    account = settings.get("pilaster:account", LOCAL_ACCOUNT)
    try:
        return kind(endpoint, region=settings.get("aws:region", "us-east-1"), account=account)
    except ConfigurationError as error:
        raise CommandError(
            f"pilaster:account {account!r} cannot be used: {error} (in {file.name})"
        ) from None
