"""Run by itself: imports handlers as their packages would let them, and says what they read.

Standard input: {"allowed": [modules], "handlers": {entry point: environment}}. Only the standard
library, `lambdas` and the allowed modules can be imported. Standard output: by entry point the
variables of its settings and the modules of ours it loaded.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys


class Gate:
    """Refuses what would not be in the package."""

    def __init__(self, allowed: set[str]) -> None:
        self.allowed = allowed | set(sys.stdlib_module_names) | {"lambdas"}

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        top = name.split(".")[0]
        if top not in self.allowed and not top.startswith("_sysconfigdata"):
            raise ImportError(f"{name!r} is not in this function's package")


def main() -> None:
    asked = json.load(sys.stdin)
    sys.meta_path.insert(0, Gate(set(asked["allowed"])))
    with contextlib.redirect_stdout(sys.stderr):  # a handler may log while it is loaded
        answers = answered(asked["handlers"])
    json.dump(answers, sys.stdout)


def answered(handlers: dict[str, dict[str, str]]) -> dict[str, object]:
    answers: dict[str, object] = {}
    for entry, environment in handlers.items():
        os.environ.clear()
        os.environ.update(environment)
        for name in [name for name in sys.modules if name.split(".")[0] == "lambdas"]:
            del sys.modules[name]
        variables = read_by_settings()
        module = importlib.import_module(entry)
        assert callable(module.handler)
        loaded = {name for name in sys.modules if name.split(".")[0] == "lambdas"}
        if not variables:  # it was loaded here, to look on
            loaded.discard("lambdas.shared.settings")
            if not any(name.startswith("lambdas.shared.") for name in loaded):
                loaded.discard("lambdas.shared")
        answers[entry] = {"variables": sorted(variables), "loaded": sorted(loaded)}
    return answers


def read_by_settings() -> set[str]:
    """The variables that are read from now on: a handler's own, and those of what locks it."""
    settings = importlib.import_module("lambdas.shared.settings")
    read: set[str] = set()
    stock = settings.load

    def load(kind: type, *given: object) -> object:
        read.update(settings.variables(kind).values())
        return stock(kind, *given)

    settings.load = load
    return read


if __name__ == "__main__":
    main()
