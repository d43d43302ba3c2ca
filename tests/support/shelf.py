"""A shelf of boxes: a service with a provider, small enough to see through, kept on disk.

The service is a folder with one file per thing, so it outlives a process that is killed. `Shelf` is
its provider. Boxes have a name (made up if not given) that replaces them, slots belong to a box.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pilaster_local.engine import paths
from pilaster_local.engine.capabilities import (
    DiffWithInputs,
    FindRequest,
    NoAnswerError,
    ResourceInitError,
    UpdateWithInputs,
)
from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.provider.experimental.provider import (
    CheckFailure,
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    ConfigureResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    InvokeRequest,
    InvokeResponse,
    PropertyDiff,
    PropertyDiffKind,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)

PROGRAM = """
import pulumi
from pulumi import ResourceOptions as Options


class Box(pulumi.CustomResource):
    def __init__(self, logical, /, opts=None, **inputs):
        inputs = {"name": None, "arn": None, "stamp": None, **inputs}
        super().__init__("shelf:index:Box", logical, inputs, opts)


class Slot(pulumi.CustomResource):
    def __init__(self, logical, /, opts=None, **inputs):
        super().__init__("shelf:index:Slot", logical, {"name": None, "arn": None, **inputs}, opts)


class Rack(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("demo:index:Rack", name, None, opts)


class Shelves(pulumi.ProviderResource):
    def __init__(self, logical, /, opts=None, **inputs):
        super().__init__("shelf", logical, inputs, opts)
"""
"""What every program of a test starts with."""

REPLACING = {"Box": {"name", "material"}, "Slot": {"name", "box"}}
KNOWN = {
    "Box": {"name", "material", "label", "code", "size", "tags", "archive", "fail"},
    "Slot": {"name", "box", "label"},
}


class Shelf(Provider):
    """The provider. What it was asked is in `calls`; what there is, in `things()`."""

    def __init__(self, folder: Path, *, die_at: tuple[str, int] | None = None) -> None:
        """`die_at`: kill this process with SIGKILL at the n-th passing of a point such as
        `create:before` (the service was not reached) or `create:after` (it answered)."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.calls: list[tuple[str, str]] = []
        self.requests: list[Any] = []
        self.settings: list[dict[str, Any]] = []
        self.accepts_secrets = True
        self.previews = False
        self.answers_at_once = False
        self.details = False
        """Whether a diff says what differs inside of a property."""
        self.delay = 0.0
        self.gate: Callable[[], bool] = lambda: True
        """What has arrived at the shelf is done once this is true."""
        self.running = 0
        self.most_at_once = 0
        self._die_at = die_at
        self._passed = 0

    # --- what a test looks at -------------------------------------------------------------------

    def things(self) -> dict[str, dict[str, Any]]:
        return {p.stem: json.loads(p.read_text()) for p in sorted(self.folder.glob("*.json"))}

    def asked(self, what: str) -> list[str]:
        return [name for call, name in self.calls if call == what]

    # --- the provider ---------------------------------------------------------------------------

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        self.settings.append({key: plain(value) for key, value in request.args.items()})
        return ConfigureResponse(
            accept_secrets=self.accepts_secrets, supports_preview=self.previews
        )

    async def check(self, request: CheckRequest) -> CheckResponse:
        self._note("check", request)
        kind = request.type.rsplit(":", 1)[-1]
        if kind not in KNOWN:
            return CheckResponse(
                None, [CheckFailure("", f"there is no type {request.type!r} on this shelf")]
            )
        failures = [
            CheckFailure(key, "is not something a box has")
            for key in sorted(request.new_inputs.keys() - KNOWN[kind])
        ]
        if (size := request.new_inputs.get("size")) and size.value == -1.0:
            failures.append(CheckFailure("size", "must not be negative"))
        inputs = dict(request.new_inputs)
        if "name" not in inputs:
            old = request.old_inputs.get("name")
            inputs["name"] = old or PropertyValue(f"{request.name}-{secrets.token_hex(3)}")
        return CheckResponse(inputs, failures)

    async def diff(self, request: DiffRequest) -> DiffResponse:
        self._note("diff", request)
        assert isinstance(request, DiffWithInputs)
        old, new = request.old_inputs, request.new_inputs
        changed = sorted(
            key
            for key in old.keys() | new.keys()
            if plain(old.get(key)) != plain(new.get(key)) or is_unknown(new.get(key))
        )
        kind = request.type.rsplit("$", 1)[-1].rsplit(":", 1)[-1]
        replaces = [key for key in changed if key in REPLACING[kind]]
        return DiffResponse(
            changes=bool(changed),
            replaces=replaces,
            diffs=changed,
            detailed_diff=_detailed(old, new, changed) if self.details else {},
            delete_before_replace="material" in replaces,
        )

    async def create(self, request: CreateRequest) -> CreateResponse:
        self._note("create", request)
        if request.preview:
            return CreateResponse("", {**request.properties, "arn": PropertyValue.computed()})
        async with self._at_work():
            self._point("create:before")
            inputs = {key: plain(value) for key, value in request.properties.items()}
            fails = inputs.pop("fail", "")
            if fails == "refuse":
                raise ValueError(f"the shelf does not take {inputs}")
            file = self.folder / f"{inputs['name']}.json"
            if file.exists():
                raise ValueError(f"there is a {inputs['name']!r} already")
            self._store(file, {"urn": request.urn, "finished": not fails, **inputs})
            self._point("create:after")
            if fails == "silent":
                raise NoAnswerError("the connection broke")
            if fails == "half":
                raise ResourceInitError(inputs["name"], ["the lid is missing"])
        return CreateResponse(inputs["name"], self._outputs(request.properties, file))

    async def find(self, request: FindRequest) -> str | None:
        self.calls.append(("find", request.urn.rsplit("::", 1)[-1]))
        name = plain(request.inputs["name"])
        file = self.folder / f"{name}.json"
        if file.exists() and json.loads(file.read_text())["urn"] == request.urn:
            return name
        return None

    async def read(self, request: ReadRequest) -> ReadResponse:
        self._note("read", request)
        file = self.folder / f"{request.resource_id}.json"
        if not file.exists():
            return ReadResponse("")
        there = json.loads(file.read_text())
        inputs = {
            key: PropertyValue(there[key]) if key in ("label", "size") else value
            for key, value in request.inputs.items()
            if key in there or key in ("code", "archive", "tags", "fail")
        }
        return ReadResponse(request.resource_id, self._outputs(inputs, file), inputs)

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        self._note("update", request)
        assert isinstance(request, UpdateWithInputs)
        file = self.folder / f"{request.resource_id}.json"
        if not request.preview:
            async with self._at_work():
                self._point("update:before")
                inputs = {key: plain(value) for key, value in request.news.items()}
                if inputs.pop("fail", "") == "refuse":
                    raise ValueError("the shelf does not take this change")
                old = json.loads(file.read_text())
                self._store(file, {"urn": old["urn"], "finished": True, **inputs})
                self._point("update:after")
        return UpdateResponse(self._outputs(request.news, file))

    async def delete(self, request: DeleteRequest) -> None:
        self._note("delete", request)
        async with self._at_work():
            self._point("delete:before")
            users = [t for t in self.things().values() if t.get("box") == request.resource_id]
            if users:
                raise ValueError(f"{request.resource_id!r} still has slots")
            (self.folder / f"{request.resource_id}.json").unlink(missing_ok=True)
            self._point("delete:after")

    async def invoke(self, request: InvokeRequest) -> InvokeResponse:
        self.calls.append(("invoke", request.tok))
        if request.tok == "shelf:index:broken":
            return InvokeResponse(failures=[CheckFailure("width", "is unknown to this shelf")])
        return InvokeResponse({"answer": PropertyValue("of " + str(plain(request.args["asked"])))})

    # --- inside ---------------------------------------------------------------------------------

    def _note(self, call: str, request: Any) -> None:
        self.calls.append((call, request.name if hasattr(request, "name") else request.urn))
        self.requests.append(request)

    def _outputs(self, inputs: dict[str, PropertyValue], file: Path) -> dict[str, PropertyValue]:
        shown = {k: v for k, v in inputs.items() if k not in ("fail", "archive")}
        return {
            **shown,
            "name": PropertyValue(file.stem),
            "arn": PropertyValue(f"arn:shelf:{file.stem}"),
            "stamp": PropertyValue("as made"),
        }

    def _store(self, file: Path, thing: dict[str, Any]) -> None:
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(thing))
        os.replace(fresh, file)

    def _at_work(self) -> _AtWork:
        return _AtWork(self)

    def _point(self, point: str) -> None:
        if self._die_at and self._die_at[0] in (point, "any"):
            self._passed += 1
            if self._passed == self._die_at[1]:
                os.kill(os.getpid(), signal.SIGKILL)


