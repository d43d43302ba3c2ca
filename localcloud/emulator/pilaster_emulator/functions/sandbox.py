"""Start a function's process at the level of isolation this kernel allows.

The environment goes through a pipe, never through the command line, which everybody may read.
Call `spawn` from a thread that lives as long as the emulator: bubblewrap ends its processes when
the *thread* that started them ends.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pilaster_emulator.functions import runtime_files
from pilaster_emulator.functions.isolation import Level
from pilaster_emulator.functions.specification import Specification


@dataclass(frozen=True, kw_only=True)
class Place:
    """What all sandboxes of one emulator share."""

    level: Level
    runtime: Path
    """The root of `runtime_files.make`."""
    certificate_authority: Path
    temporary: Path


@dataclass(frozen=True)
class Sandbox:
    """A process that was started, the channel to its boot script, and what it prints."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    output: int
    private: Path | None
    """Its /tmp, where that is a folder of this machine and must be deleted."""

    def kill(self) -> None:
        """End all of it, if it has not ended."""
        if self.process.returncode is not None:
            return
        try:
            # Without a pid namespace its children are in its session.
            os.killpg(self.process.pid, 9)
        except (ProcessLookupError, PermissionError):
            self.process.kill()


def spawn(
    place: Place,
    function: Specification,
    environment: dict[str, str],
    task: Path,
    *,
    ports: tuple[int, ...],
) -> Sandbox:
    """Start it. It waits for one byte on the channel before it imports the handler's code."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    output, printed = os.pipe()
    arguments, written = os.pipe()
    private: Path | None = None
    try:
        if place.level == "namespaces":
            settings = [word for pair in environment.items() for word in ("--setenv", *pair)]
            content = "".join(f"{word}\0" for word in settings).encode()
            command = _command(place, function, task, arguments, theirs.fileno(), ports)
            handed: dict[str, str] = {}
        else:
            private = place.temporary / f"function-{os.urandom(6).hex()}"
            private.mkdir(mode=0o700)
            content = b""
            command = _plain_command(place, task, private, theirs.fileno(), ports)
            handed = {**environment, "TMPDIR": str(private)}
        _fill(written, content)
        written = -1
        process = subprocess.Popen(
            command,
            env=handed,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            pass_fds=(arguments, theirs.fileno()),
            start_new_session=True,
        )
    except BaseException:
        ours.close()
        os.close(output)
        if private is not None:
            shutil.rmtree(private, ignore_errors=True)
        raise
    finally:
        theirs.close()
        for descriptor in (printed, arguments, written):
            if descriptor >= 0:
                os.close(descriptor)
    return Sandbox(process, ours, output, private)


def _fill(pipe: int, content: bytes) -> None:
    """Lambda allows 4 KB of environment and a pipe holds 64, so that this never waits."""
    os.set_blocking(pipe, False)
    try:
        if os.write(pipe, content) != len(content):
            raise ValueError(f"an environment of {len(content)} bytes is too large")
    except BlockingIOError as error:
        raise ValueError(f"an environment of {len(content)} bytes is too large") from error
    finally:
        os.close(pipe)


def _command(
    place: Place,
    function: Specification,
    task: Path,
    arguments: int,
    channel: int,
    ports: tuple[int, ...],
) -> list[str]:
    bwrap = shutil.which("bwrap")
    assert bwrap is not None, "the level `namespaces` was found with it"
    return [
        bwrap,
        *("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent"),
        *("--new-session", "--cap-drop", "ALL", "--uid", "993", "--gid", "990"),
        *("--hostname", "sandbox", "--clearenv", "--args", str(arguments)),
        *("--ro-bind", str(place.runtime), "/"),
        *("--ro-bind", str(task), str(runtime_files.TASK)),
        *("--ro-bind", str(place.certificate_authority), str(runtime_files.CERTIFICATES)),
        *("--size", str(function.temporary_mib * 1024 * 1024), "--tmpfs", "/tmp"),
        *("--proc", "/proc", "--dev", "/dev", "--chdir", "/"),
        *(str(runtime_files.PYTHON), "-S", str(runtime_files.RUNTIME / "boot.py")),
        *(str(channel), str(runtime_files.TASK), ",".join(map(str, ports)), "listen"),
    ]


def _plain_command(
    place: Place, task: Path, private: Path, channel: int, ports: tuple[int, ...]
) -> list[str]:
    """Without namespaces nothing listens inside: the ports are those it may connect to."""
    python = place.runtime / runtime_files.PYTHON.relative_to("/")
    boot = place.runtime / runtime_files.RUNTIME.relative_to("/") / "boot.py"
    bounds = "plain"
    if place.level == "landlock":
        # Without the last one `localhost`, the database's host, is no name.
        readable = (place.runtime, task, place.certificate_authority, Path("/etc/hosts"))
        bounds = ":".join(
            [
                ",".join(str(path) for path in readable if path.exists()),
                f"{private},/dev/null,/dev/urandom",
            ]
        )
    return [
        str(python),
        "-S",
        str(boot),
        str(channel),
        str(task),
        ",".join(map(str, ports)),
        bounds,
    ]
