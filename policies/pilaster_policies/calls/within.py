"""Whether what a role is granted stays within what is meant: proved, with a request where not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from pilaster_policies.actions import expand
from pilaster_policies.documents import Statement
from pilaster_policies.principals import Granted, Principal
from pilaster_policies.proof.containment import Power, Proof, no_broader
from pilaster_policies.proof.patterns import TooManyError, arn, holds

Meant = Callable[[str, tuple[str, ...]], Iterable[str]]
"""Of an action and the resources it is granted on, the patterns of those that are meant."""


def beyond(
    principal: Principal, needed: Iterable[str], meant: Meant
) -> Iterator[tuple[Granted, Proof]]:
    """Statements that are not proved to stay within; of the needed actions only."""
    wanted = frozenset(needed)
    for granted in principal.allowed():
        statement = granted.statement
        if statement.unknown or statement.not_actions or statement.not_resources:
            continue  # not known yet, or refused as a whole elsewhere
        allowed = sorted({a for each in statement.actions for a in expand(each)} & wanted)
        by_resources: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for action in allowed:
            patterns = tuple(sorted(set(meant(action, statement.resources))))
            if not all(_one_holds(patterns, each) for each in statement.resources):
                by_resources[patterns].append(action)
        for patterns, actions in by_resources.items():
            narrow = replace(statement, actions=tuple(actions))
            wide = Power((_statement(actions, patterns),)) if patterns else Power(())
            proof = no_broader(Power((narrow,)), wide)
            if proof.verdict != "contained":
                yield granted, proof
                break


@lru_cache(maxsize=65536)
def _one_holds(patterns: tuple[str, ...], resource: str) -> bool:
    """Whether one of them alone holds it: the common case, and a quick one."""
    if resource in patterns:
        return True
    narrow = arn(resource)
    wide = [found for each in patterns if (found := arn(each)) is not None]
    try:
        return narrow is not None and any(holds(each, narrow) for each in wide)
    except TooManyError:
        return False


def _statement(actions: Iterable[str], resources: tuple[str, ...]) -> Statement:
    return Statement(
        label="meant",
        allows=True,
        actions=tuple(actions),
        not_actions=False,
        resources=resources,
        not_resources=False,
        principals=(),
        not_principals=False,
        conditions=(),
        unknown=(),
    )
