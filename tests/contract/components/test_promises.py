"""Removing or renaming an argument, an output or a child fails here, and says what it breaks.

The golden files are what the components have promised: the schema other languages' SDKs are made
from, and the children of each example. `GOLDEN=write` makes them anew.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pilaster.plugin import schema
from pilaster.plugin.catalog import components

from tests.support import component_examples
from tests.support.book import Entry
from tests.support.plugin import in_a_program, used
from tests.support.promises import (
    Change,
    Child,
    children_changes,
    schema_changes,
    verdict,
    wordless,
)

GOLDEN = Path(__file__).parent / "golden"
HERE = "tests/contract/components/test_promises.py"
WRITE = os.environ.get("GOLDEN") == "write"
Schema = dict[str, Any]
Children = dict[str, list[Child]]


def read(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text())


def write(name: str, what: Any) -> None:
    (GOLDEN / name).write_text(json.dumps(what, indent=1, sort_keys=True) + "\n")


@pytest.fixture(scope="module")
def promised() -> Schema:
    return read("schema.json")


@pytest.fixture(scope="module")
def children(tmp_path_factory: pytest.TempPathFactory) -> Children:
    """What each example registers below the component `it`."""
    root = component_examples.project(tmp_path_factory.mktemp("project"))
    examples = {
        **{f"{name}, required": args for name, args in component_examples.minimal(root).items()},
        **{f"{name}, complete": args for name, args in component_examples.complete(root).items()},
    }
    found: Children = {}
    for example, args in examples.items():
        token = f"pilaster:aws:{example.split(',')[0].split()[0]}"
        entries = used(token, "it", args).children
        found[example] = sorted(
            Child(each.parent, each.type, each.name, each.aliases, physical_name(each))
            for each in entries
            if each.parent
        )
    return found


def physical_name(entry: Entry) -> str:
    """What the resource is to be called; another resource's name comes as an output of it."""
    named = (entry.values.get(key) for key in ("name", "bucket", "identifier", "clusterIdentifier"))
    return next((name for name in named if isinstance(name, str)), "")


def test_programs_that_worked_go_on_working():
    now = wordless(schema.package())
    if WRITE:
        write("schema.json", now)
    changes = list(schema_changes(read("schema.json"), now))
    assert changes == [], verdict(changes, HERE)
    assert now == read("schema.json"), "what is promised and not understood by the comparison"


def test_what_was_deployed_stays(children: Children):
    if WRITE:
        write(
            "children.json",
            {example: [each.line for each in found] for example, found in children.items()},
        )
    was: dict[str, list[str]] = read("children.json")
    changes = [
        change
        for example in sorted({*was, *children})
        for change in children_changes(
            example, [Child.of(line) for line in was.get(example, [])], children.get(example, [])
        )
    ]
    assert changes == [], verdict(changes, HERE)


def places(promised: Schema) -> Iterator[tuple[str, str, list[str]]]:
    """Every argument and every output: what it is called, and where it stands."""
    for token, component in promised["resources"].items():
        for name in component["inputProperties"]:
            yield "argument", token, ["resources", token, "inputProperties", name]
        for name in component["properties"]:
            yield "output", token, ["resources", token, "properties", name]
    for token, named in promised["types"].items():
        for name in named.get("properties", {}):
            yield "argument", token, ["types", token, "properties", name]


def without(promised: Schema, path: list[str], renamed: bool) -> Schema:
    """The schema with one property less, or one under another name."""
    changed = copy.deepcopy(promised)
    owner = changed[path[0]][path[1]]
    held = owner[path[2]]
    name = path[3]
    spec = held.pop(name)
    needed = "required" if path[2] == "properties" else "requiredInputs"
    required = name in owner[needed]
    if required:
        owner[needed].remove(name)
    if renamed:
        held["somethingElse"] = spec
        if required:
            owner[needed].append("somethingElse")
    return changed


@pytest.mark.parametrize("renamed", [False, True], ids=["removed", "renamed"])
def test_every_argument_and_output_that_goes_is_named(promised: Schema, renamed: bool):
    seen = 0
    for kind, token, path in places(promised):
        changes = list(schema_changes(promised, without(promised, path, renamed)))
        verb = "set" if kind == "argument" else "read"
        assert (
            Change(
                f"{kind} {path[3]} of {token} is gone: programs that {verb} it stop working", True
            )
            in changes
        )
        others = [each.what for each in changes if each.breaks and "is gone" not in each.what]
        assert all("somethingElse" in each for each in others), others
        seen += 1
    assert seen >= 170
    print(f"{seen} arguments and outputs")


@pytest.mark.parametrize("renamed", [False, True], ids=["removed", "renamed"])
def test_every_child_that_goes_is_named(renamed: bool):
    was: dict[str, list[str]] = read("children.json")
    seen = 0
    for example, lines in was.items():
        old = [Child.of(line) for line in lines]
        for place, child in enumerate(old):
            new = [*old[:place], *old[place + 1 :]]
            if renamed:
                new.append(replace(child, name=f"{child.name}-anew"))
            (change,) = children_changes(example, old, new)
            end = (
                f"is renamed to {child.name}-anew without an alias: AWS would delete and create it"
                if renamed
                else "is gone: AWS would delete it"
            )
            assert change == Change(f"child {child.name} ({child.type}) of {example} {end}", True)
            seen += 1
    assert seen >= 200
    print(f"{seen} children")


