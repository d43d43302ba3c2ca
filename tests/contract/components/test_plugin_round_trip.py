"""What another language's program gets from the plugin is what a Python program gets by itself.

Schema -> arguments on the wire -> the plugin -> the same registrations, over the real protocol.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pilaster.plugin import schema
from pilaster.plugin.catalog import components
from pilaster.plugin.shapes import Record, arguments

from tests.support import component_examples, plugin
from tests.support.plugin import Plugin, on_the_wire, used

TOKENS = sorted(components())


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return component_examples.project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugin]:
    with plugin.running(tmp_path_factory.mktemp("s")) as started:
        yield started


def examples(root: Path) -> list[tuple[str, Any]]:
    named = [
        *component_examples.minimal(root).items(),
        *component_examples.complete(root).items(),
    ]
    return [(f"pilaster:aws:{name.split()[0]}", args) for name, args in named]


EXAMPLES = [
    pytest.param(place, id=f"{token.split(':')[-1]}-{place}")
    for place, (token, _) in enumerate(examples(Path("anywhere")))
]


@pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])
@pytest.mark.parametrize("place", EXAMPLES)
def test_the_plugin_makes_what_the_program_makes(
    served: Plugin, root: Path, place: int, preview: bool
):
    token, args = examples(root)[place]
    book, answer = served.construct(token, "it", on_the_wire(args), preview=preview)
    direct = used(token, "it", args, preview=preview)
    assert len(direct.entries) > 1, "a component without a child shows nothing"
    assert book.children == direct.children
    assert book.outputs == direct.outputs
    assert answer.urn == f"urn:pulumi:test::shop::{token}::it"


def test_the_examples_say_every_argument(root: Path):
    """A field nobody sets is a field nobody has seen cross."""
    said: dict[str, set[str]] = {}
    every: dict[str, set[str]] = {}

    def walk(value: Any) -> None:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            name = type(value).__name__
            every.setdefault(name, set())
            for each in dataclasses.fields(value):
                every[name].add(each.name)
                found = getattr(value, each.name)
                if each.default is dataclasses.MISSING or found != each.default:
                    said.setdefault(name, set()).add(each.name)
                walk(found)
        for each in value.values() if isinstance(value, dict) else ():
            walk(each)
        for each in value if isinstance(value, list | tuple) else ():
            walk(each)

    for args in component_examples.complete(root).values():
        walk(args)
    taken = {arguments(each).of.__name__ for each in components().values()}
    taken |= {each.of.__name__ for each in schema.types() if isinstance(each, Record)}
    assert set(every) == taken
    assert {name: every[name] - said.get(name, set()) for name in every} == {
        name: set() for name in every
    }


def test_every_component_has_both_examples(root: Path):
    names = {token.split(":")[-1] for token in TOKENS}
    assert set(component_examples.minimal(root)) == names
    assert {name.split()[0] for name in component_examples.complete(root)} == names
