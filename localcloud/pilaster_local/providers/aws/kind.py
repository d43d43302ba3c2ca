"""How a type lives: create, read, update, delete and find, by its row. Special types override a
step."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import jmespath

from pilaster_local.providers.aws import shapes, tagging
from pilaster_local.providers.aws.calls import Calls, Scope, tags_of
from pilaster_local.providers.aws.cloud import ServiceError
from pilaster_local.providers.aws.rows import Part, fill, is_template
from pilaster_local.providers.aws.values import Plain

PATIENCE_SECONDS = 300
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.5


class NotReadyError(Exception):
    """A thing was made and does not become usable."""


class Kind(Calls):
    """One resource type, by its row."""

    def check(self, inputs: Plain) -> list[tuple[str, str]]:
        """What AWS would refuse and the emulator would not, and what this machine does not run."""
        return [*self.refused(inputs), *self.not_here(inputs)]

    def refused(self, inputs: Plain) -> list[tuple[str, str]]:
        """What AWS would refuse and the emulator would not."""
        return [failure for check in self.row.checks for failure in check(inputs)]

    def not_here(self, inputs: Plain) -> list[tuple[str, str]]:
        """What AWS would take and this machine does not run."""
        return [failure for check in self.row.here for failure in check(inputs)]

    # -- create -----------------------------------------------------------------------------

    def create(self, scope: Scope, inputs: Plain) -> str:
        """Make the thing and say its id. What `finish` does may still be missing."""
        answer = scope.call(self.row.service, self.row.create, self.creation(scope, inputs))
        return self.identify(scope, inputs, answer)

    def identify(self, scope: Scope, inputs: Plain, answer: Plain) -> str:
        if is_template(self.row.id):
            return str(fill(self.row.id, {**scope.facts(), **inputs}))
        thing = jmespath.search(self.row.created or self.row.at, answer)
        return str(jmespath.search(self.row.id, thing))

    def finish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        """What the create operation does not take."""
        taken = shapes.match(self.takes(self.row.create), inputs, self.row.rename).claimed
        later = {name for part in self.row.parts if part.at_creation for name in part.names}
        given = (later & inputs.keys()) - taken
        if given:
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
            shape = self.takes(self.row.update)
            offered = {**self.unset(shape, inputs, changed), **inputs}
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
        own = {name: inputs[name] for name in part.names if name in inputs}
        if not own and part.drop:
            key = self.key_of(part.drop, part.key or self.row.key, known)
            self.forget(scope, part.drop, key)
            return
        given = own or self.unset(self.takes(part.put, part.within), inputs, set(part.names))
        rename = {**self.row.rename, **part.rename}
        key = self.key_of(part.put, part.key or self.row.key, known)
        parameters = self.placed(part.put, given, rename, part.within)
        scope.call(self.row.service, part.put, {**key, **parameters})


def _filled(path: str, known: Mapping[str, Any]) -> str:
    """A JMESPath expression with its templates, which stand in single quotes, filled."""
    if not is_template(path):
        return path
    quoted = {name: str(value).replace("'", "\\'") for name, value in known.items()}
    return str(fill(f"{path} ", quoted)).strip()


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
