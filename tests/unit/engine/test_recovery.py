"""Looking at what is really there before an `up`."""

from __future__ import annotations

import json

import pytest
from pilaster_local import engine

from tests.support.shelf import Bench
from tests.unit.engine.test_running import up


def test_a_service_that_lost_everything_gets_it_all_again(bench: Bench) -> None:
    bench.program('box = Box("box")\nSlot("slot", box=box.id)\nrack = Rack("rack")')
    up(bench)
    for file in bench.shelf.folder.iterdir():
        file.unlink()
    outcome = up(bench, refresh=True)
    assert outcome.counts == {"create": 2, "same": 2}
    assert len(bench.shelf.things()) == 2
    gone = {e.urn.rsplit("::", 1)[-1] for e in bench.events if isinstance(e, engine.Recovered)}
    assert gone == {"box", "slot"}
    assert up(bench, refresh=True).changes == 0


def test_what_drifted_is_brought_back(bench: Bench) -> None:
    bench.program('Box("box", name="box", label="as wanted")')
    up(bench)
    file = bench.shelf.folder / "box.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "label": "by hand"}))
    assert up(bench).changes == 0, "without a refresh nobody looks"
    assert up(bench, refresh=True).step("box").changed == ("label",)
    assert bench.shelf.things()["box"]["label"] == "as wanted"


def test_a_refresh_of_what_is_as_it_should_be_writes_nothing(bench: Bench) -> None:
    bench.program('Box("box", label="a", code=pulumi.Output.secret("hush-hush"))')
    up(bench)
    before = bench.state_file.stat().st_mtime_ns
    assert up(bench, refresh=True).changes == 0
    assert bench.state_file.stat().st_mtime_ns == before
    assert "hush-hush" not in bench.everything_written()


def test_a_refresh_that_fails_names_the_resource_and_drops_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.program('Box("box")')
    up(bench)

    async def unreachable(request: object) -> None:
        raise ConnectionError("nobody is listening")

    monkeypatch.setattr(bench.shelf, "read", unreachable)
    with pytest.raises(engine.RunFailedError, match=r"Box::box: .*nobody is listening"):
        up(bench, refresh=True)
    assert "box" in bench.resources()


def test_what_waits_for_its_deletion_and_is_gone_is_forgotten(bench: Bench) -> None:
    bench.program('Box("box", name="left")')
    up(bench)
    bench.program('Box("box", name="right")\nBox("bad", fail="refuse", label="x")')
    with pytest.raises(engine.RunFailedError):
        up(bench)
    bench.program('Box("box", name="right")')
    up(bench, refresh=True)
    assert list(bench.shelf.things()) == ["right"]
    assert set(bench.resources()) == {"demo-local", "default", "box"}
