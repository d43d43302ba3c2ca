"""The import closure of an entry point: the project's own files a package needs."""

import hashlib
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pilaster.packaging.error import PackagingError
from pilaster.packaging.source import Import, Source


@dataclass(frozen=True, kw_only=True)
class Closure:
    """Files of the project, and what they want from elsewhere."""

    files: Mapping[str, bytes]
    """Contents by path below the root, with slashes, sorted."""
    foreign: Mapping[str, str] = field(default_factory=dict[str, str])
    """Top-level modules that are neither ours nor Python's -> where they are asked for."""

    def digest(self) -> str:
        """What the files say, whatever their dates and owners."""
        whole = hashlib.sha256()
        for path, content in self.files.items():
            whole.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\n".encode())
        return whole.hexdigest()


def closure(
    entry_point: str,
    root: Path,
    scan: Callable[[bytes, str], Source],
    standard: Collection[str] = sys.stdlib_module_names,
) -> Closure:
    """Everything reachable from the entry point's module, packages' `__init__` files included.

    `standard` names the modules that Python brings, where the package runs.
    """
    return _Walk(entry_point, root.absolute(), scan, standard).closure()


class _Walk:
    def __init__(
        self,
        entry_point: str,
        root: Path,
        scan: Callable[[bytes, str], Source],
        standard: Collection[str],
    ) -> None:
        self.entry_point = entry_point
        self.root = root
        self.scan = scan
        self.standard = standard
        self.ours = entry_point.split(".")[0]
        self.files: dict[str, bytes] = {}
        self.foreign: dict[str, str] = {}
        self.open: list[tuple[str, str]] = []  # (module, file), each read once

    def closure(self) -> Closure:
        if not self._add(self.entry_point):
            raise PackagingError(
                f"entry point {self.entry_point!r} is no module below {self.root}: "
                "write it with dots, as it is imported"
            )
        entry = self.open[-1][1]
        if not self.scan(self.files[entry], entry).handler:
            raise PackagingError(
                f"{entry}: has no `handler` at its top level, which is what Lambda calls: define it"
            )
        while self.open:
            self._read(*self.open.pop())
        return Closure(files=dict(sorted(self.files.items())), foreign=self.foreign)

    def _read(self, module: str, file: str) -> None:
        source = self.scan(self.files[file], file)
        for wanted in source.imports:
            where = f"{file}, line {wanted.line}"
            target = self._absolute(wanted.module, module, file, where)
            if target.split(".")[0] == self.ours:
                self._local(wanted, target, where)
            elif not wanted.optional and target.split(".")[0] not in self.standard:
                self.foreign.setdefault(target.split(".")[0], where)
        for pattern in source.data_files:
            self._data(pattern, file)

    def _local(self, wanted: Import, target: str, where: str) -> None:
        if "*" in wanted.names:
            raise PackagingError(
                f"{where}: `from {target} import *` does not say what it takes: name it"
            )
        if not self._add(target) and not wanted.optional:
            raise PackagingError(f"{where}: imports {target}, which is no module of the project")
        if (self.root / target.replace(".", "/")).is_dir():
            for name in wanted.names:  # a module below, or an attribute: then no file is there
                self._add(f"{target}.{name}")

    def _add(self, module: str) -> bool:
        """Notes a module's file and its packages' `__init__` files; whether the module is there."""
        parts = module.split(".")
        for depth in range(1, len(parts)):
            package = "/".join(parts[:depth])
            self._note(".".join(parts[:depth]), f"{package}/__init__.py")
        path = "/".join(parts)
        return (
            self._note(module, f"{path}/__init__.py")
            or self._note(module, f"{path}.py")
            or (self.root / path).is_dir()
        )

    def _note(self, module: str, file: str) -> bool:
        if file not in self.files:
            try:
                self.files[file] = (self.root / file).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return False
            self.open.append((module, file))
        return True

    def _absolute(self, wanted: str, module: str, file: str, where: str) -> str:
        above = len(wanted) - len(wanted.lstrip("."))
        if not above:
            return wanted
        package = module.split(".")
        if not file.endswith("/__init__.py"):
            package = package[:-1]
        if above > len(package):
            raise PackagingError(f"{where}: the import {wanted!r} leads out of the project")
        return ".".join([*package[: len(package) - above + 1], *filter(None, [wanted.lstrip(".")])])

    def _data(self, pattern: str, file: str) -> None:
        folder = (self.root / file).parent
        try:
            found = list(self._matches(folder, pattern))
        except (NotImplementedError, ValueError, IndexError):
            raise PackagingError(
                f"{file}: DATA_FILES names {pattern!r}, which is no path or pattern beside the "
                "module"
            ) from None
        if not found:
            hint = f": for the files of a folder write '{pattern}/*'"
            raise PackagingError(
                f"{file}: DATA_FILES names {pattern!r}, and nothing of that name is in {folder}"
                f"{hint if (folder / pattern).is_dir() else ''}"
            )
        for path in found:
            try:
                path.resolve().relative_to(self.root.resolve())
                # A link's own name: it is where the module looks for it.
                name = Path(os.path.normpath(path)).relative_to(self.root).as_posix()
            except ValueError:
                raise PackagingError(
                    f"{file}: DATA_FILES names {pattern!r}, which leads out of the project"
                ) from None
            self.files[name] = path.read_bytes()

    @staticmethod
    def _matches(folder: Path, pattern: str) -> Iterator[Path]:
        while pattern.startswith("../"):
            folder, pattern = folder.parent, pattern.removeprefix("../")
        return (
            path
            for path in sorted(folder.glob(pattern))
            if path.is_file() and not any(map(_lies_about, path.relative_to(folder).parts))
        )


def _lies_about(part: str) -> bool:
    """What no pattern means, however wide: `.env`, `.git`, this machine's own bytecode."""
    return part.startswith(".") or part == "__pycache__"
