"""A secret of Google's or Azure's on this machine: who was granted it has it, and nobody else."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pulumi_azure_native", reason="`cli/setup.sh clouds` installs it")
pytest.importorskip("pulumi_gcp", reason="`cli/setup.sh clouds` installs it")

from pilaster_cli import main
from pilaster_local import engine
from pilaster_local.providers.azure.provider import AzureProvider
from pilaster_local.providers.gcp.provider import GcpProvider
from pilaster_local.services import ports
from pilaster_local.services.errors import PlatformError
from pilaster_local.services.google import platform as google
from pilaster_local.services.stand_ins import apart

from tests.support import secret_stacks
from tests.support.secret_stacks import FRAMEWORK, STACK, SecretStack, on_azure, on_google

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]
VALUE = "one-9f2c\nÄ"
NEWER = "two-77ab"


def kept_apart() -> bool:
    try:
        apart.check()
    except PlatformError:
        return False
    return True


@pytest.fixture(params=[on_google, on_azure])
def stack(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SecretStack]:
    if not kept_apart():
        pytest.skip("bubblewrap is not here, or not allowed: such a stack is refused")
    # The lock's own environment is made from the package index; what is in it is here, too.
    monkeypatch.setattr(google, "environment", lambda *_: FRAMEWORK)
    monkeypatch.chdir(tmp_path)
    made: SecretStack = request.param(tmp_path)
    try:
        yield made
    finally:
        secret_stacks.purge(made)


def store(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """As a person does it, by a pipe."""
    piped = io.TextIOWrapper(io.BytesIO(f"{value}\n".encode()))
    monkeypatch.setattr(sys, "stdin", piped)
    return main.main(["secret", "set", name, "--stack", STACK])


def test_a_secret_is_had_by_the_function_it_was_given_to_and_is_nowhere_else(
    stack: SecretStack, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    assert list(stack.places.folder.parent.glob("*")) == []
    assert store(stack.secret, VALUE, monkeypatch) == 1, "there is no such secret before an `up`"
    with pytest.raises(PlatformError, match=f"pilaster secret set {stack.secret} --stack {STACK}"):
        stack.deploy()
    assert store(stack.secret, VALUE, monkeypatch) == 0
    stack.deploy()
    assert stack.read("reader", stack.where) == (200, VALUE)
    status, said = stack.read("bystander", stack.where)
    assert (status, VALUE in said) == (404, False)

    places = stack.places
    files = [each for each in places.folder.rglob("*") if each.is_file()]
    holding = [each for each in files if VALUE.encode() in each.read_bytes()]
    assert [each.relative_to(places.folder).parts[0] for each in holding] == ["secrets"]
    assert [each.stat().st_mode & 0o777 for each in holding] == [0o600]
    for folder in (places.folder, places.secrets, *(places.secrets.rglob("*/"))):
        if folder.is_dir():
            assert folder.stat().st_mode & 0o777 == 0o700, folder
    assert VALUE.splitlines()[0] not in stack.state()
    assert VALUE.splitlines()[0] not in "".join([*stack.told, *capfd.readouterr()])
    # Nobody finds the store, the settings or another's process by looking for them.
    for function in ("reader", "bystander"):
        assert stack.read(function, str(holding[0]))[0] == 404
        assert stack.read(function, str(places.settings))[0] == 404
        assert stack.read(function, "/proc/1/cmdline")[1].startswith("bwrap")

    assert main.main(["status"]) == 0
    said = capfd.readouterr().out
    assert f"stands in for {places.cloud}" in said
    assert f"private files: {stack.secret}" in said
    assert store(stack.secret, NEWER, monkeypatch) == 0
    stack.deploy()
    assert stack.read("reader", stack.where) == (200, NEWER)

    stack.take_away()
    stack.deploy()
    assert list(places.secrets.rglob("value")) == [], "its value went with the secret"
    assert stack.read("reader", stack.where)[0] == 404

    capfd.readouterr()
    assert main.main(["status", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)["stand_ins"][STACK]
    assert (told["stands_in_for"], told["secrets"]) == (places.cloud, [])
    used = [stack.port("reader"), stack.port("bystander")]
    assert main.main(["down", "--purge"]) == 0
    assert not places.folder.exists()
    assert [ports.is_free(each) for each in used] == [True, True], "both have ended"


def test_a_function_without_the_grant_is_refused_by_name(
    stack: SecretStack, monkeypatch: pytest.MonkeyPatch
):
    stack.change("[key.read_value()]", "[other.read_value()]")
    with pytest.raises(PlatformError, match=r"may not read secret .*`secret.read_value\(\)`"):
        stack.deploy()
    assert json.loads(stack.places.record.read_text())["process"] is None, "nothing was started"


def test_the_policies_take_a_secret_that_is_referred_to(stack: SecretStack):
    plan = engine.preview(
        stack.places.root,
        STACK,
        provider={"gcp": GcpProvider(), "azure-native": AzureProvider()},
        policy_packs=[secret_stacks.PACK],
    )
    assert [str(each) for each in plan.violations] == []
