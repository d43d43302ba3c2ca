"""The plugin over its protocol, and the same component in a program, both written into a `Book`."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pulumi
from google.protobuf import json_format, struct_pb2
from pilaster.plugin import serving
from pilaster.plugin.catalog import components
from pulumi.runtime import rpc, settings
from pulumi.runtime.proto import (
    errors_pb2,
    provider_pb2,
    provider_pb2_grpc,
    resource_pb2_grpc,
    status_pb2,
)
from pulumi.runtime.stack import run_pulumi_func

from tests.support.book import FEATURES, MARK, OUTPUT, PROJECT, STACK, Book

SECRET = rpc._special_secret_sig
_numbers = itertools.count()


class Refused(Exception):
    """What the plugin says no to; `properties` are reasons by property path."""

    def __init__(self, message: str, properties: Mapping[str, str]) -> None:
        super().__init__(message)
        self.message = message
        self.properties = properties


@dataclass
class Plugin:
    """The plugin's side and ours."""

    stub: Any
    folder: Path

    def schema(self) -> str:
        return self.stub.GetSchema(provider_pb2.GetSchemaRequest(version=0)).schema

    def construct(
        self,
        token: str,
        name: str,
        inputs: Mapping[str, Any],
        *,
        preview: bool = False,
        dependencies: Mapping[str, list[str]] | None = None,
        **more: Any,
    ) -> tuple[Book, Any]:
        """The book of what was registered, and the answer."""
        book = Book(preview=preview)
        with serve(book, self.folder) as monitor:
            properties = struct_pb2.Struct()
            json_format.ParseDict(inputs, properties)
            request = provider_pb2.ConstructRequest(
                project=PROJECT,
                stack=STACK,
                dryRun=preview,
                parallel=1,
                monitorEndpoint=monitor,
                type=token,
                name=name,
                inputs=properties,
                inputDependencies={
                    key: provider_pb2.ConstructRequest.PropertyDependencies(urns=urns)
                    for key, urns in (dependencies or {}).items()
                },
                **more,
            )
            try:
                return book, self.stub.Construct(request)
            except grpc.RpcError as error:
                raise _refused(error) from None


def _refused(error: Any) -> Refused:
    reasons: dict[str, str] = {}
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            for detail in status.details:
                found = errors_pb2.InputPropertiesError()
                if detail.Unpack(found):
                    reasons |= {each.property_path: each.reason for each in found.errors}
    return Refused(error.details(), reasons)


@contextlib.contextmanager
def serve(book: Book, folder: Path) -> Iterator[str]:
    """The book behind a socket of the file system, with one thread: the program's own order."""
    server = grpc.server(ThreadPoolExecutor(max_workers=1))
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(book, server)
    # A new name each time: gRPC remembers for a while that nobody answered at an old one.
    address = f"unix:{folder}/{next(_numbers)}"
    server.add_insecure_port(address)
    server.start()
    try:
        yield address
    finally:
        server.stop(None).wait()


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Plugin]:
    """The plugin in a thread of its own, behind a socket of the file system."""
    loop = asyncio.new_event_loop()
    address = f"unix:{folder}/plugin"
    thread = threading.Thread(target=loop.run_forever, name="plugin")
    thread.start()

    def wait(what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, loop).result(30)

    server, _ = wait(serving.started("", address))
    try:
        with grpc.insecure_channel(address) as channel:
            yield Plugin(provider_pb2_grpc.ResourceProviderStub(channel), folder)
    finally:
        wait(server.stop(None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def in_a_program(program: Callable[[], Any], *, preview: bool = False) -> Book:
    """What the program registers when it uses components directly."""
    book = Book(preview=preview)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    threads = ThreadPoolExecutor(max_workers=1)
    loop.set_default_executor(threads)
    settings.reset_options(project=PROJECT, stack=STACK, parallel=1, preview=preview)
    settings.SETTINGS.monitor = book
    settings.SETTINGS.monitor_features = set(FEATURES)
    try:
        loop.run_until_complete(run_pulumi_func(program))
    finally:
        threads.shutdown()
        loop.close()
        asyncio.set_event_loop(None)
    return book


def used(component: str, name: str, args: Any, *, preview: bool = False, **options: Any) -> Book:
    made = components()[component]
    return in_a_program(
        lambda: made(name, args() if callable(args) else args, pulumi.ResourceOptions(**options)),
        preview=preview,
    )


def camel(name: str) -> str:
    """Written anew: what is tested does not test itself."""
    head, *tail = name.split("_")
    return head + "".join(each[0].upper() + each[1:] for each in tail)


def on_the_wire(value: Any) -> Any:
    """Arguments as another language's SDK sends them: no defaults filled in, `None` left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            camel(each.name): on_the_wire(found)
            for each in dataclasses.fields(value)
            for found in [getattr(value, each.name)]
            if found is not None
        }
    if isinstance(value, Mapping):
        return {key: on_the_wire(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [on_the_wire(each) for each in value]
    return value


def output(value: Any, *, secret: bool = False, urns: list[str] | None = None) -> dict[str, Any]:
    """An output as the protocol has it; `...` is one that is not known."""
    known = {} if value is ... else {"value": value}
    return {MARK: OUTPUT, **known, "secret": secret, "dependencies": urns or []}
