"""How a type lives: create, read, update, delete and find, by its row. Special types override a step."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jmespath

from pilaster_local.providers.aws import shapes, tagging
from pilaster_local.providers.aws.cloud import Cloud, ServiceError, input_shape
from pilaster_local.providers.aws.rows import Part, Row, fill, is_template, key_parameters
from pilaster_local.providers.aws.values import Plain

PATIENCE_SECONDS = 300
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.5


class NotReadyError(Exception):
    """A thing was made and does not become usable."""


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


class Kind:
    """One resource type, by its row."""

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
        lost: set[str] | None = None
        for operation in filter(None, (self.row.create, self.row.update)):
            match = shapes.match(self._takes(operation), offered, self.row.rename)
            claimed |= match.claimed
            lost = match.lost if lost is None else lost & match.lost
        lost = lost or set()
        for part in self.row.parts:
            claimed |= part.names
            lost = {path for path in lost if path.split(".")[0] not in part.names}
            if part.put:
                own = {name: value for name, value in given.items() if name in part.names}
                rename = {**self.row.rename, **part.rename}
                lost |= shapes.match(self._takes(part.put, part.within), own, rename).lost
        return claimed, lost

    def check(self, inputs: Plain) -> list[tuple[str, str]]:
        """What AWS would refuse and the emulator would not."""
        return [failure for check in self.row.checks for failure in check(inputs)]

    # -- create -----------------------------------------------------------------------------

    def create(self, scope: Scope, inputs: Plain) -> str:
        """Make the thing and say its id. What `finish` does may still be missing."""
        answer = scope.call(self.row.service, self.row.create, self.creation(scope, inputs))
        return self.identify(scope, inputs, answer)

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        parameters = self.parameters(self.row.create, inputs)
        parameters.update(self._creation_tags(scope, inputs))
        return parameters

    def identify(self, scope: Scope, inputs: Plain, answer: Plain) -> str:
        if is_template(self.row.id):
            return str(fill(self.row.id, {**scope.facts(), **inputs}))
        thing = jmespath.search(self.row.created or self.row.at, answer)
        return str(jmespath.search(self.row.id, thing))

    def finish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        """What the create operation does not take."""
        taken = shapes.match(self._takes(self.row.create), inputs, self.row.rename).claimed
        given = {name for name in inputs if name not in taken}
        if any(part.names & given for part in self.row.parts):
            self.wait(scope, thing_id, inputs)
            outputs = self.read(scope, thing_id, inputs) or {}
            self._apply_parts(scope, thing_id, outputs, inputs, given)
        self.wait(scope, thing_id, inputs)

    # -- read -------------------------------------------------------------------------------

    def read(self, scope: Scope, thing_id: str, state: Plain) -> Plain | None:
        """The outputs of the thing, or None if it is gone. `state` is what is known of it."""
        thing = self.describe(scope, thing_id, state)
        return None if thing is None else self.outputs(scope, thing_id, state, thing)

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        """What the service says of the thing, or None."""
        known = {**scope.facts(), **state, "id": thing_id}
        try:
            answer = scope.call(self.row.service, self.row.read, self.key(self.row.read, known))
        except ServiceError as error:
            if error.is_gone:
                return None
            raise
        return jmespath.search(_filled(self.row.at, known), answer)

    def outputs(self, scope: Scope, thing_id: str, state: Plain, thing: Any) -> Plain:
        known = {**scope.facts(), **state, "id": thing_id}
        found: Plain = {} if self.row.service == "iam" else {"region": scope.region}
        templates = {}
        for name, path in self.row.output_paths.items():
            if is_template(path):
                templates[name] = path
            elif (value := jmespath.search(path, thing)) is not None:
                found[name] = value
        known.update(found)
        for name, template in templates.items():
            known[name] = found[name] = fill(template, known)
        return found

    # -- update and delete ------------------------------------------------------------------

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        """Make the thing as the inputs say. `state` is the old inputs and outputs."""
        known = {**scope.facts(), **state, **inputs, "id": thing_id}
        if self.row.update and self._is_touched(changed):
            self.wait(scope, thing_id, known)
            shape = self._takes(self.row.update)
            offered = {**self._unset(shape, inputs, changed), **inputs}
            parameters = self.parameters(self.row.update, offered)
            key = self.key(self.row.update, known)
            scope.call(self.row.service, self.row.update, {**parameters, **key})
        self._apply_parts(scope, thing_id, state, inputs, changed)
        if self.row.tagged and changed & {"tags", "tagsAll"}:
            tagging.change(
                lambda operation, parameters: scope.call(self.row.service, operation, parameters),
                self.tag_style,
                known,
                tags_of(state),
                tags_of(inputs),
            )
        self.wait(scope, thing_id, known)

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        known = {**scope.facts(), **state, "id": thing_id}
        self.forget(scope, self.row.delete, self.key(self.row.delete, known))
        if self.row.ready:
            self.wait_until_gone(scope, thing_id, state)

    def wait_until_gone(self, scope: Scope, thing_id: str, state: Plain) -> None:
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, _FIRST_PAUSE_SECONDS
        while self.describe(scope, thing_id, state) is not None:
            pause = _pause(pause, deadline, f"{self.token} {thing_id!r} is not gone yet")

    def forget(self, scope: Scope, operation: str, parameters: Mapping[str, Any]) -> None:
        """Call a deletion; what is gone already is gone."""
        try:
            scope.call(self.row.service, operation, parameters)
        except ServiceError as error:
            if not error.is_gone:
                raise

    # -- find -------------------------------------------------------------------------------

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        """The id of the thing that a create with these inputs made, if it made one."""
        if self.row.find:
            known = {**scope.facts(), **inputs}
            operation, _, path = self.row.find.partition(" ")
            try:
                key = self.key(operation, known, partly=True)
                answer = scope.call(self.row.service, operation, key)
            except ServiceError as error:
                if error.is_gone:
                    return None
                raise
            found = jmespath.search(_filled(path, known), answer)
            return None if found is None else str(found)
        thing_id = str(fill(self.row.id, {**scope.facts(), **inputs}))
        return None if self.describe(scope, thing_id, inputs) is None else thing_id

    # -- parts ------------------------------------------------------------------------------

    def parameters(self, operation: str, inputs: Plain) -> Plain:
        """The operation's parameters from the inputs it claims."""
        offered = {name: value for name, value in inputs.items() if name not in self.row.set_aside}
        return self._placed(operation, self.translate(offered), self.row.rename, self.row.within)

    def key(self, operation: str, known: Plain, *, partly: bool = False) -> Plain:
        """The parameters that name the thing, of those the operation knows."""
        return self._key(operation, self.row.key, known, partly=partly)

    def _key(self, operation: str, key: str, known: Plain, *, partly: bool = False) -> Plain:
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

    def wait(self, scope: Scope, thing_id: str, state: Plain) -> None:
        if not self.row.ready:
            return
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, _FIRST_PAUSE_SECONDS
        while True:
            thing = self.describe(scope, thing_id, state)
            if thing is None:
                raise NotReadyError(f"{self.token} {thing_id!r} is gone while it is waited for")
            if jmespath.search(self.row.ready, thing):
                return
            if said := _failure(thing):
                raise NotReadyError(f"{self.token} {thing_id!r} did not become usable: {said}")
            pause = _pause(pause, deadline, f"{self.token} {thing_id!r} is not ready")

    @property
    def tag_style(self) -> tagging.Style:
        return tagging.STYLES[self.row.service]

    def _placed(
        self, operation: str, inputs: Plain, rename: Mapping[str, str], within: str
    ) -> Plain:
        shape = input_shape(self.row.service, operation)
        if not within or within not in shape.members:
            return shapes.match(shape, inputs, rename).parameters
        outer = shapes.match(shape, inputs, rename)
        rest = {name: value for name, value in inputs.items() if name not in outer.claimed}
        inner = shapes.match(shape.members[within], rest, rename).parameters
        return {**outer.parameters, within: inner}

    def _takes(self, operation: str, within: str | None = None) -> _Members:
        shape = input_shape(self.row.service, operation)
        inside = self.row.within if within is None else within
        members = dict(shape.members)
        if inside and inside in members:
            members = {**members[inside].members, **members}
        return _Members(members)

    def _is_touched(self, changed: set[str]) -> bool:
        """Whether the update operation has anything to say about these changes."""
        rest = changed - self.row.set_aside
        for part in self.row.parts:
            rest -= part.names
        return bool(rest - self.replacing({}))

    def _apply_parts(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        for part in self.row.parts:
            if part.names & changed:
                self._apply(part, scope, thing_id, state, inputs)

    def _apply(self, part: Part, scope: Scope, thing_id: str, state: Plain, inputs: Plain) -> None:
        if part.apply is not None:
            part.apply(self, scope, thing_id, state, inputs)
            return
        known = {**scope.facts(), **state, **inputs, "id": thing_id}
        operation = part.put if part.names & inputs.keys() else part.drop
        if not operation:
            return
        key = self._key(operation, part.key or self.row.key, known)
        own = {name: inputs[name] for name in part.names if name in inputs}
        rename = {**self.row.rename, **part.rename}
        if own:
            parameters = self._placed(operation, own, rename, part.within)
            scope.call(self.row.service, operation, {**key, **parameters})
        else:
            self.forget(scope, operation, key)

    def _unset(self, shape: _Members, inputs: Plain, changed: set[str]) -> Plain:
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


@dataclass(frozen=True)
class _Members:
    """What `shapes.match` needs of a structure: inputs of an operation, those of an inner member included."""

    members: dict[str, Any]


def tags_of(values: Mapping[str, Any]) -> dict[str, str]:
    """All tags of a resource, those of the provider's defaults included."""
    tags = values.get("tagsAll") or values.get("tags") or {}
    return {str(name): str(value) for name, value in tags.items()}


def _filled(path: str, known: Mapping[str, Any]) -> str:
    """A JMESPath expression with its templates filled; values go in as they stand between its quotes."""
    return str(fill(f"{path} ", known)).strip() if is_template(path) else path


def _failure(thing: Any) -> str | None:
    """What a thing says of itself when it will never be ready."""
    for name in ("State", "Status", "TableStatus", "LastUpdateStatus"):
        status = thing.get(name) if isinstance(thing, Mapping) else None
        if isinstance(status, str) and "failed" in status.lower():
            return f"{name} is {status}: {thing.get(f'{name}Reason', 'no reason given')}"
    return None


def _pause(seconds: float, deadline: float, complaint: str) -> float:
    """Sleep, and say how long to sleep the next time."""
    if time.monotonic() > deadline:
        raise NotReadyError(f"{complaint} after {PATIENCE_SECONDS} s")
    time.sleep(seconds)
    return min(2 * seconds, _LONGEST_PAUSE_SECONDS)
