"""The folder that goes on PATH: `pulumi-resource-aws` of one project, and the uv it runs with."""

from __future__ import annotations

import os
import select
import shlex
import subprocess
import sys
from pathlib import Path

import uv

_NAME = "pulumi-resource-aws"
_CODE = "import sys; from pilaster_local.providers.aws.plugin import main; main(sys.argv[1])"
_PATIENCE_SECONDS = 60.0


class ExecutableError(Exception):
    """The executable was written and does not start."""


def write(root: Path) -> Path:
    """Write the folder where it is not what it should be; returns it.

    What is new is started once: of a plugin that does not, the official engine says no more than
    that it "exited prematurely". Raises ExecutableError with what the plugin said instead.
    """
    folder = root.resolve() / ".pilaster" / "bin"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The official engine brings the environment up to its lock with uv before it runs a program.
    _link(folder / "uv", Path(uv.find_uv_bin()))
    script = folder / _NAME
    # By a shell, since a `#!` line has no room for long paths and none for blanks. Isolated from
    # PYTHONPATH and the working folder, which are the program's.
    words = [sys.executable, "-I", "-c", _CODE, str(root.resolve())]
    text = f"#!/bin/sh\n# Written by `pilaster env`.\nexec {shlex.join(words)}\n"
    if not script.exists() or script.read_text() != text:
        fresh = folder / f".{_NAME}.{os.getpid()}"
        fresh.write_text(text)
        fresh.chmod(0o700)
        try:
            _try(fresh)
            fresh.replace(script)
        finally:
            fresh.unlink(missing_ok=True)
    return folder


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.symlink_to(target)
    fresh.replace(link)


def _try(script: Path) -> None:
    started = subprocess.Popen(
        [script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    try:
        assert started.stdout is not None
        poll = select.poll()  # select() takes no descriptor beyond 1,023
        poll.register(started.stdout, select.POLLIN)
        if poll.poll(_PATIENCE_SECONDS * 1000) and started.stdout.readline().strip().isdigit():
            return
    finally:
        started.terminate()
        _, said = started.communicate()
    raise ExecutableError(
        f"the provider's executable does not start; {script.name} said:\n"
        f"{said.decode(errors='replace').strip()[-2000:]}"
    )
