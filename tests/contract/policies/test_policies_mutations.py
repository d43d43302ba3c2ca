"""Every mistake that can be made mechanically in our prod stack is caught by the pack."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.policy_mutations import apply, findings, mutants, previewed


def test_no_mistake_made_mechanically_survives(capsys: pytest.CaptureFixture[str]) -> None:
    graph = previewed("prod")
    sound = findings(graph)
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    survivors: list[str] = []
    for mutant in mutants(graph):
        mutated, changed = apply(graph, mutant)
        new = findings(mutated, changed) - sound
        made[mutant.operator] += 1
        caught.update({rule for rule, _, _ in new})
        if not new:
            survivors.append(f"{mutant.operator}: {mutant.what}")
    with capsys.disabled():
        print(f"\n{made.total()} mistakes in prod, {len(survivors)} survived")
        print("  made:", ", ".join(f"{n} x {name}" for name, n in made.most_common()))
        print("  caught by:", ", ".join(f"{rule} {n}" for rule, n in caught.most_common()))
    assert made.total() > 300, "the stack is read, and its policies are known"
    assert survivors == []
