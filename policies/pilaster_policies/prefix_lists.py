"""What a prefix list of the stack holds: ranges written in it, or as entries of their own."""

from __future__ import annotations

from pilaster_policies.references import Stack
from pilaster_policies.registry import Resource
from pilaster_policies.values import Value, inside, is_unknown

LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"


class PrefixLists:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._ranges: dict[str, list[Value]] = {}
        for each in stack.of(LIST):
            said = each.props.get("entries")
            entries = said if isinstance(said, list) else [said] if said else []
            self._ranges[each.urn] = [inside(entry, "cidr") for entry in entries]
        for entry in stack.of(ENTRY):
            for each in stack.references(entry, "prefixListId", types=(LIST,)).found:
                self._ranges[each.urn].append(entry.props.get("cidr"))

    def held(self, resource: Resource, key: str, lists: Value) -> tuple[list[str], bool]:
        """The ranges these lists hold, and whether that is all of them.

        `lists`: their ids, as they stand in the property `key` of the resource. A list that is not
        in the stack, AWS's own among them, holds what nobody can see.
        """
        if not lists:
            return [], True
        named = self._stack.references(resource, key, types=(LIST,), within=lists)
        values = [value for found in named.found for value in self._ranges[found.urn]]
        whole = not (named.strangers or named.unknown or any(map(is_unknown, values)))
        if len(named.found) > (len(lists) if isinstance(lists, list) else 1):
            # Made of several, of which only one is meant here: sure is what all of them hold.
            each = [{v for v in self._ranges[f.urn] if isinstance(v, str)} for f in named.found]
            return sorted(set[str].intersection(*each)), False
        return [value for value in values if isinstance(value, str)], whole
