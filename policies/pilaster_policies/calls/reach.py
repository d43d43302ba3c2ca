"""What of a program can run when one of its functions is called, by the names its code speaks.

A closed world of modules below one folder. Code is reached when something reached speaks its name:
`objects.delete` reaches every function called `delete` in the modules that are imported. That is
more than runs, and never less, as long as nobody composes names at run time (`dynamic`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Piece:
    """Code that runs as one: a function's, or a statement's of a module."""

    path: Path
    words: frozenset[str]
    """The names it speaks."""
    calls: tuple[ast.Call, ...]
    knows_clients: bool
    """Its file imports the SDK, or what makes clients of it."""
    texts: frozenset[str] = frozenset()
    """What it says in quotes, `*` for what is put in at run time."""
    gives: frozenset[str] = frozenset()
    """The names it gives, where it does nothing else: they say when its texts are meant."""


@dataclass(frozen=True)
class Module:
    """One file, read once."""

    functions: tuple[tuple[str, Piece], ...]
    """Functions and methods by name. What Python calls by itself goes by its class's name."""
    top_level: tuple[Piece, ...]
    """What runs on import."""
    imports: frozenset[str]
    """Dotted names it may import: modules, or things in them."""


@dataclass
class Reached:
    """What runs."""

    pieces: list[Piece] = field(default_factory=list)

    def calls(self) -> Iterator[tuple[Piece, ast.Call]]:
        return ((piece, call) for piece in self.pieces for call in piece.calls)

    def texts(self) -> set[str]:
        """What is said in quotes; what a constant holds, if anything that is reached speaks of it.

        A constant another constant is made of counts with that one.
        """
        left = [piece for piece in self.pieces if piece.texts or piece.gives]
        spoken = {word for piece in self.pieces if not piece.gives for word in piece.words}
        found: set[str] = set()
        while True:
            quiet: list[Piece] = []
            for piece in left:
                if piece.gives and not piece.gives & spoken:
                    quiet.append(piece)
                else:
                    spoken |= piece.words
                    found |= piece.texts
            if len(quiet) == len(left):
                break
            left = quiet
        return found


def reached(root: Path, entry: str) -> Reached | None:
    """What `entry` (`package.module.function`) reaches below `root`; None if it is not there."""
    module, _, name = entry.rpartition(".")
    modules = _closure(root, module)
    if not modules:
        return None
    functions: dict[str, list[Piece]] = {}
    found = Reached()
    spoken = [name]
    known = {name}

    def take(piece: Piece) -> None:
        found.pieces.append(piece)
        new = piece.words - known
        known.update(new)
        spoken.extend(new)

    for each in modules:
        for called, piece in each.functions:
            functions.setdefault(called, []).append(piece)
        for piece in each.top_level:
            take(piece)
    while spoken:
        for piece in functions.pop(spoken.pop(), ()):
            take(piece)
    return found


def _closure(root: Path, module: str) -> list[Module]:
    open_, found = [module], dict[str, Module]()
    while open_:
        name = open_.pop()
        if name in found or (parsed := _parsed(root, name)) is None:
            continue
        found[name] = parsed
        for imported in parsed.imports:
            parts = imported.split(".")
            open_ += [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return list(found.values())


@cache
def _parsed(root: Path, module: str) -> Module | None:
    stem = root.joinpath(*module.split("."))
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.is_file():
            tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
            package = module if path.name == "__init__.py" else module.rpartition(".")[0]
            imports = frozenset(_imports(tree, package))
            sdk = any(each.startswith("boto") or each.endswith(".client") for each in imports)
            return Module(
                functions=tuple((name, _piece(path, node, sdk)) for name, node in _functions(tree)),
                top_level=tuple(_piece(path, node, sdk) for node in _top_level(tree)),
                imports=imports,
            )
    return None


def _piece(path: Path, node: ast.AST, sdk: bool) -> Piece:
    words: set[str] = set()
    calls: list[ast.Call] = []
    texts: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            words.add(each.id)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            texts.add(each.value)
        elif isinstance(each, ast.JoinedStr):
            texts.add("".join(_said(part) for part in each.values))
        elif isinstance(each, ast.Attribute):
            words.add(each.attr)
        elif isinstance(each, ast.Call):
            calls.append(each)
    gives = frozenset(_given(node))
    short = frozenset(text for text in texts if len(text) < _LONG and not set(" \n") & set(text))
    return Piece(path, frozenset(words), tuple(calls), sdk, short, gives)


_LONG = 200
"""Letters from which on a text is no name."""


def _said(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "*"


def _given(node: ast.AST) -> Iterator[str]:
    """The names of a statement that is only `NAME = ...`."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    if all(isinstance(each, ast.Name) for each in targets):
        yield from (each.id for each in targets if isinstance(each, ast.Name))


def _imports(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for statement in tree.body:
        if isinstance(statement, Function):
            yield statement.name, statement
        elif isinstance(statement, ast.ClassDef):
            for member in ast.walk(statement):
                if isinstance(member, Function):
                    special = member.name.startswith("__") and member.name.endswith("__")
                    yield (statement.name if special else member.name), member


def _top_level(tree: ast.Module) -> Iterator[ast.AST]:
    """What runs on import: everything but the bodies of functions and methods."""
    for statement in tree.body:
        if isinstance(statement, Function):
            yield from statement.decorator_list
        elif isinstance(statement, ast.ClassDef):
            yield from (m for m in statement.body if not isinstance(m, Function | ast.ClassDef))
            yield from statement.decorator_list
            yield from statement.bases
        elif not isinstance(statement, ast.Import | ast.ImportFrom):
            yield statement
