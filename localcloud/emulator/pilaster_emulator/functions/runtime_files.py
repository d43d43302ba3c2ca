"""The files a function's process sees besides its archive: an interpreter and Lambda's runtime.

A copy of this machine's own Python, laid out as on Lambda (`/var/lang`, `/var/runtime`), with the
shared libraries it needs and those every manylinux wheel may expect. No site-packages, no shell, no
system program. Made once per interpreter and version of the runtime, shared read-only by everyone.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHON = Path("/var/lang/bin/python3")
RUNTIME = Path("/var/runtime")
TASK = Path("/var/task")
CERTIFICATES = Path("/etc/pilaster/ca.pem")
LIBRARY_PATH = "/var/lang/lib:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"

_RUNTIME_MODULES = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
_OURS = tuple(Path(__file__).with_name(name) for name in ("boot.py", "landlock.py", "seccomp.py"))
_LEFT_OUT = {
    *("site-packages", "dist-packages", "test", "tests", "idlelib", "idle_test", "turtledemo"),
    *("tkinter", "ensurepip", "lib2to3", "pydoc_data"),
}
_LEFT_OUT_PREFIXES = ("config-", "_tkinter", "_test", "xxlimited")
# What manylinux lets a wheel expect of the system and CPython itself may not need.
_EXPECTED = (
    *("libstdc++.so.6", "libgcc_s.so.1", "libz.so.1", "libresolv.so.2", "librt.so.1"),
    *("libdl.so.2", "libutil.so.1", "libpthread.so.0", "libnss_files.so.2", "libm.so.6"),
)
_ETC = {
    "passwd": "sandbox:x:993:990::/tmp:/sbin/nologin\n",
    "group": "sandbox:x:990:\n",
    "hosts": "127.0.0.1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "pilaster/ca.pem": "",
}
_MOUNT_POINTS = ("tmp", "proc", "dev", "var/task", "opt")


def make(folder: Path) -> Path:
    """The root folder of what functions see. A few tenths of a second the first time."""
    root = folder / _key()
    if root.exists():
        return root
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))
    try:
        _fill(beside)
        beside.chmod(0o755)
        beside.rename(root)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    for other in folder.iterdir():
        if other != root:
            shutil.rmtree(other, ignore_errors=True)
    return root


def _key() -> str:
    content = hashlib.sha256(f"{sys.version}\n{sys.base_prefix}\n".encode())
    for source in (Path(__file__), *_OURS):
        content.update(source.read_bytes())
    for module in _RUNTIME_MODULES:
        origin = _origin(module)
        content.update(f"{origin} {origin.stat().st_mtime_ns} {origin.stat().st_size}".encode())
    return content.hexdigest()[:16]


def _fill(root: Path) -> None:
    lang = root / "var/lang"
    library = lang / "lib" / f"python{VERSION}"
    standard = Path(sysconfig.get_path("stdlib"))
    shutil.copytree(standard, library, ignore=_ignore, ignore_dangling_symlinks=True)
    dynamic = Path(sysconfig.get_config_var("DESTSHARED") or standard / "lib-dynload")
    if dynamic.exists() and not (library / "lib-dynload").exists():
        shutil.copytree(dynamic, library / "lib-dynload")
    python = root / PYTHON.relative_to("/")
    python.parent.mkdir(parents=True)
    shutil.copy2(_interpreter(), python)

    runtime = root / RUNTIME.relative_to("/")
    runtime.mkdir(parents=True)
    for module in _RUNTIME_MODULES:
        origin = _origin(module)
        if origin.name == "__init__.py":
            shutil.copytree(origin.parent, runtime / module, ignore=_ignore)
        else:
            shutil.copy2(origin, runtime / origin.name)
    for source in _OURS:
        shutil.copy2(source, runtime / source.name)

    binaries = [python, *library.rglob("*.so"), *runtime.rglob("*.so")]
    for found in sorted({*_needed(binaries), *_known(_EXPECTED)}):
        # The interpreter's own libraries lie where the loader is told to look (LIBRARY_PATH).
        inside = found.is_relative_to(sys.base_prefix) and sys.base_prefix != "/usr"
        target = lang / "lib" / found.name if inside else root / found.relative_to("/")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(found, target)
    for name, text in _ETC.items():
        path = root / "etc" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in _MOUNT_POINTS:
        (root / name).mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-I", "-m", "compileall", "-q", "-s", str(root), "-p", "/", str(root)],
        check=False,
        capture_output=True,
    )


def _ignore(folder: str, names: list[str]) -> set[str]:
    """What a function has no use for: other versions' bytecode, tests, the linker's files."""
    tag = f".{sys.implementation.cache_tag}.pyc"
    left_out = {name for name in names if name in _LEFT_OUT or name.startswith(_LEFT_OUT_PREFIXES)}
    if os.path.basename(folder) == "__pycache__":
        left_out |= {name for name in names if not name.endswith(tag)}
    return left_out


def _interpreter() -> Path:
    return Path(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))


def _origin(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{module!r} is not installed beside the emulator")
    return Path(spec.origin)


def _needed(binaries: Iterable[Path]) -> set[Path]:
    """The shared libraries these need, the loader included, as `ldd` names them."""
    answer = subprocess.run(
        ["ldd", *map(str, binaries)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LD_LIBRARY_PATH": f"{sys.base_prefix}/lib"},
    )
    words = (line.split() for line in answer.stdout.splitlines())
    paths = (word for line in words for word in line if word.startswith("/"))
    return {Path(path) for path in paths if not path.endswith(":") and Path(path).is_file()}


def _known(names: Iterable[str]) -> set[Path]:
    """Those of these libraries that this machine has, for this architecture."""
    ldconfig = shutil.which("ldconfig", path=os.defpath + ":/sbin:/usr/sbin")
    if ldconfig is None:
        return set()
    answer = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=False)
    found: dict[str, Path] = {}
    for line in answer.stdout.splitlines():
        name, _, rest = line.strip().partition(" ")
        path = rest.rpartition("=> ")[2]
        if name in names and "libc6," in rest and path.startswith("/"):
            found.setdefault(name, Path(path))
    return set(found.values())
