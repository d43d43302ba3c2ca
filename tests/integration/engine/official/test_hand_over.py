"""A state that goes from one engine to the other is no change there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pilaster_local import engine

from tests.support.both_engines import OURS, THEIRS, Small
from tests.support.official import PASSPHRASE, Official

pytestmark = [pytest.mark.integration, pytest.mark.engine, pytest.mark.enable_socket]


def test_what_the_stand_in_deployed_is_no_change_for_the_official_engine(
    small: Small, tmp_path: Path
) -> None:
    small.ours()
    exported = tmp_path / "ours.json"
    exported.write_text(json.dumps(engine.export_state(small.folder, OURS)))
    assert "open sesame" not in exported.read_text()
    pulumi = Official(small.folder, OURS).begin()
    pulumi.take(exported)
    assert pulumi.preview() == {"same": small.ALL}
    pulumi.on_stack("refresh", "--yes")
    assert pulumi.last() == {"same": small.ALL}
    assert pulumi.up() == {"same": small.ALL}
    engine.import_state(small.folder, OURS, pulumi.export())
    assert small.preview() == {"same": small.ALL}


def test_what_the_official_engine_deployed_is_no_change_for_the_stand_in(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    small.theirs()
    engine.import_state(small.folder, THEIRS, small.official.export())
    assert small.preview(THEIRS) == {"same": small.ALL}
    outcome = engine.up(small.folder, THEIRS, provider=small.provider)
    assert outcome.counts == {"same": small.ALL}
    back = tmp_path / "back.json"
    back.write_text(json.dumps(engine.export_state(small.folder, THEIRS)))
    small.official.take(back)
    assert small.official.preview() == {"same": small.ALL}


def test_what_one_engine_left_unfinished_the_other_finishes(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    small.take_names("taken")
    small.now(fails=True)
    small.theirs(fails=True)
    small.free_names("taken")
    engine.import_state(small.folder, THEIRS, small.official.export())
    outcome = engine.up(small.folder, THEIRS, provider=small.provider)
    assert outcome.counts == {"create": 2, "same": small.ALL + 1}
    back = tmp_path / "back.json"
    back.write_text(json.dumps(engine.export_state(small.folder, THEIRS)))
    small.official.take(back)
    assert small.official.preview() == {"same": small.ALL + 3}


def test_what_the_official_engine_was_killed_over_the_stand_in_settles(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made, and not written down: as pending creates, which the official engine would do again."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    small.theirs()
    state = small.official.export()
    resources = state["deployment"]["resources"]
    ids = {resource["urn"]: resource.get("id") for resource in resources}
    kinds = {one["type"]: one for one in resources}
    made = [kinds["aws:cloudwatch/metricAlarm:MetricAlarm"], kinds["aws:apigatewayv2/route:Route"]]
    state["deployment"]["resources"] = [one for one in resources if one not in made]
    state["deployment"]["pending_operations"] = [
        {
            "type": "creating",
            "resource": {k: v for k, v in one.items() if k not in ("id", "outputs")},
        }
        for one in made
    ]
    engine.import_state(small.folder, THEIRS, state)
    engine.up(small.folder, THEIRS, provider=small.provider)
    exported = engine.export_state(small.folder, THEIRS)
    assert {one["urn"]: one.get("id") for one in exported["deployment"]["resources"]} == ids
    back = tmp_path / "back.json"
    back.write_text(json.dumps(exported))
    small.official.take(back)
    assert small.official.up() == {"same": small.ALL}
