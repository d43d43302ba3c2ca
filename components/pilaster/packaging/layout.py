"""What a platform wants in an archive beside the code, and where it looks for the dependencies."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass


def _nothing(_entry_point: str) -> Mapping[str, bytes]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One platform's."""

    name: str
    """Part of the key of every package made so; empty for Lambda's, whose keys are older."""
    below: str = ""
    """The folder of the dependencies, with a slash at its end; empty for the archive's own root."""
    files: Callable[[str], Mapping[str, bytes]] = _nothing
    """What is generated for an entry point: contents by path."""
    unpacked_limit: int | None = None
    """Bytes it may unpack to."""


LAMBDA = Layout(name="", unpacked_limit=250 * 1024 * 1024)
"""Code and dependencies side by side; layers count to the limit."""

TIMEOUT = "00:00:30"
"""After which the host ends a call, and the worker with it. The edge gives up before that."""

_HOST = {
    "version": "2.0",
    "functionTimeout": TIMEOUT,
    # Routes are the functions' own, whole: without this all begin with /api.
    "extensions": {"http": {"routePrefix": ""}},
    "logging": {
        "applicationInsights": {
            # A line per request that can be left out is none to count by.
            "samplingSettings": {"isEnabled": False}
        }
    },
}


def _azure(entry_point: str) -> Mapping[str, bytes]:
    app = f"""# Generated: where the Functions worker looks for the app.
from {entry_point} import handler as app

__all__ = ["app"]
"""
    return {
        "function_app.py": app.encode(),
        "host.json": (json.dumps(_HOST, indent=2) + "\n").encode(),
    }


AZURE = Layout(name="azure-1", below=".python_packages/lib/site-packages/", files=_azure)
"""As the Functions worker reads it: `host.json` and `function_app.py` at the root, dependencies in
the folder that it puts on Python's path."""
