"""The same change of one program, done by both engines: the same number of everything."""

from __future__ import annotations

import pytest

from tests.support.both_engines import Small

pytestmark = [pytest.mark.integration, pytest.mark.engine, pytest.mark.enable_socket]

ALL = Small.ALL


def test_none_changed(small: Small) -> None:
    assert small.both() == ({"same": ALL}, {"same": ALL})


def test_code_changed(small: Small) -> None:
    small.code('def handler(event, context):\n    return {"statusCode": 204}\n')
    expected = {"same": ALL - 1, "update": 1}
    assert small.both() == (expected, expected)


def test_five_removed(small: Small) -> None:
    gone = ["GET /things", "POST /things", "target", "alarm", "parameter"]
    small.now(removed=gone)
    expected = {"delete": 5, "same": ALL - 5}
    assert small.both() == (expected, expected)


def test_a_component_removed_with_its_children(small: Small) -> None:
    small.now(removed=["letters"])
    expected = {"delete": 3, "same": ALL - 3}
    assert small.both() == (expected, expected)


def test_renamed_with_an_alias(small: Small) -> None:
    """The component and its two queues, whose automatic names stay."""
    small.now(mailbox="packets")
    expected = {"same": ALL}
    assert small.both() == (expected, expected)


def test_replaced_under_an_automatic_name(small: Small) -> None:
    """The new table is made first; the role's policy and the function's variables follow it."""
    small.now(key="number")
    expected = {"replace": 1, "same": ALL - 3, "update": 2}
    assert small.both() == (expected, expected)


def test_replaced_under_a_fixed_name(small: Small) -> None:
    """The old table goes first, for there can be one of that name. Its ARN and name stay, but
    whoever uses them cannot know it before."""
    small.now(fixed_key="number")
    ours, theirs = small.both()
    assert ours == theirs
    assert ours["replace"] >= 1


def test_removed_and_changed_at_once(small: Small) -> None:
    small.now(removed=["target", "letters"], days=14, tags={"a": "c"}, value="two", threshold=5)
    expected = {"delete": 4, "same": ALL - 4 - 4, "update": 4}
    assert small.both() == (expected, expected)


def test_failed_in_the_middle(small: Small) -> None:
    """What came before it is made, what depends on it is not begun, and nothing is deleted."""
    small.take_names("taken")
    small.now(fails=True)
    expected = {"create": 1, "same": ALL}
    assert small.both(fails=True) == (expected, expected)
    small.free_names("taken")
    expected = {"create": 2, "same": ALL + 1}
    assert small.both() == (expected, expected)
