"""What arguments carry beside their values crosses too, and what is wrong is named by its path."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pilaster.aws import Grant
from pilaster.plugin.shapes import ListOf, MapOf, Record, Scalar
from pulumi.resource import DependencyResource

from tests.support import component_examples, plugin
from tests.support.book import MARK, Book
from tests.support.plugin import SECRET, Plugin, Refused, on_the_wire, output, used

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ELSEWHERE = "urn:pulumi:test::shop::aws:sns/topic:Topic::elsewhere"
NAMES = sorted(component_examples.complete(Path("anywhere")))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return component_examples.project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugin]:
    with plugin.running(tmp_path_factory.mktemp("s")) as started:
        yield started


def in_python(value: Any, *, secret: bool, urns: Sequence[str]) -> pulumi.Output[Any]:
    """An output as a Python program has it; `...` is one that is not known."""

    def ready(found: Any) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.set_result(found)
        return future

    return pulumi.Output(
        ready({DependencyResource(urn) for urn in urns}),
        ready(None if value is ... else value),
        ready(value is not ...),
        ready(secret),
    )


def with_late(shape: Any, value: Any, make: Callable[[Any], Any]) -> Any:
    """The arguments, with every value that may come late made one that does."""
    match shape:
        case Scalar(late=True):
            return make(value)
        case ListOf(items=inner):
            return [with_late(inner, each, make) for each in value]
        case MapOf(values=inner):
            return {key: with_late(inner, each, make) for key, each in value.items()}
        case Record(fields=fields):
            changed = {
                each.name: with_late(each.shape, found, make)
                for each in fields
                for found in [getattr(value, each.name)]
                if found is not None
            }
            return dataclasses.replace(value, **changed)
        case _:
            return value


def both(
    served: Plugin, root: Path, name: str, *, unknown: bool, secret: bool, urns: list[str]
) -> tuple[Book, Book]:
    """The example over the wire and in a program, all that may be late being so."""
    args = component_examples.complete(root)[name]
    token = f"pilaster:aws:{name.split()[0]}"
    shape = Record(of=type(args))

    def on_wire(value: Any) -> Any:
        return output(... if unknown else value, secret=secret, urns=urns)

    def in_program(value: Any) -> Any:
        return in_python(... if unknown else value, secret=secret, urns=urns)

    crossed = on_the_wire(with_late(shape, args, on_wire))
    book, _ = served.construct(token, "it", crossed, preview=unknown)
    direct = used(token, "it", lambda: with_late(shape, args, in_program), preview=unknown)
    return book, direct


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_known_yet_is_not_known_in_the_same_places(
    served: Plugin, root: Path, name: str
):
    book, direct = both(served, root, name, unknown=True, secret=False, urns=[ELSEWHERE])
    assert book.children == direct.children
    assert book.outputs == direct.outputs


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_stays_one_in_the_same_places(served: Plugin, root: Path, name: str):
    book, direct = both(served, root, name, unknown=False, secret=True, urns=[])
    assert book.children == direct.children
    assert book.outputs == direct.outputs


@pytest.mark.parametrize("name", NAMES)
def test_what_a_value_comes_from_is_waited_for_in_the_same_places(
    served: Plugin, root: Path, name: str
):
    book, direct = both(served, root, name, unknown=False, secret=False, urns=[ELSEWHERE])
    assert book.children == direct.children
    assert book.outputs == direct.outputs


def function(root: Path, **more: Any) -> dict[str, Any]:
    return {**on_the_wire(component_examples.minimal(root)["Function"]), **more}


def test_one_secret_variable_makes_no_secret_of_the_others(served: Plugin, root: Path):
    """The SDK's own reading would: it pushes a secret up to the whole argument."""
    environment = {"TOKEN": {MARK: SECRET, "value": "s3cret"}, "PLACE": "here"}
    book, _ = served.construct(
        "pilaster:aws:Function", "f", function(root, environment=environment)
    )
    secret = {MARK: SECRET, "value": "s3cret"}
    assert _lambda(book).values["environment"] == {"variables": {"TOKEN": secret, "PLACE": "here"}}
    assert _lambda(book).inputs.count(SECRET) == 1


def _lambda(book: Book) -> Any:
    (found,) = [each for each in book.entries if each.type == "aws:lambda/function:Function"]
    return found


def test_a_secret_around_several_values_is_one_for_each(served: Plugin, root: Path):
    environment = {MARK: SECRET, "value": {"TOKEN": "s3cret"}}
    book, _ = served.construct(
        "pilaster:aws:Function", "f", function(root, environment=environment)
    )
    secret = {MARK: SECRET, "value": "s3cret"}
    assert _lambda(book).values["environment"] == {"variables": {"TOKEN": secret}}


