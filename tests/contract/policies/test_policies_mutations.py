"""Every mistake that can be made mechanically in our prod stack is caught by the pack."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from pilaster_policies.registry import Graph

from tests.support.policy_mutations import (
    alone,
    bounded,
    findings,
    judged,
    mutants,
    previewed,
)


@cache
def prod() -> Graph:
    """With a boundary around its roles: to ask for one is up to who has teams."""
    return bounded(previewed("prod"), "arn:aws:iam::*:policy/pilaster-edge")


def test_no_mistake_made_mechanically_survives(capsys: pytest.CaptureFixture[str]) -> None:
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    survivors: list[str] = []
    for mutant, found in judged(prod(), [*mutants(prod())]):
        made[mutant.operator] += 1
        caught.update({rule for rule, _, _ in found})
        if not found:
            survivors.append(f"{mutant.operator}: {mutant.what}")
    with capsys.disabled():
        print(f"\n{made.total()} mistakes in prod, {len(survivors)} survived")
        print("  made:", ", ".join(f"{n} x {name}" for name, n in made.most_common()))
        print("  caught by:", ", ".join(f"{rule} {n}" for rule, n in caught.most_common()))
    assert made.total() > 1_000, "the stack is read, and its policies are known"
    assert survivors == []


@pytest.mark.long
def test_made_alone_each_of_them_is_caught_as_well() -> None:
    """Made together they are no easier to see: what is caught so is caught by the same rules."""
    sound = findings(prod())
    for mutant, found in judged(prod(), [*mutants(prod())]):
        by = {rule for rule, _, _ in alone(prod(), sound, mutant)}
        assert {rule for rule, _, _ in found} <= by, mutant
