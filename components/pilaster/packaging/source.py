"""What a module asks for, read from its source without importing it."""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pilaster.packaging.error import PackagingError


@dataclass(frozen=True, kw_only=True)
class Import:
    """One import statement's name."""

    module: str
    """The module, dotted; relative ones start with dots."""
    names: Sequence[str] = ()
    """What is taken from it: attributes or modules below it."""
    optional: bool = False
    """Whether the source goes on without it (`except ImportError`)."""
    line: int = 0
    """Where it stands."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What one module asks for."""

    imports: Sequence[Import] = ()
    data_files: Sequence[str] = ()
    """The module's constant `DATA_FILES`: paths or patterns beside it."""
    handler: bool = False
    """Whether it has a top-level `handler`, which Lambda calls."""


def read(text: bytes, name: str) -> Source:
    """The imports and data files of a module; `name` is what messages call it."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise PackagingError(
            f"{name}, line {error.lineno}: cannot be packaged, it is no Python as "
            f"{sys.version_info.major}.{sys.version_info.minor}, which runs here, reads it: "
            f"{error.msg}"
        ) from error
    except ValueError as error:  # a zero byte, before Python 3.12
        raise PackagingError(f"{name}: cannot be packaged, it is no Python: {error}") from error
    return Source(
        imports=list(_imports(tree, name, False)),
        data_files=_data_files(tree, name),
        handler=any("handler" in _bound(node) for node in tree.body),
    )


def _bound(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef():
            return [node.name]
        case ast.Assign():
            return [each.id for each in node.targets if isinstance(each, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)) if node.value:
            return [name]
        case ast.ImportFrom():
            return [alias.asname or alias.name for alias in node.names]
        case _:
            return []


def _imports(node: ast.AST, name: str, optional: bool) -> Iterator[Import]:
    match node:
        case ast.Import():
            for alias in node.names:
                yield Import(module=alias.name, optional=optional, line=node.lineno)
        case ast.ImportFrom():
            names = [alias.name for alias in node.names]
            yield Import(
                module="." * node.level + (node.module or ""),
                names=names,
                optional=optional,
                line=node.lineno,
            )
        case ast.Call() if _imports_by_call(node):
            yield _called(node, name, optional)
            yield from _below(node, name, optional)
        case ast.If() if _is_type_checking(node.test):
            for branch in node.orelse:
                yield from _imports(branch, name, optional)
        case ast.Try():
            guarded = optional or any(_catches_import_error(each) for each in node.handlers)
            for child in node.body:
                yield from _imports(child, name, guarded)
            for part in (*node.handlers, *node.orelse, *node.finalbody):
                yield from _imports(part, name, optional)
        case _:
            yield from _below(node, name, optional)


def _below(node: ast.AST, name: str, optional: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, name, optional)


def _imports_by_call(call: ast.Call) -> bool:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr == "import_module"
    return isinstance(function, ast.Name) and function.id in ("__import__", "import_module")


def _called(call: ast.Call, name: str, optional: bool) -> Import:
    match call.args:
        case [ast.Constant(value=str(module))] if not module.startswith("."):
            return Import(module=module, optional=optional, line=call.lineno)
        case _:
            raise PackagingError(
                f"{name}, line {call.lineno}: imports a module whose name is known only when it "
                "runs, so a package cannot be closed over it: import it by name"
            )


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        isinstance(each, ast.Name) and each.id in ("ImportError", "ModuleNotFoundError")
        for each in caught
    )


def _data_files(tree: ast.Module, name: str) -> list[str]:
    for node in tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        if any(isinstance(each, ast.Name) and each.id == "DATA_FILES" for each in targets):
            return _texts(node, name)
    return []


def _texts(node: ast.stmt, name: str) -> list[str]:
    assert isinstance(node, ast.Assign | ast.AnnAssign)
    match node.value:
        case ast.Tuple() | ast.List():
            found = [
                each.value
                for each in node.value.elts
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            ]
            if len(found) == len(node.value.elts):
                return found
        case _:
            pass
    raise PackagingError(
        f"{name}, line {node.lineno}: DATA_FILES is read without running the module: "
        "write a tuple of texts, paths beside the module"
    )
