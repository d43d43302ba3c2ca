"""What a wrong line in the notes service's Pulumi.<stack>.yaml is answered with, in each cloud."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from systems import chosen
from systems.service.regions import REGIONS
from systems.service.settings import load
from systems.stack_file import SettingsError

ROOT = Path(__file__).parents[3]
COMMON = {"pilaster:system": "service"}
TOKENS = {
    "issuer": "https://login.example/t",
    "audience": "client",
    "keys_url": "https://login.example/t/keys",
}
GUID = "12345678-9abc-4def-8123-456789abcdef"
GOOD: dict[str, dict[str, Any]] = {
    "aws": {
        **COMMON,
        "pilaster:cloud": "aws",
        "pilaster:account": "111111111111",
        "aws:allowedAccountIds": ["111111111111"],
        "aws:region": "eu-west-2",
        "pilaster:zones": ["eu-west-2a", "eu-west-2b"],
    },
    "gcp": {
        **COMMON,
        "pilaster:cloud": "gcp",
        "gcp:project": "notes-4711",
        "gcp:region": "europe-west2",
        "pilaster:tokens": TOKENS,
    },
    "azure": {
        **COMMON,
        "pilaster:cloud": "azure",
        "azure-native:subscriptionId": GUID,
        "azure-native:tenantId": GUID,
        "azure-native:location": "uksouth",
        "pilaster:tokens": TOKENS,
    },
}
REGION_KEY = {"aws": "aws:region", "gcp": "gcp:region", "azure": "azure-native:location"}


@pytest.mark.parametrize("cloud", GOOD)
def test_a_few_lines_are_enough_and_the_rest_is_the_same_in_every_cloud(cloud: str):
    found = load(GOOD[cloud])
    assert (found.cloud, found.region) == (cloud, GOOD[cloud][REGION_KEY[cloud]])
    assert (found.size, found.warm_instances, found.protect) == ("small", 0, True)
    assert (found.backup_days, found.statement_timeout_seconds) == (7, 8)


@pytest.mark.parametrize("cloud", GOOD)
@pytest.mark.parametrize("other", GOOD)
def test_a_region_of_another_cloud_is_refused_with_one_of_its_own(cloud: str, other: str):
    if cloud == other:
        return
    for region in REGIONS[other]:
        if region in REGIONS[cloud]:
            continue
        with pytest.raises(SettingsError, match="is a region of") as caught:
            load({**GOOD[cloud], REGION_KEY[cloud]: region})
        said = str(caught.value)
        assert said.startswith(f"{REGION_KEY[cloud]} {region!r}")
        assert re.search(r"such as '([^']+)'", said)[1] in REGIONS[cloud]  # type: ignore[index]


@pytest.mark.parametrize(
    ("cloud", "region", "meant"),
    [
        ("aws", "eu-wset-2", "eu-west-2"),
        ("gcp", "europe-wets2", "europe-west2"),
        ("azure", "uksuoth", "uksouth"),
    ],
)
def test_a_mistyped_region_is_refused_with_the_one_that_was_meant(
    cloud: str, region: str, meant: str
):
    with pytest.raises(SettingsError, match=f"did you mean '{meant}'"):
        load({**GOOD[cloud], REGION_KEY[cloud]: region})


@pytest.mark.parametrize("cloud", GOOD)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pilaster:size": "huge"}, "pilaster:size 'huge' cannot be used: it is one of small, "),
        ({"pilaster:cloud": "oracle"}, "pilaster:cloud 'oracle' cannot be used: it is one of aws"),
        ({"pilaster:warm_instance": 1}, "did you mean 'warm_instances'?"),
        ({"pilaster:warm_instances": 21}, "pilaster:warm_instances 21 cannot be used"),
        ({"pilaster:warm_instances": -1}, "pilaster:warm_instances -1 cannot be used"),
        ({"pilaster:log_retention_days": 8}, "it is one of 1, 3, 5, 7, 14"),
        ({"pilaster:backup_days": 6}, "pilaster:backup_days 6 cannot be used"),
        ({"pilaster:region": "x"}, "pilaster:region is not a setting: say "),
        ({"pilaster:target": "machine"}, "pilaster:target 'machine' does not go with"),
        ({"pilaster:tokens": {"issuer": "http://a.b"}}, "pilaster:tokens.issuer 'http://a.b'"),
        ({"pilaster:tokens": {"issuer": "https://a.b"}}, "pilaster:tokens.audience '' is missing"),
        ({"pilaster:tokens": {"audience": "b"}}, "pilaster:tokens.issuer '' is missing"),
    ],
)
def test_a_wrong_line_is_refused_with_the_fix(cloud: str, change: dict[str, Any], said: str):
    with pytest.raises(SettingsError, match=re.escape(said)):
        load({**GOOD[cloud], **change})


@pytest.mark.parametrize(
    ("cloud", "change", "said"),
    [
        ("aws", {"pilaster:account": "notes-4711"}, "write an account's twelve digits"),
        ("aws", {"aws:allowedAccountIds": ["2" * 12]}, "must be exactly ['111111111111']"),
        ("aws", {"pilaster:zones": ["eu-west-2a"]}, "such as ['eu-west-2a', 'eu-west-2b']"),
        ("aws", {"pilaster:zones": ["eu-west-1a", "eu-west-2b"]}, "zones of 'eu-west-2'"),
        ("aws", {"pilaster:zones": ["eu-west-2a", "eu-west-2a"]}, "each once"),
        ("aws", {"gcp:region": "europe-west2"}, "gcp:region is of 'gcp', and pilaster:cloud"),
        ("gcp", {"gcp:project": "1"}, "gcp:project '1' is no account of 'gcp'"),
        ("gcp", {"pilaster:zones": ["europe-west2-a"]}, "is for AWS"),
        ("gcp", {"pilaster:tokens": {**TOKENS, "keys_url": ""}}, "tokens.keys_url '' is missing"),
        ("gcp", {"pilaster:tokens": {}}, "tokens.issuer '' is missing"),
        ("gcp", {"aws:region": "eu-west-2"}, "aws:region is of 'aws'"),
        ("azure", {"azure-native:subscriptionId": "1"}, "a subscription's GUID"),
        ("azure", {"azure-native:tenantId": "contoso"}, "azure-native:tenantId 'contoso' is no"),
        ("azure", {"pilaster:tokens": {}}, "tokens.issuer '' is missing"),
    ],
)
def test_what_one_cloud_wants_is_refused_there(cloud: str, change: dict[str, Any], said: str):
    with pytest.raises(SettingsError, match=re.escape(said)):
        load({**GOOD[cloud], **change})


@pytest.mark.parametrize("cloud", GOOD)
def test_what_is_missing_is_named(cloud: str):
    for key in GOOD[cloud].keys() - {"pilaster:tokens"}:
        rest = {name: value for name, value in GOOD[cloud].items() if name != key}
        with pytest.raises(SettingsError, match=re.escape(key)):
            load(rest)


def test_the_stacks_of_the_repository_can_be_read():
    files = [file for file in ROOT.glob("Pulumi.*.yaml") if "system: service" in file.read_text()]
    assert len(files) >= 2
    for file in files:
        found = load(yaml.safe_load(file.read_text())["config"])
        assert (found.target == "machine") == file.name.startswith("Pulumi.local")


def test_a_cloud_whose_sdk_is_not_installed_says_how_it_is(monkeypatch: pytest.MonkeyPatch):
    def missing(module: str) -> None:
        raise ModuleNotFoundError("No module named 'pulumi_gcp'", name="pulumi_gcp")

    monkeypatch.setattr(chosen, "import_module", missing)
    with pytest.raises(SettingsError, match="pulumi_gcp is not installed, which"):
        chosen._page("service", "gcp")
