"""Run PostgreSQL although this user is root, which it refuses.

In a user namespace of its own it believes to be a plain user, while its files stay root's: no user
is made, no folder opened to others. Its process and shared-memory namespaces end with it, so that
even a killed emulator leaves nothing running.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_NOBODY = 65534


class NoPlainUserError(RuntimeError):
    """PostgreSQL refuses to run as root, and nothing here can make it somebody else."""


def run(command: Sequence[str], folder: Path, *, namespaces: bool) -> None:
    """Run a program to its end; it may write to `folder`."""
    done = subprocess.run(
        [*_prefix(folder, namespaces), *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=_ENVIRONMENT,
    )
    if done.returncode:
        raise RuntimeError(
            f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()}"
        )


def start(
    command: Sequence[str], folder: Path, log: Path, *, namespaces: bool
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a program; the process to wait for, and the pid to send signals to."""
    reading, writing = os.pipe()
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    told = ("--as-pid-1", "--info-fd", str(writing)) if namespaces else ()
    try:
        process = subprocess.Popen(
            [*_prefix(folder, namespaces, told), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=_ENVIRONMENT,
            pass_fds=(writing,),
            start_new_session=True,
        )
    finally:
        os.close(writing)
        os.close(output)
    with os.fdopen(reading) as answer:
        if not namespaces:
            return process, process.pid
        try:
            return process, int(json.load(answer)["child-pid"])
        except (ValueError, KeyError) as error:
            process.kill()
            process.wait()
            raise RuntimeError(f"{command[0]} could not be started, see {log}") from error


_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def _prefix(folder: Path, namespaces: bool, told: Sequence[str] = ()) -> list[str]:
    if namespaces:
        bwrap = shutil.which("bwrap")
        assert bwrap is not None, "the level `namespaces` was found with it"
        identity = ("--uid", "1000", "--gid", "1000") if os.geteuid() == 0 else ()
        return [
            bwrap,
            *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--die-with-parent"),
            *(*identity, *told, "--dev-bind", "/", "/", "--proc", "/proc"),
        ]
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0:
        return [setpriv, "--pdeathsig", "INT"] if setpriv else []
    if setpriv is None:
        raise NoPlainUserError(
            "PostgreSQL refuses to run as root: install bubblewrap (apt-get install bubblewrap) "
            "or start the local cloud as a plain user"
        )
    for entry in (folder, *folder.rglob("*")):
        os.chown(entry, _NOBODY, _NOBODY)
    # It keeps the right to pass through folders that are root's alone, so that none is opened.
    user = ("--reuid", str(_NOBODY), "--regid", str(_NOBODY), "--clear-groups")
    passes = ("--inh-caps", "+dac_override", "--ambient-caps", "+dac_override")
    return [setpriv, *user, *passes, "--pdeathsig", "INT"]
