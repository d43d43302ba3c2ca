"""Pulumi's plugin protocol around the provider.

`pulumi.provider.main` would do, but for one thing: it reads the arguments before they come here.
"""

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Mapping
from typing import Any

import grpc.aio
from google.protobuf import struct_pb2
from pulumi.provider import server
from pulumi.runtime.proto import provider_pb2_grpc

from pilaster.plugin import wire
from pilaster.plugin.provider import Components

LARGEST_MESSAGE_BYTES = 400 * 2**20
"""As everywhere in Pulumi."""
OPTIONS = [("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES)]


class Servicer(server.ProviderServicer):
    """The SDK's, except for how arguments are read."""

    @staticmethod
    async def _construct_inputs(
        inputs: struct_pb2.Struct, input_dependencies: Mapping[str, Any]
    ) -> dict[str, Any]:
        urns = {key: list(each.urns) for key, each in input_dependencies.items()}
        return dict(wire.properties(inputs, urns))


async def started(engine: str, address: str) -> tuple[grpc.aio.Server, int]:
    """A server that answers there, and its port."""
    running = grpc.aio.server(options=OPTIONS)
    servicer = Servicer(Components(), [], engine_address=engine)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, running)
    port = running.add_insecure_port(address)
    await running.start()
    return running, port


def main() -> None:
    """What the engine starts: prints the port it answers at, on this machine alone."""
    parser = argparse.ArgumentParser(description="Pilaster's components as a Pulumi plugin")
    parser.add_argument("engine", nargs="?", default="", help="the engine's address")
    arguments, _ = parser.parse_known_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(arguments.engine))


async def _serve(engine: str) -> None:
    running, port = await started(engine, "127.0.0.1:0")
    # The engine reads the first line and nothing else may come before it.
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        await running.wait_for_termination()
    finally:
        await running.stop(None)