def test_a_component_or_a_type_that_goes_is_named(promised: Schema):
    for kind in ("resources", "types"):
        for token in promised[kind]:
            changed = copy.deepcopy(promised)
            del changed[kind][token]
            (change,) = list(schema_changes(promised, changed))
            assert change.breaks
            assert token in change.what


def only(promised: Schema, **changed: Any) -> list[str]:
    """What is said of a change to the argument `protect` of a bucket."""
    anew = copy.deepcopy(promised)
    anew["resources"]["pilaster:aws:Bucket"]["inputProperties"]["protect"].update(changed)
    return [str(each) for each in schema_changes(promised, anew)]


def test_a_type_a_default_and_a_need_that_change_are_told_apart(promised: Schema):
    argument = "argument protect of pilaster:aws:Bucket"
    assert only(promised, type="string") == [
        f"BREAKS: {argument} was boolean and is string: programs that set it stop working"
    ]
    assert only(promised, default=False) == [
        f"BREAKS: default of {argument} was True and is False: programs that leave it out deploy "
        "something else"
    ]
    assert only(promised, plain=False) == [
        f"fine: {argument} was boolean and is boolean, or one that comes later: programs that set "
        "it go on"
    ]
    needed = copy.deepcopy(promised)
    needed["resources"]["pilaster:aws:Bucket"]["requiredInputs"].append("protect")
    assert [str(each) for each in schema_changes(promised, needed)] == [
        f"BREAKS: {argument} is required now: programs that leave it out stop working"
    ]
    assert [str(each) for each in schema_changes(needed, promised)] == [
        f"fine: {argument} may be left out now"
    ]


def test_what_is_new_breaks_nothing_unless_it_is_required(promised: Schema):
    more = copy.deepcopy(promised)
    bucket = more["resources"]["pilaster:aws:Bucket"]
    bucket["inputProperties"]["colour"] = {"type": "string", "plain": True}
    assert [str(each) for each in schema_changes(promised, more)] == [
        "fine: argument colour of pilaster:aws:Bucket is new and may be left out"
    ]
    bucket["requiredInputs"].append("colour")
    assert [str(each) for each in schema_changes(promised, more)] == [
        "BREAKS: argument colour of pilaster:aws:Bucket is new and required: programs without it, "
        "which are all, stop working"
    ]


def test_a_need_that_comes_or_goes_is_no_other_default(promised: Schema):
    """A field of a dataclass has a default or is required: one changes with the other."""
    needed = copy.deepcopy(promised)
    bucket = needed["resources"]["pilaster:aws:Bucket"]
    del bucket["inputProperties"]["protect"]["default"]
    bucket["requiredInputs"].append("protect")
    argument = "argument protect of pilaster:aws:Bucket"
    assert [str(each) for each in schema_changes(promised, needed)] == [
        f"BREAKS: {argument} is required now: programs that leave it out stop working"
    ]
    assert [str(each) for each in schema_changes(needed, promised)] == [
        f"fine: {argument} may be left out now"
    ]


def test_an_output_of_another_type_is_said_in_few_words(promised: Schema):
    changed = copy.deepcopy(promised)
    outputs = changed["resources"]["pilaster:aws:Bucket"]["properties"]
    outputs["arn"].update(type="array", items={"type": "string"})
    assert [str(each) for each in schema_changes(promised, changed)] == [
        "BREAKS: output arn of pilaster:aws:Bucket was string and is a list of string: programs "
        "that read it stop working"
    ]


def changed_children(old: list[Child], new: list[Child]) -> list[str]:
    return [str(each) for each in children_changes("C", old, new)]


def test_a_child_may_be_renamed_with_an_alias_and_not_moved_without_one():
    was = [Child("C it", "aws:x:Y", "it-old")]
    aliased = [Child("C it", "aws:x:Y", "it-new", ["C > aws:x:Y it-old"])]
    moved = [Child("D it-inner", "aws:x:Y", "it-old")]
    assert changed_children(was, aliased) == [
        "fine: child it-old (aws:x:Y) of C is renamed, with an alias"
    ]
    assert changed_children(was, moved) == [
        "BREAKS: child it-old (aws:x:Y) of C is below D it-inner and was below C it, without an "
        "alias: AWS would delete and create it"
    ]
    assert changed_children([], was) == ["fine: child it-old (aws:x:Y) of C is new"]


def test_an_alias_of_another_parent_is_no_alias_of_this_one():
    was = [Child("C it", "aws:x:Y", "it-old")]
    elsewhere = [Child("C it", "aws:x:Y", "it-new", ["D > aws:x:Y it-old"])]
    assert changed_children(was, elsewhere) == [
        "BREAKS: child it-old (aws:x:Y) of C is renamed to it-new without an alias: AWS would "
        "delete and create it"
    ]


