"""`pilaster`: calls the subcommand, turns errors into a sentence and an exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from pilaster_local.engine import InterruptedRunError
from rich.console import Console
from rich.markup import escape

from pilaster_cli.errors import KNOWN

COMMANDS = (
    *("up", "down", "status", "process", "review", "events", "report"),
    *("preview", "policy", "env", "model", "secret", "stack"),
)
INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C ended."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="pilaster", description="Deploys and runs this project's system on this machine."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    words = sys.argv[1:] if argv is None else list(argv)
    # Only the one that is asked for is loaded: the others' libraries are time nobody asked for.
    for name in words[:1] if words and words[0] in COMMANDS else COMMANDS:
        import_module(f"pilaster_cli.{name}").add(commands)
    args = parser.parse_args(words)
    try:
        return args.run(args)
    except InterruptedRunError as error:
        return _failed(str(error), INTERRUPTED)
    except KNOWN as error:
        return _failed(str(error))
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return _failed("interrupted; nothing is lost, the same command carries on", INTERRUPTED)


def _failed(message: str, code: int = 1) -> int:
    Console(stderr=True).print(f"[red]pilaster:[/red] {escape(message)}", highlight=False)
    return code


if __name__ == "__main__":
    sys.exit(main())
