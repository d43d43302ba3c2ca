"""The guide's table of grants: other languages write down what methods make in Python."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pilaster.aws.iam import Grant
from pilaster.naming import Place
from pilaster.plugin.catalog import components

from tests.support import component_examples
from tests.support.plugin import camel, in_a_program

GUIDE = Path(__file__).parents[3] / "docs" / "components.md"
GIVEN: Mapping[str, Any] = {"prefix": "in/", "user": "reader", "name": "it"}


def rows() -> dict[str, list[str]]:
    """The table's cells by method: actions, resources, known."""
    found = re.findall(r"^\| `(\w+\.\w+)\(.*?\)` \|(.*)\|$", GUIDE.read_text(), re.MULTILINE)
    return {method: [cell.strip() for cell in rest.split("|")] for method, rest in found}


def methods() -> Iterator[tuple[str, str]]:
    """The public methods of components that make a grant."""
    for token, component in components().items():
        for name, method in inspect.getmembers(component, inspect.isfunction):
            if not name.startswith("_") and inspect.signature(method).return_annotation is Grant:
                yield token, name


def test_every_method_that_makes_a_grant_is_in_the_table():
    assert {f"{token.split(':')[-1]}.{name}" for token, name in methods()} == set(rows())


@pytest.mark.parametrize(("token", "name"), list(methods()))
def test_the_table_says_what_the_method_makes(token: str, name: str, tmp_path: Path):
    kind = token.split(":")[-1]
    args = component_examples.minimal(component_examples.project(tmp_path))[kind]
    place: Place = args.place
    seen: list[Grant] = []

    def program() -> None:
        made = components()[token]("it", args)  # pyright: ignore[reportCallIssue, reportArgumentType]
        method = getattr(made, name)
        taken = inspect.signature(method).parameters
        grant: Grant = method(*({**GIVEN, "place": place}[each] for each in taken))
        outputs = {camel(each): value for each, value in vars(made).items()}

        def compare(known: dict[str, Any]) -> None:
            words = {**GIVEN, **{each: getattr(place, each) for each in place.__annotations__}}
            words |= known["outputs"]
            expected = [
                re.sub(r"\$\{(?:\w+\.)?(\w+)\}", lambda found: str(words[found[1]]), each)
                for each in re.findall("`(.*?)`", rows()[f"{kind}.{name}"][1])
            ]
            assert known["resources"] == expected
            seen.append(grant)

        late = {each: value for each, value in outputs.items() if isinstance(value, pulumi.Output)}
        pulumi.Output.all(outputs=late, resources=grant.resources).apply(compare)

    in_a_program(program)
    (grant,) = seen
    actions, _, known = rows()[f"{kind}.{name}"]
    assert list(grant.actions) == re.findall("`(.*?)`", actions)
    assert grant.known == (known != "`false`")
