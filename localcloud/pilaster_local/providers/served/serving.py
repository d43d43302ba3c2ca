"""The process of a plugin: a gRPC server on this machine, for as long as its engine lives."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import grpc.aio
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS  # no limit to a message's size
from pulumi.runtime.proto import provider_pb2_grpc

from pilaster_local.providers.served.servicer import Servicer

_CALLS_AT_ONCE = 32
_PATIENCE_SECONDS = 30.0
"""What is in flight when the plugin is told to end may take that long to finish."""


def serve(servicer: Servicer) -> None:
    """Serve until told to end, or until whoever started this process is gone.

    The first line on standard output is the port: that is how the engine finds it.
    """
    # Asked before the engine knows the port: after that it may be gone at any time.
    asyncio.run(_serve(servicer, parent=os.getppid()))


async def _serve(servicer: Servicer, *, parent: int) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_CALLS_AT_ONCE, "pilaster-provider-call"))
    server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # An engine that is killed cannot tell its plugins, and they would stay for ever.
    while not ended.is_set() and os.getppid() == parent:
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), 1.0)
    await server.stop(_PATIENCE_SECONDS)
