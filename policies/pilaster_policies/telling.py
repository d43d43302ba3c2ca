"""What was found of a resource, as it is told: with its level, and without anybody's secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pilaster_policies.exceptions import UNKNOWN
from pilaster_policies.registry import Finding, NotKnown, Resource, Rule
from pilaster_policies.values import secrets

_SHORT = 4
"""A secret of fewer characters stands in most texts, as it does in this one."""


@dataclass(frozen=True)
class Told:
    rules: tuple[str, ...]
    """The policies that say it; of what is not known yet they are often several."""
    text: str
    advice: bool

    @property
    def labelled(self) -> str:
        """As a policy says it that speaks for many rules."""
        return f"[{', '.join(self.rules)}] {self.text}"


def told(
    resource: Resource,
    found: Sequence[tuple[Rule, Finding]],
    hidden: Iterable[str],
    fatal: Callable[[Rule, Resource, NotKnown], bool],
) -> list[Told]:
    """`hidden`: texts never to be shown. `fatal`: whether what a rule cannot tell yet breaks it."""
    lines: dict[tuple[str, bool], list[str]] = {}
    for rule, finding in found:
        if isinstance(finding, NotKnown):
            advice = not fatal(rule, resource, finding)
            name = f"{rule.id}{UNKNOWN}" if advice else rule.id
            text = f"not known yet: {finding.what}"
        else:
            advice, name = False, rule.id
            text = f"{finding.what}. Fix: {finding.fix}"
        lines.setdefault((without(hidden, text), advice), []).append(name)
    return [
        Told(tuple(dict.fromkeys(names)), text, advice) for (text, advice), names in lines.items()
    ]


def hidden_in(resources: Iterable[Resource]) -> list[str]:
    """The secrets of resources, the longest first: one may stand in another."""
    marked = {secret for each in resources for secret in secrets(each.props)}
    # A message shows a text as Python writes it, in which a quote or a letter may be escaped.
    found = marked | {repr(each)[1:-1] for each in marked}
    return sorted((each for each in found if len(each) >= _SHORT), key=len, reverse=True)


def without(hidden: Iterable[str], text: str) -> str:
    """In whatever case it stands there: what is compared without case is said in small letters."""
    for secret in hidden:
        if secret.lower() in text.lower():
            text = re.sub(re.escape(secret), "[secret]", text, flags=re.IGNORECASE)
    return text