def test_what_is_said_of_an_argument_as_a_whole_is_said_of_what_is_in_it(
    served: Plugin, root: Path
):
    """Some languages name the resources an argument comes from, and not where in it."""
    environment = {"TOPIC": "arn:aws:sns:eu-central-1:1:elsewhere"}
    book, _ = served.construct(
        "pilaster:aws:Function",
        "f",
        function(root, environment=environment),
        dependencies={"environment": [ELSEWHERE]},
    )
    assert "aws:sns/topic:Topic elsewhere" in _lambda(book).dependencies


def test_what_is_said_exactly_counts(served: Plugin, root: Path):
    """Of two grants one is of another resource: its policy depends on that, the other does not."""
    grants = [
        on_the_wire(Grant(owner="a", actions=["s3:GetObject"], resources=["arn:aws:s3:::a/*"])),
        {
            "owner": "b",
            "actions": ["sns:Publish"],
            "resources": [output(..., urns=[ELSEWHERE])],
            "known": False,
        },
    ]
    book, _ = served.construct(
        "pilaster:aws:Function",
        "f",
        function(root, grants=grants),
        dependencies={"grants": [ELSEWHERE]},
        preview=True,
    )
    policies = {each.name: each for each in book.entries if each.type.endswith(":RolePolicy")}
    topic = "aws:sns/topic:Topic elsewhere"
    assert topic in policies["f-policy-b"].dependencies
    assert topic not in policies["f-policy"].dependencies
    assert policies["f-policy-b"].values["policy"] == UNKNOWN


def test_a_plain_value_that_comes_from_a_resource_makes_the_component_wait(
    served: Plugin, root: Path
):
    inputs = function(root, memoryMib=output(1024, urns=[ELSEWHERE]))
    book, _ = served.construct("pilaster:aws:Function", "f", inputs)
    (component,) = [each for each in book.entries if each.type == "pilaster:aws:Function"]
    assert component.dependencies == ("aws:sns/topic:Topic elsewhere",)
    assert _lambda(book).values["memorySize"] == 1024


@pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])
def test_a_network_s_side_may_come_whole(served: Plugin, root: Path, preview: bool):
    side = {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}
    network = output(... if preview else side, urns=[ELSEWHERE])
    book, _ = served.construct(
        "pilaster:aws:Function", "f", function(root, network=network), preview=preview
    )
    found = _lambda(book)
    assert found.values["vpcConfig"] == (
        {"subnetIds": UNKNOWN, "securityGroupIds": UNKNOWN} if preview else side
    )
    assert "aws:sns/topic:Topic elsewhere" in found.dependencies
    # It was given, so the function is inside: its role may attach network interfaces.
    (policy,) = [each for each in book.entries if each.name == "f-policy"]
    assert "ec2:CreateNetworkInterface" in policy.inputs


def test_the_answer_carries_what_the_component_gives_back(served: Plugin, root: Path):
    _, answer = served.construct("pilaster:aws:Function", "f", function(root))
    assert set(answer.state.keys()) == {"arn", "name", "principal", "roleArn"}
    assert answer.urn == "urn:pulumi:test::shop::pilaster:aws:Function::f"
    own = "urn:pulumi:test::shop::pilaster:aws:Function$aws:lambda/function:Function::f-function"
    assert own in answer.stateDependencies["arn"].urns


def test_a_network_gives_back_its_sides_in_the_schema_s_words(served: Plugin, root: Path):
    inputs = on_the_wire(component_examples.minimal(root)["Network"])
    _, answer = served.construct("pilaster:aws:Network", "net", inputs)
    assert set(answer.state.keys()) == {"inside", "database", "cache"}
    text = str(answer.state["inside"])
    assert "subnetIds" in text
    assert "securityGroupIds" in text
    assert "subnet_ids" not in text


def test_options_are_the_component_s_own(served: Plugin, root: Path):
    """Its parent, protection and aliases go to it, and no further."""
    parent = "urn:pulumi:test::shop::my:index:Thing::above"
    inputs = on_the_wire(component_examples.minimal(root)["Bus"])
    book, answer = served.construct("pilaster:aws:Bus", "bus", inputs, parent=parent)
    by_type = {each.type: each for each in book.entries}
    assert by_type["pilaster:aws:Bus"].parent == "my:index:Thing above"
    assert by_type["aws:cloudwatch/eventBus:EventBus"].parent == "pilaster:aws:Bus bus"
    assert answer.urn.endswith("my:index:Thing$pilaster:aws:Bus::bus")


