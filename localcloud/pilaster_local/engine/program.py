"""Runs an unmodified `__main__.py`, and leaves the process as it was."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import io
import os
import runpy
import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import IO, Any

import pulumi
from pulumi.runtime import config as runtime_config
from pulumi.runtime import settings as runtime_settings
from pulumi.runtime.stack import run_in_stack

from pilaster_local.engine.deployment import PARALLEL, Deployment
from pilaster_local.engine.errors import EngineError
from pilaster_local.engine.events import Diagnostic, Severity
from pilaster_local.engine.monitor import Log, Monitor

_one_run = threading.Lock()


class ProgramError(EngineError):
    """The program itself failed; the text is its traceback, without the SDK's frames."""


def run(deployment: Deployment) -> None:
    """Run the program to its end. When this returns or raises, nothing is in flight."""
    _refuse_running_loop()
    if not _one_run.acquire(blocking=False):
        raise EngineError(
            "another program is running in this process; working folder and module path are the "
            "process's own, so run them one after the other"
        )
    try:
        contextvars.copy_context().run(_run, deployment)
    finally:
        _one_run.release()


def _run(deployment: Deployment) -> None:
    log = Log(deployment)
    _configure(deployment, log)
    loop = asyncio.new_event_loop()
    # A registration holds a thread of this executor until the service has answered.
    executor = ThreadPoolExecutor(PARALLEL * 4, "pilaster-registration")
    loop.set_default_executor(executor)
    # Tasks of a failed program are never awaited; that is no news.
    loop.set_exception_handler(lambda _loop, _context: None)
    asyncio.set_event_loop(loop)
    program = deployment.project.program
    try:
        with (
            _as_a_process(deployment.project.folder, program),
            _captured(deployment),
            _few_looks_for_garbage(),
        ):
            loop.run_until_complete(run_in_stack(lambda: _execute(program)))
    except pulumi.RunError as error:
        raise ProgramError(str(error)) from None
    except (Exception, SystemExit) as error:
        if isinstance(error, SystemExit) and not error.code:
            raise ProgramError("the program called sys.exit(); let it run to its end") from None
        raise ProgramError(_told(error, deployment.project.folder)) from error
    finally:
        deployment.stop()
        executor.shutdown(wait=True, cancel_futures=True)
        _close(loop)
    if log.errors:
        raise ProgramError(f"the program logged an error: {log.errors[0]}")


def _execute(program: Path) -> None:
    runpy.run_path(str(program), run_name="__main__")


def _refuse_running_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise EngineError("the engine cannot be called from a running event loop; use a thread")


def _configure(deployment: Deployment, log: Log) -> None:
    runtime_settings.ROOT.set(None)
    runtime_settings.configure(
        runtime_settings.Settings(
            project=deployment.project.name,
            stack=deployment.stack,
            monitor=Monitor(deployment),
            engine=log,
            parallel=PARALLEL,
            dry_run=deployment.previewing,
            organization="organization",
            root_directory=str(deployment.project.folder),
        )
    )
    runtime_config.set_all_config(
        dict(deployment.config.values), sorted(deployment.config.secret_keys)
    )


@contextmanager
def _few_looks_for_garbage() -> Iterator[None]:
    """A run makes some thousand objects for each resource and drops next to none of them: with the
    usual thresholds half of a large preview went into looking through them again and again.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], 500_000), 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _as_a_process(folder: Path, program: Path) -> Iterator[None]:
    """Working folder, arguments and module path of the program; its modules leave with it."""
    before = set(sys.modules)
    folder_before, argv, path = os.getcwd(), sys.argv, list(sys.path)
    os.chdir(folder)
    sys.argv = [str(program)]
    sys.path.insert(0, str(program.parent))
    try:
        yield
    finally:
        os.chdir(folder_before)
        sys.argv = argv
        sys.path[:] = path
        for name in set(sys.modules) - before:
            if _belongs_to(folder, sys.modules.get(name)):
                del sys.modules[name]


def _belongs_to(folder: Path, module: Any) -> bool:
    """Whether a module is the program's own: in its folder, and installed by nobody."""
    file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
    if not file:
        return False
    path = Path(file)
    inside = path.is_relative_to(folder)
    installed = "site-packages" in path.parts or path.is_relative_to(sys.prefix)
    return inside and not installed and not module.__name__.startswith("pilaster_local")


@contextmanager
def _captured(deployment: Deployment) -> Iterator[None]:
    """What the program prints becomes events: standard output belongs to the caller."""
    with ExitStack() as stack:
        out = stack.enter_context(_Lines(deployment, "info", sys.stdout))
        err = stack.enter_context(_Lines(deployment, "info", sys.stderr))
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(err))
        yield


class _Lines(io.TextIOBase):
    def __init__(self, deployment: Deployment, severity: Severity, beyond: IO[str]) -> None:
        self._deployment = deployment
        self._severity: Severity = severity
        self._beyond = beyond
        self._rest = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._deployment.telling:  # the caller's own event handler prints
            return self._beyond.write(text)
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._tell(line)
        return len(text)

    def flush(self) -> None:
        if self._deployment.telling:
            self._beyond.flush()

    def isatty(self) -> bool:
        return self._deployment.telling and self._beyond.isatty()

    def fileno(self) -> int:
        return self._beyond.fileno()

    def close(self) -> None:
        if self._rest:
            self._tell(self._rest)
            self._rest = ""
        super().close()

    def _tell(self, line: str) -> None:
        self._deployment.tell(Diagnostic(severity=self._severity, message=line))


def _told(error: BaseException, folder: Path) -> str:
    """The error as the program's author wants to read it: their own frames, and what went wrong."""
    if isinstance(error, EngineError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        f for f in frames if Path(f.filename).is_relative_to(folder) and ".venv" not in f.filename
    ]
    where = "".join(traceback.format_list(own))
    what = "".join(traceback.format_exception_only(error)).strip()
    return f"the program failed:\n{where}{what}" if where else f"the program failed: {what}"


def _close(loop: asyncio.AbstractEventLoop) -> None:
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    if pending:
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.close()
    asyncio.set_event_loop(None)
