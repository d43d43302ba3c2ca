"""The secret between a distribution and its APIs: drawn once, and changed without a refusal."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pilaster.aws import Code, FunctionArgs, OriginSecret, OriginSecretArgs, origin_secret

from tests.unit.components.deployment import Deployment, code_folder, deployed, place

DRAWN = hashlib.sha256(b"drawn").hexdigest()
"""Of what the mocks answer."""


def secret(root: Path, generation: int = 1) -> Deployment:
    function = FunctionArgs(
        place=place(code_folder(root)), code=Code(entry_point="lambdas.handler")
    )
    args = OriginSecretArgs(place=place(), function=function, generation=generation)
    return deployed(lambda: OriginSecret("lock", args))


@pytest.mark.parametrize(
    ("generation", "drawn"), [(1, ["lock-1"]), (2, ["lock-1", "lock-2"]), (7, ["lock-6", "lock-7"])]
)
def test_a_generation_is_drawn_beside_the_one_before(
    tmp_path: Path, generation: int, drawn: list[str]
):
    """Those that are there already are the resources they were: nothing draws them anew."""
    stack = secret(tmp_path, generation)
    assert [each.name for each in stack.all("Invocation")] == drawn
    inputs = [json.loads(each.inputs["input"]) for each in stack.all("Invocation")]
    assert inputs == [{"generation": int(name.rpartition("-")[2])} for name in drawn]
    assert stack.outputs["pilaster:aws:OriginSecret lock"]["sha256"] == ",".join(
        [DRAWN] * len(drawn)
    )


def test_what_a_generation_is_called_with_never_changes(tmp_path: Path):
    first, second = secret(tmp_path / "a", 2), secret(tmp_path / "b", 3)
    assert first.one("Invocation", "lock-2").inputs == second.one("Invocation", "lock-2").inputs


def test_two_digests_are_told_the_older_first():
    one, two = (hashlib.sha256(each.encode()).hexdigest() for each in ("one", "two"))
    assert origin_secret.digests(["one", "two"]) == f"{one},{two}"


@pytest.mark.parametrize("answer", ["{}", "[]", "null", '{"secret": ""}', '{"secret": 7}'])
def test_an_answer_without_a_secret_stops_the_deployment_and_is_not_shown(answer: str):
    with pytest.raises(ValueError, match="answered without one") as raised:
        origin_secret.drawn_secret(answer)
    assert answer not in str(raised.value)


def test_there_is_no_generation_before_the_first(tmp_path: Path):
    arguments: Any = FunctionArgs(place=place(tmp_path), code=Code(entry_point="lambdas.handler"))
    with pytest.raises(ValueError, match="1 is the first"):
        OriginSecretArgs(place=place(), function=arguments, generation=0)