def test_a_child_that_is_called_something_else_in_aws_is_another_whatever_its_alias():
    was = [Child("C it", "aws:x:Y", "it-old", physical="shop-old")]
    called = Child("C it", "aws:x:Y", "it-old", physical="shop-new")
    aliased = Child("C it", "aws:x:Y", "it-new", ["C > aws:x:Y it-old"], "shop-new")
    end = (
        "is called shop-new and was shop-old: AWS would delete and create it, or who knows it by "
        "its name loses it"
    )
    assert changed_children(was, [called]) == [f"BREAKS: child it-old (aws:x:Y) of C {end}"]
    assert changed_children(was, [aliased]) == [
        f"BREAKS: child it-old (aws:x:Y) of C is renamed, with an alias, and {end}"
    ]


def test_what_is_new_is_said_beside_what_is_renamed_or_gone():
    was = [Child("C it", "aws:x:X", "it-a"), Child("C it", "aws:x:Y", "it-b")]
    now = [Child("C it", "aws:x:Y", "it-c", ["C > aws:x:Y it-b"]), Child("C it", "aws:x:Z", "n")]
    assert changed_children(was, now) == [
        "BREAKS: child it-a (aws:x:X) of C is gone: AWS would delete it",
        "fine: child it-b (aws:x:Y) of C is renamed, with an alias",
        "fine: child n (aws:x:Z) of C is new",
    ]
    both = [Child("C it", "aws:x:X", "it-x"), Child("C it", "aws:x:X", "it-y")]
    assert changed_children([Child("C it", "aws:x:X", "it-z"), was[0]], both) == [
        f"BREAKS: child {old} (aws:x:X) of C is renamed to {new} without an alias: AWS would "
        "delete and create it"
        for old, new in (("it-z", "it-x"), ("it-a", "it-y"))
    ]


class Below(pulumi.ComponentResource):
    """A component with one child named after it, and one that is not."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__("x:y:Below", name, None, pulumi.ResourceOptions(**options))
        own = pulumi.ResourceOptions(parent=self)
        for child in (f"{name}-topic", "queue"):
            pulumi.CustomResource("aws:x:Thing", child, {}, own)


def registered(program: Callable[[], Any]) -> list[Child]:
    return [
        Child(each.parent, each.type, each.name, each.aliases)
        for each in in_a_program(program).children
    ]


def test_what_is_below_something_renamed_or_moved_with_an_alias_goes_along():
    old = registered(lambda: Below("old", parent=Below("above")))
    urn = "urn:pulumi:test::shop::x:y:Below$x:y:Below::old"

    def renamed() -> None:
        Below("new", parent=Below("above"), aliases=[pulumi.Alias(name="old")])

    def renamed_by_urn() -> None:
        Below("new", parent=Below("above"), aliases=[urn])

    def moved() -> None:
        Below("old", aliases=[pulumi.Alias(parent=Below("above"))])

    for program in (renamed, renamed_by_urn):
        assert sorted(changed_children(old, registered(program))) == [
            "fine: child old (x:y:Below) of C is renamed, with an alias",
            "fine: child old-topic (aws:x:Thing) of C is renamed, with an alias",
        ]
    assert changed_children(old, registered(moved)) == [
        "fine: child old (x:y:Below) of C is moved, or of another type, with an alias",
    ]


def test_what_is_below_something_renamed_is_itself_if_its_own_name_is_the_same():
    """A URN has the types of what a resource is below, and not their names."""
    old = registered(lambda: Below("old"))
    end = "without an alias: AWS would delete and create it"
    assert sorted(changed_children(old, registered(lambda: Below("new")))) == [
        f"BREAKS: child old (x:y:Below) of C is renamed to new {end}",
        f"BREAKS: child old-topic (aws:x:Thing) of C is renamed to new-topic {end}",
    ]


def test_the_verdict_says_what_to_do():
    broken = [Change("one is new", False), Change("another is gone", True)]
    assert verdict(broken, "x.py") == (
        "BREAKS: another is gone\nfine: one is new\nif that is meant, run `GOLDEN=write pytest "
        "x.py` and write it into CHANGELOG.md, under Breaking (arguments, outputs) or under "
        "Replaces resources (children)"
    )
    assert verdict(broken[:1], "x.py").endswith("run `GOLDEN=write pytest x.py`")


def test_what_a_component_registers_is_what_it_promises(
    tmp_path_factory: pytest.TempPathFactory, promised: Schema
):
    root = component_examples.project(tmp_path_factory.mktemp("outputs"))
    for name, args in component_examples.minimal(root).items():
        token = f"pilaster:aws:{name}"
        registered = used(token, "it", args).outputs[f"{token} it"]
        assert set(registered) == set(promised["resources"][token]["properties"]), token
    assert set(promised["resources"]) == set(components())
