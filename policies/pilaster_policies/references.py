"""Which resource a property speaks of: by what it was made of, or by an id that is known.

Before the first deployment an id is unknown, and what it will be of is all there is to go by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pilaster_policies.registry import Resource
from pilaster_policies.values import is_unknown, texts

ID_PROPERTIES = ("id", "arn", "name", "identifier")
"""What others say when they mean a resource."""


@dataclass(frozen=True)
class References:
    """What a property leads to."""

    found: tuple[Resource, ...]
    strangers: tuple[str, ...]
    """Ids of what is not in this stack."""
    unknown: bool
    """A value that is not known, and not known to be made of any resource that would do."""


class Stack:
    """The resources of a stack, by type and by what they are called."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources = list(resources)
        self._of_type: dict[str, list[Resource]] = defaultdict(list)
        self._called: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            self._of_type[resource.type].append(resource)
            for name in ID_PROPERTIES:
                value = resource.props.get(name)
                if isinstance(value, str):
                    self._called[value].append(resource)

    def of(self, *types: str) -> list[Resource]:
        return [resource for type_ in types for resource in self._of_type[type_]]

    def references(
        self, resource: Resource, *path: str, types: Sequence[str], within: object = None
    ) -> References:
        """What stands at `path` of the resource, as far as it is of one of these types.

        `within`: the value itself, where it stands in one of several entries; what the whole
        property was made of answers for it then, which may be more than was meant.
        """
        value = within if within is not None else resource.get(*path)
        said = texts(value)
        by_name = [
            each for text in said for each in self._called.get(text, ()) if each.type in types
        ]
        unknown = _holds_unknown(value)
        made_of = (
            [each for each in resource.needs.get(path[0], ()) if each.type in types]
            if unknown or len(by_name) < len(said)
            else []
        )
        found = {each.urn: each for each in (*by_name, *made_of)}
        strangers = tuple(text for text in said if text and text not in self._called)
        # What is made of a resource of this stack is known for what it is, of these types or not.
        made_here = any(each.type.startswith("aws:") for each in resource.needs.get(path[0], ()))
        resource.ask(path, unknown=unknown and not made_of and not made_here)
        return References(
            found=tuple(found.values()),
            strangers=() if made_of else strangers,
            unknown=unknown and not made_of,
        )


def _holds_unknown(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_holds_unknown, value))
    return is_unknown(value)