def _detailed(
    old: dict[str, PropertyValue], new: dict[str, PropertyValue], changed: list[str]
) -> dict[str, PropertyDiff]:
    before, now = ({key: plain(value) for key, value in side.items()} for side in (old, new))
    update = PropertyDiff(PropertyDiffKind.UPDATE, input_diff=True)
    return {paths.written(path): update for path, _ in paths.differences(before, now, changed)}


class _AtWork:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def __aenter__(self) -> None:
        self._shelf.running += 1
        self._shelf.most_at_once = max(self._shelf.most_at_once, self._shelf.running)
        if self._shelf.delay:
            await asyncio.sleep(self._shelf.delay)
        await until(self._shelf.gate)

    async def __aexit__(self, *_: object) -> None:
        self._shelf.running -= 1


async def until(what: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something that is sure to come, however busy the machine is."""
    patience = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < patience, "it did not come"
        await asyncio.sleep(0.005)


def plain(value: PropertyValue | None) -> Any:
    """The value without its wrappers."""
    if value is None:
        return None
    inner = value.value
    if isinstance(inner, tuple):
        return [plain(item) for item in inner]
    if hasattr(inner, "items"):
        return {key: plain(item) for key, item in inner.items()}  # type: ignore[union-attr]
    if isinstance(inner, Computed):
        return "(unknown)"
    return getattr(inner, "path", inner)


def is_unknown(value: PropertyValue | None) -> bool:
    return value is not None and isinstance(value.value, Computed)


class Bench:
    """A project in a folder, its stack and its shelf."""

    def __init__(self, folder: Path, stack: str = "local") -> None:
        self.folder = folder / "project"
        self.stack = stack
        self.shelf = Shelf(folder / "shelf")
        self.events: list[Any] = []
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
        self.program("")

    def program(self, text: str) -> Bench:
        (self.folder / "__main__.py").write_text(PROGRAM + text)
        return self

    def settings(self, text: str) -> Bench:
        (self.folder / f"Pulumi.{self.stack}.yaml").write_text(text)
        return self

    @property
    def state_file(self) -> Path:
        return self.folder / ".pilaster" / "stacks" / "demo" / f"{self.stack}.json"

    @property
    def journal_file(self) -> Path:
        return self.state_file.with_suffix(".journal")

    def resources(self) -> dict[str, dict[str, Any]]:
        """The state's resources by logical name; what waits for its deletion under `name!`."""
        deployment = json.loads(self.state_file.read_text())["deployment"]
        return {
            r["urn"].rsplit("::", 1)[-1] + ("!" if r.get("delete") else ""): r
            for r in deployment.get("resources", ())
        }

    def everything_written(self) -> str:
        """All that is on disk in the project's own folder, and all that was told."""
        files = (self.folder / ".pilaster").rglob("*")
        texts = [p.read_text(errors="replace") for p in files if p.is_file()]
        return "\n".join([*texts, *map(str, self.events)])