WRONG: Mapping[str, tuple[dict[str, Any], str, str]] = {
    "a fraction": (
        {"memoryMib": 512.5},
        "memoryMib",
        "512.5 must be a whole number",
    ),
    "another type": (
        {"timeoutSeconds": "ten"},
        "timeoutSeconds",
        "is a text and must be a whole number",
    ),
    "a list for a mapping": (
        {"environment": ["A"]},
        "environment",
        "is a list and must be a mapping",
    ),
    "a number for a text, deep inside": (
        {"grants": [{"owner": "a", "actions": ["s3:GetObject", 7], "resources": []}]},
        "grants[0].actions[1]",
        "is a number and must be a text",
    ),
    "a late value of another type": (
        {"environment": {"A": 1}},
        'environment["A"]',
        "is a number and must be a text",
    ),
    "an asset": (
        {"code": {MARK: "c44067f5952c0a294b673a41bacd8c17", "path": "x"}},
        "code",
        "is an asset and must be a mapping",
    ),
    "left out": (
        {"code": {}},
        "code.entryPoint",
        "is missing: The module with the `handler`, dotted: `lambdas.documents.aws.api.create`.",
    ),
    "a secret that shapes the program": (
        {"memoryMib": output(1024, secret=True)},
        "memoryMib",
        "is a secret and would be shown: it decides what is deployed",
    ),
    "a rule of the class": (
        {"memoryMib": 64},
        "memoryMib",
        "memoryMib 64 of 'app.hello' is not within 128 and 10240",
    ),
    "a rule of a class inside": (
        {"grants": [{"owner": "a", "actions": ["s3:*"], "resources": ["arn:aws:s3:::a"]}]},
        "grants[0]",
        "action 's3:*' in a grant of 'a' is not one action: write `service:Action`, one by one; a "
        "wildcard grants what AWS adds tomorrow",
    ),
    "none of a few": (
        {"place": {"target": {"architecture": "sparc"}}},
        "place.target.architecture",
        "'sparc' is none of arm64, x86_64",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_by_its_path(served: Plugin, root: Path, case: str):
    wrong, path, reason = WRONG[case]
    if "place" in wrong:
        wrong = {"place": {**function(root)["place"], **wrong["place"]}}
    with pytest.raises(Refused) as refused:
        served.construct("pilaster:aws:Function", "f", function(root, **wrong))
    assert refused.value.properties == {path: reason}


def test_a_name_that_is_not_there_is_told_the_nearest(served: Plugin, root: Path):
    with pytest.raises(Refused) as refused:
        served.construct("pilaster:aws:Function", "f", function(root, memoryMb=512))
    (reason,) = refused.value.properties.values()
    assert list(refused.value.properties) == ["memoryMb"]
    assert reason.startswith("is no argument; did you mean memoryMib? There are place, code, ")


def test_what_decides_and_is_not_known_is_refused(served: Plugin, root: Path):
    for late in (output(...), UNKNOWN):
        with pytest.raises(Refused) as refused:
            served.construct(
                "pilaster:aws:Function", "f", function(root, memoryMib=late), preview=True
            )
        assert refused.value.properties == {
            "memoryMib": "is not known before something else is deployed, and decides what is "
            "deployed: give a value"
        }


def test_what_only_the_whole_is_wrong_about_is_said_without_a_path(served: Plugin, root: Path):
    inputs = on_the_wire(component_examples.minimal(root)["Api"])
    with pytest.raises(Refused) as refused:
        served.construct("pilaster:aws:Api", "api", {**inputs, "publicRoutes": ["GET /bye"]})
    assert refused.value.properties == {}
    assert refused.value.message == "public route 'GET /bye' is no route; there are GET /hello"


def test_code_that_is_not_there_is_said_without_a_traceback(served: Plugin, root: Path):
    with pytest.raises(Refused) as refused:
        served.construct(
            "pilaster:aws:Function", "f", function(root, code={"entryPoint": "app.nothing"})
        )
    assert refused.value.message.startswith("pilaster:aws:Function 'f' is refused: ")
    assert "app.nothing" in refused.value.message
    assert "Traceback" not in refused.value.message
    assert '.py", line' not in refused.value.message


def test_a_component_that_is_not_there_is_told_which_are(served: Plugin):
    with pytest.raises(Refused, match="there is no component 'pilaster:aws:Apy'; there are "):
        served.construct("pilaster:aws:Apy", "x", {})


def test_two_components_may_be_made_one_after_the_other(served: Plugin, root: Path):
    """Nothing of the first is left: another name, another stack's settings."""
    inputs = on_the_wire(component_examples.minimal(root)["Bus"])
    first, _ = served.construct("pilaster:aws:Bus", "one", inputs)
    second, _ = served.construct("pilaster:aws:Bus", "two", inputs, preview=True)
    assert [each.name for each in first.children] == ["one-bus", "one"]
    assert [each.name for each in second.children] == ["two-bus", "two"]
