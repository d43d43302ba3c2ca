"""`check`: fills in what the program leaves out, and says what is wrong before anything is made."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from pilaster_local.providers.aws import naming
from pilaster_local.providers.aws.cloud import Cloud
from pilaster_local.providers.aws.differences import DEFAULTS
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.values import UNKNOWN, Plain

Failure = tuple[str, str]


def complete(kind: Kind, cloud: Cloud, name: str, old: Plain, new: Plain, seed: bytes) -> Plain:
    """What the provider adds to the inputs, the list of its own additions included."""
    row = kind.row
    added: Plain = {key: value for key, value in row.defaults.items() if key not in new}
    if row.named and row.named.property not in new:
        added[row.named.property] = _kept_name(kind, old, new) or naming.automatic(
            row.named, name, new, seed
        )
    added.update(kind.prepare({**new, **added}))
    if row.tagged and cloud.default_tags:
        added["tagsAll"] = _all_tags(cloud.default_tags, new.get("tags"))
    return {**added, DEFAULTS: sorted(added)} if added else {}


def _kept_name(kind: Kind, old: Plain, new: Plain) -> str | None:
    """The automatic name the thing has. A name the program gave and gives no more is not kept."""
    named = kind.row.named
    if named is None or named.property not in (old.get(DEFAULTS) or []):
        return None
    if named.prefix and old.get(named.prefix) != new.get(named.prefix):
        return None
    kept = old.get(named.property)
    changes_form = naming.required_ending(named, old) != naming.required_ending(named, new)
    return None if changes_form else kept


def _all_tags(defaults: Mapping[str, str], tags: object) -> object:
    if tags is UNKNOWN:
        return UNKNOWN
    return {**defaults, **(tags if isinstance(tags, Mapping) else {})}


def failures(kind: Kind, inputs: Plain) -> list[Failure]:
    """What is missing, what nobody takes, and what AWS would refuse."""
    found: list[Failure] = [
        (name, f"{kind.token} needs {name!r}")
        for name in kind.row.required.split()
        if name not in inputs
    ]
    found += unclaimed(kind, inputs)
    # The rules of a type read what it needs: they make sense once that is there.
    return found or kind.check(inputs)


def without_secrets(found: list[Failure], secrets: frozenset[str]) -> list[Failure]:
    """The failures without the values of secret inputs, which some messages quote."""
    return [
        (path, "it is not what pulumi_aws declares; it is secret, so it is not shown")
        if re.split(r"[.\[]", path, maxsplit=1)[0] in secrets
        else (path, why)
        for path, why in found
    ]


def unclaimed(kind: Kind, inputs: Plain) -> list[Failure]:
    """The inputs that nothing here takes."""
    claimed, lost = kind.claims(inputs)
    found = [(name, _unclaimed(kind, name, claimed)) for name in sorted(inputs.keys() - claimed)]
    return found + [(path, _unclaimed(kind, path, set())) for path in sorted(lost)]


def _unclaimed(kind: Kind, name: str, claimed: set[str]) -> str:
    known = {*claimed, *kind.known()} - {DEFAULTS, name}
    near = difflib.get_close_matches(name, sorted(known), 1, 0.75)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"the local cloud has nothing that takes {name!r} of {kind.token}{hint}"
