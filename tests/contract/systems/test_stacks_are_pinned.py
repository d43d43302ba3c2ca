"""Each stack says where it belongs, so that no credentials of a shell decide it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

ROOT = Path(__file__).parents[3]


def settings(stack: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]


def test_local_finds_its_account_on_this_machine_whatever_the_shell_has() -> None:
    """What AWS's own provider reads before its first call: the keys, whom it asks for their
    account (IAM, then STS), and which accounts are allowed. An account that could not be found is
    none of these, so `local` fails there before anything is made."""
    found = settings("local")
    assert (found["aws:accessKey"], found["aws:secretKey"]) == ("test", "test")
    assert found["aws:allowedAccountIds"] == ["000000000000"]
    [endpoints] = found["aws:endpoints"]
    assert set(endpoints) >= {"iam", "sts"}
    assert {urlsplit(address).hostname for address in endpoints.values()} == {"127.0.0.1"}


@pytest.mark.parametrize("stack", ["local", "dev", "prod"])
def test_a_stack_neither_skips_that_check_nor_names_other_credentials(stack: str) -> None:
    weakening = {
        "aws:skipCredentialsValidation",
        "aws:skipRequestingAccountId",
        "aws:profile",
        "aws:token",
    }
    assert not weakening & settings(stack).keys()


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stack_of_aws_allows_its_own_account_alone(stack: str) -> None:
    found = settings(stack)
    assert found["aws:allowedAccountIds"] == [found["pilaster:account"]]
    assert found["pilaster:account"] != "000000000000"
