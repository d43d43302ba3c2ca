"""Property paths: the official engine's grammar, and what the two options make of it.

The tables are those of its own tests (sdk/go/common/resource/properties_path_test.go).
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pilaster_local.engine import paths
from pilaster_local.engine.values import secret

READ = {
    "root": ("root",),
    "root.nested": ("root", "nested"),
    'root["nested"]': ("root", "nested"),
    'root["double"].nest': ("root", "double", "nest"),
    "root.array[0]": ("root", "array", 0),
    "root.array[0][1].nested": ("root", "array", 0, 1, "nested"),
    'root["key with \\"escaped\\" quotes"]': ("root", 'key with "escaped" quotes'),
    'root["key with a ."]': ("root", "key with a ."),
    '["root key with a ."][100]': ("root key with a .", 100),
    "root.array[*].field": ("root", "array", "*", "field"),
    'root.array["*"].field': ("root", "array", "*", "field"),
    "*": ("*",),
    "foo-bar": ("foo-bar",),
    "root.[1]": ("root", 1),
}


@pytest.mark.parametrize("text", READ)
def test_a_path_is_read_as_the_official_engine_reads_it(text: str) -> None:
    assert paths.parse(text) == READ[text]


@pytest.mark.parametrize("text", ["a[", "a[x]", 'a["b', 'a["b"', 'a["b"x]', ".a", "a.", "a[]"])
def test_what_is_no_path_is_refused_with_itself_in_the_message(text: str) -> None:
    with pytest.raises(paths.PathError) as refused:
        paths.parse(text)
    assert repr(text) in str(refused.value)


NAMES = st.text(min_size=1).filter(lambda name: "\\" not in name)
PATHS = st.lists(NAMES | st.integers(0, 999), min_size=1).map(tuple)


@given(PATHS)
def test_what_is_written_is_read_back(path: paths.Path) -> None:
    assert paths.parse(paths.written(path)) == path


@given(PATHS, PATHS)
def test_a_path_contains_what_lies_inside_it_and_so_does_a_star(
    path: paths.Path, rest: paths.Path
) -> None:
    assert paths.contains(path, path)
    assert paths.contains(path, path + rest)
    assert not paths.contains(path + rest, path)
    assert paths.contains(("*",) * len(path), path)


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
KEYS = st.sampled_from("abc")
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=3)


@given(OBJECTS, OBJECTS)
def test_putting_back_every_difference_makes_the_old_properties_again(old: dict, new: dict) -> None:
    """Lists of another length cannot be put back inside, so their places are named from above."""
    changes = paths.differences(old, new, sorted(old.keys() | new.keys()))
    tops = {
        path[: next((i for i, s in enumerate(path) if isinstance(s, int)), None)]
        for path, _ in changes
    }
    assert paths.reset(tops, old, new) == (old, [])


@given(OBJECTS, OBJECTS)
def test_a_star_alone_ignores_everything(old: dict, new: dict) -> None:
    assert paths.reset([("*",)], old, new) == (old, [])


@given(OBJECTS, OBJECTS, st.lists(KEYS | st.just("*") | st.integers(0, 2), min_size=1, max_size=3))
def test_what_is_equal_stays_so_and_nothing_given_is_changed(
    old: dict, new: dict, path: list
) -> None:
    before = repr((old, new))
    paths.reset([tuple(path)], old, new)
    assert paths.reset([tuple(path)], old, old)[0] == old
    assert repr((old, new)) == before


RESET = {
    "a": ({"a": 1}, {"a": 2, "b": 3}, {"a": 1, "b": 3}),
    "a.b": ({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, {"a": {"b": 1, "c": 3}}),
    "a[1]": ({"a": [1, 2]}, {"a": [3, 4]}, {"a": [3, 2]}),
    "a[*].b": (
        {"a": [{"b": 1}, {"b": 2}]},
        {"a": [{"b": 3, "c": 0}, {"b": 4}]},
        {"a": [{"b": 1, "c": 0}, {"b": 2}]},
    ),
    "a.*": ({"a": {"x": 1}}, {"a": {"x": 2, "y": 3}}, {"a": {"x": 1}}),
    'a["x.y"]': ({"a": {"x.y": 1}}, {"a": {"x.y": 2}}, {"a": {"x.y": 1}}),
    "a.gone": ({"a": {}}, {"a": {"gone": 1}}, {"a": {}}),
    "b": ({"b": 1}, {}, {"b": 1}),
}


@pytest.mark.parametrize("text", RESET)
def test_what_is_ignored_is_as_it_was(text: str) -> None:
    old, new, expected = RESET[text]
    assert paths.reset([paths.parse(text)], old, new) == (expected, [])


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("a[1]", {"a": [1, 2]}, {"a": [1]}),
        ("a[0]", {"a": [1]}, {"a": {"b": 1}}),
        ("a[*]", {"a": [1, 2]}, {"a": [1, 2, 3]}),
        ("a.b.c", {"a": {"b": {"c": 1}}}, {"a": {}}),
        ("a.b", {"a": {"b": 1}}, {"a": [1]}),
    ],
)
def test_what_was_added_or_removed_inside_a_path_cannot_be_ignored(
    text: str, old: dict, new: dict
) -> None:
    assert paths.reset([paths.parse(text)], old, new) == (new, [paths.parse(text)])


def test_what_was_secret_stays_secret_when_it_is_put_back() -> None:
    assert paths.reset([("a", "b")], {"a": secret({"b": 1})}, {"a": {"b": 2}}) == (
        {"a": {"b": secret(1)}},
        [],
    )
    inside = {"a": secret({"b": 2, "c": 3})}
    assert paths.reset([("a", "b")], {"a": {"b": 1}}, inside) == (
        {"a": secret({"b": 1, "c": 3})},
        [],
    )
