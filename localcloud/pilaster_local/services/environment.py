"""The emulator's own Python environment, made from its own lock when that changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import uv

import pilaster_local

_PACKAGE = Path(pilaster_local.__file__).resolve().parent
PROJECT = next(
    each
    for each in (_PACKAGE / "emulator", _PACKAGE.parent / "emulator")
    if (each / "uv.lock").is_file()
)
"""Where the emulator's project lies: in the package as the wheel has it, or beside it in the
repository."""

_STAMP = ".pilaster"


class EmulatorEnvironmentError(RuntimeError):
    """The emulator's environment could not be made."""


def interpreter(environment: Path) -> Path:
    return environment / "bin" / "python"


def make(environment: Path, *, say: Callable[[str], None]) -> Path:
    """Bring the environment up to its lock; nothing is run when it is there already."""
    stamp = environment / _STAMP
    wanted = _fingerprint()
    if interpreter(environment).exists() and stamp.exists() and stamp.read_text() == wanted:
        return interpreter(environment)
    say("installing the AWS emulator into an environment of its own")
    answer = subprocess.run(
        [
            _uv(),
            "sync",
            "--frozen",
            "--quiet",
            "--no-progress",
            "--project",
            str(PROJECT),
            "--python",
            os.path.realpath(sys.executable),
        ],
        env={
            **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
            "UV_PROJECT_ENVIRONMENT": str(environment),
            # From wheels only: a build would need a compiler, and would run somebody's code.
            "UV_NO_BUILD": "1",
            # uv leaves its lock files where temporary files go.
            "TMPDIR": str(environment.parent),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise EmulatorEnvironmentError(
            f"the emulator's environment {str(environment)!r} could not be made; uv said:\n"
            f"{answer.stderr.strip()}\n"
            "Is the package index in reach? Nothing else was changed: run it again."
        )
    stamp.write_text(wanted)
    return interpreter(environment)


def _fingerprint() -> str:
    lock = (PROJECT / "uv.lock").read_bytes()
    base = os.path.realpath(sys.executable)
    return hashlib.sha256(lock + f"{base} {sys.version}".encode()).hexdigest()


def _uv() -> str:
    """The one that runs us, or the one this distribution depends on."""
    return os.environ.get("UV") or uv.find_uv_bin()
