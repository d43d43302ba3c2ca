"""Types that pulumi_aws has and this machine does not: without an endpoint they are previewed.

What pulumi_aws declares is all that is known of them: their inputs are held against it, their
outputs are unknown, and whether a change would replace them cannot be told, so it is an update.
"""

from __future__ import annotations

from functools import cache

from pilaster_local.providers.aws import declared
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Row
from pilaster_local.providers.aws.values import Plain


class Previewed(Kind):
    """One resource type, by pulumi_aws's schema alone."""

    def claims(self, inputs: Plain) -> tuple[set[str], set[str]]:
        return set(inputs), set()

    def refused(self, inputs: Plain) -> list[tuple[str, str]]:
        given = {name: value for name, value in inputs.items() if not name.startswith("__")}
        return list(declared.failures(self.token, given))


@cache
def previewed(token: str) -> Kind | None:
    """The type's behaviour in a preview; none where pulumi_aws does not have the type."""
    if token not in declared.types():
        return None
    tagged = declared.is_tagged(token)
    return Previewed(token, Row(service="", create="", id="", tagged=tagged))
