"""How the inputs of a type become the parameters of its operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pilaster_local.providers.aws import shapes, tagging
from pilaster_local.providers.aws.cloud import Cloud
from pilaster_local.providers.aws.models import input_shape
from pilaster_local.providers.aws.rows import Row, key_parameters
from pilaster_local.providers.aws.values import Plain


@dataclass(frozen=True)
class Scope:
    """Where one operation on one resource takes place."""

    cloud: Cloud
    region: str
    urn: str

    def call(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Plain:
        return self.cloud.call(service, operation, dict(parameters), self.region)

    def facts(self) -> Plain:
        """What every template may use beside inputs and outputs."""
        return {
            "account": self.cloud.account,
            "region": self.region,
            "endpoint": self.cloud.endpoint or "",
            "urn": self.urn,
        }


class Calls:
    """What the operations of one type take, by its row. Special types override a step."""

    def __init__(self, token: str, row: Row) -> None:
        self.token = token
        self.row = row

    # -- what the type claims ---------------------------------------------------------------

    def prepare(self, inputs: Plain) -> Plain:
        """Inputs that follow from others, for `check` to add."""
        return {}

    def translate(self, inputs: Plain) -> Plain:
        """The inputs as the service nests them, where a match by name is not enough."""
        return inputs

    def replacing(self, inputs: Plain) -> frozenset[str]:
        """The inputs that cannot change in place."""
        return self.row.replacing

    def claims(self, inputs: Plain) -> tuple[set[str], set[str]]:
        """The inputs something takes, and the paths inside them that nothing takes."""
        claimed = set(self.row.set_aside)
        given = {name: value for name, value in inputs.items() if name not in claimed}
        offered = self.translate(given)
        claimed |= given.keys() - offered.keys()
        lost = _Lost()
        for operation in filter(None, (self.row.create, self.row.update)):
            lost.add(shapes.match(self.takes(operation), offered, self.row.rename))
        for part in self.row.parts:
            claimed |= part.names
            own = {name: value for name, value in given.items() if name in part.names}
            if part.put:
                rename = {**self.row.rename, **part.rename}
                lost.add(shapes.match(self.takes(part.put, part.within), own, rename))
            elif part.inside:
                lost.add(_looked_into(own, frozenset(part.inside.split())))
        return claimed | lost.claimed, lost.paths

    def known(self) -> set[str]:
        """Names an input may have, as far as the row and the shapes tell: for hints."""
        row = self.row
        names = {*row.set_aside, *row.replacing, *row.unset, *row.defaults, *row.rename}
        names |= {name for part in row.parts for name in part.names}
        for operation in filter(None, (row.create, row.update)):
            names |= {name[:1].lower() + name[1:] for name in self.takes(operation).members}
        return names - {""}

    # -- parameters ---------------------------------------------------------------------------

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        parameters = self.parameters(self.row.create, inputs)
        parameters.update(self._creation_tags(scope, inputs))
        return parameters

    def parameters(self, operation: str, inputs: Plain) -> Plain:
        """The operation's parameters from the inputs it claims."""
        offered = {name: value for name, value in inputs.items() if name not in self.row.set_aside}
        return self.placed(operation, self.translate(offered), self.row.rename, self.row.within)

    def key(self, operation: str, known: Plain, *, partly: bool = False) -> Plain:
        """The parameters that name the thing, of those the operation knows."""
        return self.key_of(operation, self.row.key, known, partly=partly)

    def key_of(self, operation: str, key: str, known: Plain, *, partly: bool = False) -> Plain:
        members = input_shape(self.row.service, operation).members
        words = [word for word in key.split() if word.partition("=")[0] in members]
        parameters: Plain = {}
        for word in words:
            try:
                parameters.update(key_parameters(word, known))
            except KeyError:
                if not partly:
                    raise
        return parameters

    @property
    def tag_style(self) -> tagging.Style:
        return tagging.STYLES[self.row.service]

    def _creation_tags(self, scope: Scope, inputs: Plain) -> Plain:
        if not self.row.tagged:
            return {}
        tags = dict(tags_of(inputs))
        if self.row.marked:
            tags[tagging.MARK] = scope.urn
        if not tags:
            return {}
        shape = input_shape(self.row.service, self.row.create)
        if self.row.tag_type:
            listed = tagging.spelled(self.tag_style, tags)
            kind = self.row.tag_type
            return {"TagSpecifications": [{"ResourceType": kind, "Tags": listed}]}
        return shapes.match(shape, {"tags": tags}, self.row.rename).parameters

    def placed(
        self, operation: str, inputs: Plain, rename: Mapping[str, str], within: str
    ) -> Plain:
        """What the operation takes of the inputs, those that belong inside a member put there."""
        shape = input_shape(self.row.service, operation)
        if not within or within not in shape.members:
            return shapes.match(shape, inputs, rename).parameters
        outer = shapes.match(shape, inputs, rename)
        rest = {name: value for name, value in inputs.items() if name not in outer.claimed}
        inner = shapes.match(shape.members[within], rest, rename).parameters
        return {**outer.parameters, within: inner}

    def takes(self, operation: str, within: str | None = None) -> Members:
        """All members an input may match, those inside the row's inner member included."""
        shape = input_shape(self.row.service, operation)
        inside = self.row.within if within is None else within
        members = dict(shape.members)
        if inside and inside in members:
            members = {**members[inside].members, **members}
        return Members(members)

    def unset(self, shape: Members, inputs: Plain, changed: set[str]) -> Plain:
        """What says "none" for inputs that were given once and are not any more."""
        values: Plain = {}
        for name in changed - inputs.keys():
            if name in self.row.unset:
                values[name] = self.row.unset[name]
                continue
            member = shapes.member_for(shape, name, self.row.rename.get(name))
            if member is None:
                continue
            wanted = shape.members[member]
            empty = {"string": "", "list": [], "map": {}}.get(wanted.type_name)
            if empty is not None and not wanted.metadata.get("min"):
                values[name] = empty
        return values


@dataclass(frozen=True)
class Members:
    """What `shapes.match` needs of a structure: inputs of an operation, those of an inner member
    included.
    """

    members: dict[str, Any]


class _Lost:
    """Paths inside inputs that nothing takes: lost by every operation that takes the input."""

    def __init__(self) -> None:
        self._by_name: dict[str, set[str]] = {}

    def add(self, match: shapes.Match) -> None:
        for name in match.claimed:
            here = {path for path in match.lost if path.split(".")[0] == name}
            self._by_name[name] = self._by_name.get(name, here) & here

    @property
    def claimed(self) -> set[str]:
        return set(self._by_name)

    @property
    def paths(self) -> set[str]:
        return {path for paths in self._by_name.values() for path in paths}


def _looked_into(inputs: Plain, known: frozenset[str]) -> shapes.Match:
    """As a match, for inputs that code reads and no shape describes."""
    found = shapes.Match(claimed=set(inputs))
    for name, value in inputs.items():
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, Mapping):
                found.lost |= {f"{name}.{key}" for key in entry.keys() - known}
    return found


def tags_of(values: Mapping[str, Any]) -> dict[str, str]:
    """All tags of a resource, those of the provider's defaults included."""
    tags = values.get("tagsAll") or values.get("tags") or {}
    return {str(name): str(value) for name, value in tags.items()}
