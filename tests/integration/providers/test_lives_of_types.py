"""Every type through its life: create, read, no change, update, replacement, delete, gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from pilaster_local.providers.aws.table import RECORDED, TYPES
from pilaster_local.providers.aws.values import plain_map

from tests.integration.providers import lives, lives_at_the_edge
from tests.integration.providers.desk import Desk
from tests.integration.providers.lives import Life, Neighbours

LIVES = [*lives.LIVES, *lives_at_the_edge.LIVES]
pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

ELSEWHERE = {
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:rds/proxy:Proxy",
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
    "aws:rds/proxyTarget:ProxyTarget",
}
"""Lived in `test_databases.py`, since they start a PostgreSQL."""

SILENT = {"aws:rds/clusterParameterGroup:ClusterParameterGroup"}
"""Types whose read does not say what their life changes: parameters are behind a call of their
own.
"""


def test_every_type_that_runs_has_a_life():
    assert {life.token for life in LIVES} | ELSEWHERE == TYPES.keys() - RECORDED.keys()


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.token.rsplit(":", 1)[-1])
def test_a_type_lives(life: Life, desk: Desk, tmp_path: Path):
    neighbours = Neighbours(desk, tmp_path)
    first = life.made(neighbours)
    thing = desk.create(life.token, "subject", first)

    for output in life.outputs.split():
        assert thing[output] not in ("", None), f"{output} is an output a program reads"
    assert desk.is_there(thing)
    assert (
        desk.read(thing).items()
        >= {o: thing[o] for o in life.outputs.split() if o not in ("state", "lastModified")}.items()
    )
    assert not desk.diff(thing, first).changes, "the same inputs are no change"
    assert not desk.seen(thing, thing.inputs).diffs, "nobody touched it, so nothing drifted"

    assert desk.find(life.token, "subject", thing.inputs) in (
        {None} if life.token.endswith(":Invocation") else {thing.id}
    ), "a create that was cut off is found again"

    if life.changed:
        after = {**first, **life.changed(neighbours)}
        diff = desk.diff(thing, after)
        assert diff.changes
        assert not diff.replaces, "this change happens in place"
        before = thing.inputs
        desk.update(thing, after)
        assert not desk.seen(thing, thing.inputs).diffs
        if before.keys() & set(diff.diffs or ()) and life.token not in SILENT:
            drift = desk.seen(thing, before)
            assert set(drift.diffs or ()) & set(diff.diffs or ()), "what changed meanwhile is seen"
            assert not drift.replaces
        assert not desk.diff(thing, after).changes
        desk.update(thing, after, incomplete=True)  # what an interrupted run repeats
        desk.update(thing, first)
        assert not desk.diff(thing, first).changes
    if life.replaced:
        assert desk.diff(thing, {**first, **life.replaced(neighbours)}).replaces

    desk.delete(thing)
    if not life.is_kept:
        assert not desk.is_there(thing)
        assert desk.find(life.token, "subject", thing.inputs) is None
    desk.delete(thing)  # deleting what is gone is success
    assert plain_map(thing.inputs)
