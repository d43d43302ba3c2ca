"""What a person sees while the engine works: what is under way, and a line for each change."""

from __future__ import annotations

import threading
from types import TracebackType

from pilaster_local.engine.events import (
    Diagnostic,
    Event,
    Recovered,
    StepDone,
    StepFailed,
    StepStarted,
)
from rich.console import Console
from rich.markup import escape

COLOURS = {
    "create": "green",
    "update": "yellow",
    "replace": "magenta",
    "delete": "red",
    "read": "cyan",
    "same": "dim",
    "discard": "dim",
}
SEVERITIES = {"debug": "dim", "info": "default", "warning": "yellow", "error": "red"}


class Screen:
    """Shows events as they come; the moving line only where somebody watches."""

    def __init__(self, console: Console | None = None) -> None:
        self.out = console or Console(stderr=True)
        self._lock = threading.Lock()  # the engine reports from several threads
        self._under_way: dict[str, str] = {}
        self._status = self.out.status("starting")

    def __enter__(self) -> Screen:
        if self.out.is_terminal:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._status.stop()

    def say(self, line: str) -> None:
        """One step of the platform's own: shown as what is under way, and kept."""
        with self._lock:
            self.out.print(f"[dim]{escape(line)}[/dim]", highlight=False, soft_wrap=True)
            self._status.update(escape(line))

    def __call__(self, event: Event) -> None:
        with self._lock:
            self._show(event)

    def diagnostics(self, event: Event) -> None:
        """Only what the program or the engine has to say."""
        if isinstance(event, Diagnostic):
            self(event)

    def _show(self, event: Event) -> None:
        match event:
            case StepStarted(urn=urn, op=op):
                self._under_way[urn] = f"{op} {name_of(urn)}"
            case StepDone(urn=urn, op=op, seconds=seconds):
                self._under_way.pop(urn, None)
                if op != "same":
                    took = f" [dim]{seconds:.1f} s[/dim]" if seconds >= 0.5 else ""
                    self._line(f"  [{COLOURS[op]}]{op:8}[/] {escape(label(urn))}{took}")
            case StepFailed(urn=urn, op=op, message=message):
                self._under_way.pop(urn, None)
                self._line(f"  [red]failed[/]   {op} {escape(label(urn))}: {escape(message)}")
            case Diagnostic(severity=severity, message=message, urn=urn, ephemeral=ephemeral):
                if severity != "debug" and not ephemeral and message.strip():
                    where = f" ({escape(name_of(urn))})" if urn else ""
                    text = escape(message.rstrip())
                    self._line(f"  [{SEVERITIES[severity]}]{severity}[/]: {text}{where}")
            case Recovered(urn=urn, message=message):
                self._line(f"  [cyan]settled[/]  {escape(label(urn))}: {escape(message)}")
        if self._under_way:
            self._status.update(escape(", ".join(list(self._under_way.values())[:3])))

    def _line(self, markup: str) -> None:
        self.out.print(markup, highlight=False, soft_wrap=True)


def name_of(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]


def label(urn: str) -> str:
    """`aws:s3/bucket:Bucket documents-files`: the type without its parents, and the name."""
    return f"{urn.split('::')[2].rsplit('$', 1)[-1]} {name_of(urn)}"
