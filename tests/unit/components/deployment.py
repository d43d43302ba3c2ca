"""Runs a program against Pulumi's mocks and keeps what it registered.

Unlike the mocks alone it knows parents, dependencies and options, and gives back what a cloud
would draw: ids, ARNs, endpoints. A preview gives back nothing, so that what is known then is known.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pilaster.naming import Place
from pulumi.runtime import mocks, rpc
from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_pulumi_func

UNKNOWN = rpc.UNKNOWN
ACCOUNT = "123456789012"
REGION = "eu-central-1"


def place(root: Path | str = ".", stack: str = "dev") -> Place:
    return Place(
        project="pilaster",
        stack=stack,
        account=ACCOUNT,
        region=REGION,
        zones=["eu-central-1a", "eu-central-1b"],
        root=str(root),
    )


def code_folder(root: Path, *entries: str) -> Path:
    """A project with handlers of the standard library alone."""
    for entry in entries or ("handler",):
        file = root / "lambdas" / f"{entry}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"def handler(event, context):\n    return {entry!r}\n")
    return root


@dataclass
class Resource:
    type: str
    name: str
    parent: str
    """`type name` of the parent; empty for the stack's own children."""
    inputs: dict[str, Any]
    depends_on: list[str]
    protect: bool
    stays: bool
    """Whether it is left where it is when it leaves the program."""

    def document(self, key: str) -> Any:
        return json.loads(self.inputs[key])


@dataclass
class Deployment:
    resources: list[Resource] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What components registered as their outputs, by `type name`."""
    log: list[str] = field(default_factory=list)
    result: Any = None

    def one(self, type_: str, name: str | None = None) -> Resource:
        found = [
            each
            for each in self.resources
            if each.type.split(":")[-1] == type_ and name in (None, each.name)
        ]
        assert len(found) == 1, f"{type_} {name}: {[each.name for each in found]}"
        return found[0]

    def all(self, type_: str) -> list[Resource]:
        return [each for each in self.resources if each.type.split(":")[-1] == type_]

    def tree(self) -> list[str]:
        """One line a resource: parent > type name. What a golden file holds."""
        return sorted(
            f"{each.parent or 'stack'} > {each.type} {each.name}" for each in self.resources
        )


class _Monitor(mocks.MockMonitor):
    def __init__(self, deployment: Deployment, preview: bool) -> None:
        super().__init__(_Cloud(preview))
        self.deployment = deployment

    def RegisterResource(self, request: Any) -> Any:
        if request.type != "pulumi:pulumi:Stack":
            self.deployment.resources.append(
                Resource(
                    type=request.type,
                    name=request.name,
                    parent=_short(request.parent),
                    inputs=rpc.deserialize_properties(request.object, keep_unknowns=False),
                    depends_on=sorted(_short(urn) for urn in request.dependencies),
                    protect=request.protect,
                    stays=request.retainOnDelete,
                )
            )
        return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self.deployment.outputs[_short(request.urn)] = rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)


class _Cloud(mocks.Mocks):
    def __init__(self, preview: bool) -> None:
        self.preview = preview

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if self.preview:
            return None, {}
        drawn = {
            "arn": f"arn:drawn:{args.name}",
            "apiEndpoint": "https://api.example",
            "invokeUrl": "https://api.example/",
            "endpoint": f"{args.name}.example",
            "clusterResourceId": "cluster-DRAWN",
            "endpoints": [{"address": "cache.drawn", "port": 6379}],
            "masterUserSecrets": [{"secretArn": "arn:drawn:secret"}],
            "port": 5432,
            "prefixListId": f"pl-{args.name}",
            "url": f"https://{args.name}.example",
            "result": '{"secret": "drawn"}',
            "domainName": "drawn.cloudfront.net",
            "domainValidationOptions": [
                {
                    "resourceRecordName": "_drawn",
                    "resourceRecordType": "CNAME",
                    "resourceRecordValue": "drawn",
                }
            ],
        }
        return f"{args.name}-id", {**drawn, **args.inputs}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        raise AssertionError(f"a component looks something up: {args.token}")


def deployed(program: Callable[[], Any], *, preview: bool = False) -> Deployment:
    """What the program registers; `preview` says whether anything exists yet."""
    deployment = Deployment()
    logger = logging.Logger("deployment", logging.WARNING)
    logger.addHandler(_Keep(deployment.log))
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # The mocks want a loop in every thread that calls them, and would leave theirs open.
    loops = [loop]

    def begin() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    # One thread, so that what is registered at once is kept in the program's order in every run.
    threads = ThreadPoolExecutor(max_workers=1, initializer=begin)
    loop.set_default_executor(threads)
    try:
        mocks.set_mocks(
            _Cloud(preview),
            project="pilaster",
            stack="dev",
            preview=preview,
            logger=logger,
            monitor=_Monitor(deployment, preview),
        )
        SETTINGS.rpc_manager.clear()
        SETTINGS.outputs.clear()

        def run() -> None:
            deployment.result = program()

        loop.run_until_complete(run_pulumi_func(run))
    finally:
        threads.shutdown()
        for each in loops:
            each.close()
        asyncio.set_event_loop(None)
    return deployment


class _Keep(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _short(urn: str) -> str:
    """`pilaster:aws:Bucket files` of a URN."""
    if not urn or urn.endswith("pulumi:pulumi:Stack::pilaster-dev"):
        return ""
    *_, types, name = urn.split("::")
    return f"{types.split('$')[-1]} {name}"
