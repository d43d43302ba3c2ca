"""Functions of a stack with secrets see no stack's files but their own, and no other process.

Everything here runs as one user, who may read every file of the store; bubblewrap leaves out of a
function's sight what its cloud would not show it. A secret that is mounted appears where its cloud
mounts it, which no plain user could do otherwise.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pilaster_local.services.errors import PlatformError
from pilaster_local.services.stand_ins.record import Places

MOUNTS = "secrets"
"""The folder of the root that is left to what is mounted, whatever this machine has there."""


def check() -> None:
    """Raises PlatformError where a function cannot be kept from the others' secrets."""
    why = "there is no bubblewrap"
    if shutil.which("bwrap"):
        tried = subprocess.run(
            around(["/bin/true"], hidden=[], shown=[], mounted={}),
            capture_output=True,
            text=True,
            check=False,
        )
        if tried.returncode == 0:
            return
        why = f"bubblewrap may not do it ({tried.stderr.strip()})"
    raise PlatformError(
        "this stack has secrets, and functions cannot be kept from each other's on this machine: "
        f"{why}; `make setup` says what it wants, or leave the secrets out of this stack"
    )


def hidden(places: Places, secrets: Collection[str]) -> list[str]:
    """What no function of a stack with these secrets sees but for its own part of it: every stack's
    folders, the state too. Raises PlatformError where that cannot be; without secrets, nothing."""
    if not secrets:
        return []
    check()
    return [str(places.root.resolve() / ".pilaster"), str(places.sockets)]


def around(
    command: Sequence[str],
    *,
    hidden: Sequence[Path],
    shown: Sequence[Path],
    mounted: Mapping[str, Path],
) -> list[str]:
    """The command with `hidden` empty but for what of it is `shown`; `mounted` by where it is."""
    said = ["bwrap", "--die-with-parent", "--unshare-pid"]
    for each in sorted(Path("/").iterdir()):
        if each.name in (MOUNTS, "proc"):
            continue
        if each.is_symlink():
            said += ["--symlink", str(each.readlink()), str(each)]
        elif each.is_dir():
            said += ["--dev-bind", str(each), str(each)]
    said += ["--proc", "/proc"]
    for each in hidden:
        said += ["--tmpfs", str(each)]
    for each in shown:
        said += ["--bind-try", str(each), str(each)]
    for where, folder in sorted(mounted.items()):
        said += ["--ro-bind", str(folder), where]
    return [*said, "--", *command]


def can_mount(where: str) -> bool:
    """Whether something may be mounted there without a folder being made on this machine."""
    parts = where.split("/")
    if parts[0] or len(parts) < 3 or not all(part.strip(".") for part in parts[1:]):
        return False
    return parts[1] == MOUNTS or not Path("/", parts[1]).exists()
