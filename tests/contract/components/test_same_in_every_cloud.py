"""Every cloud's components are what `pilaster.contracts` says: outputs, methods, defaults, files.

Read from the source, so that it holds on a machine with none of the clouds' SDKs.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pilaster import contracts

COMPONENTS = Path(inspect.getfile(contracts)).parent
Read = Callable[[str, str], str]


def source(cloud: str, module: str) -> str:
    file = COMPONENTS / cloud / f"{module}.py"
    return file.read_text() if file.is_file() else ""


def breaches(cloud: str, read: Read = source) -> Iterator[str]:
    """What of the contracts a cloud does not keep."""
    for wanted, contract in contracts.CONTRACTS.items():
        module, _, name = contracts.CARRIED_BY.get((cloud, wanted), wanted).partition(".")
        found = class_in(read(cloud, module), name)
        if found is None:
            yield f"{cloud}: there is no {module}.{name}"
            continue
        described = attributes(found)
        registered = outputs_registered(found)
        for output, kind in attributes_of(contract).items():
            if output not in described:
                yield f"{cloud}: {name} has no output {output!r}"
            elif not described[output][1]:
                yield f"{cloud}: {name}.{output} has no docstring that says its meaning"
            elif kind == "pulumi.Output[str]" and described[output][0] != kind:
                yield f"{cloud}: {name}.{output} is a {described[output][0]}, not a {kind}"
            elif kind == "pulumi.Output[str]" and camel(output) not in registered:
                yield f"{cloud}: {name} does not register its output {output!r}"
        for method in methods_of(contract) - methods(found):
            yield f"{cloud}: {name} has no method {method!r}"
        if f'"pilaster:{cloud}:{name}"' not in read(cloud, module):
            yield f"{cloud}: {name} is not of the type pilaster:{cloud}:{name}"
    for wanted, defaults in contracts.DEFAULTS.items():
        module, _, name = wanted.partition(".")
        found = class_in(read(cloud, module), name)
        given = defaults_in(found, read(cloud, module)) if found else {}
        for argument, default in defaults.items():
            if argument not in given or given[argument] != default:
                yield f"{cloud}: {name}.{argument} is {given.get(argument)!r}, not {default!r}"
    if not read(cloud, "warm"):
        yield f"{cloud}: there is no warm.py"


def class_in(text: str, name: str) -> ast.ClassDef | None:
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return node
    return None


def attributes(found: ast.ClassDef) -> dict[str, tuple[str, str]]:
    """Annotated attributes: how, and what the docstring below says."""
    below = [*found.body[1:], ast.Pass()]
    described: dict[str, tuple[str, str]] = {}
    for node, after in zip(found.body, below, strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            says = after.value if isinstance(after, ast.Expr) else None
            text = str(says.value) if isinstance(says, ast.Constant) else ""
            described[node.target.id] = (ast.unparse(node.annotation), text)
    return described


def defaults_in(found: ast.ClassDef, text: str) -> dict[str, object]:
    """Of literals, and of names the module gives one."""
    module = {
        target.id: node.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    given: dict[str, object] = {}
    for node in found.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            value = node.value
            if isinstance(value, ast.Name) and value.id in module:
                value = module[value.id]
            if isinstance(value, ast.Constant):
                given[node.target.id] = value.value
    return given


def outputs_registered(found: ast.ClassDef) -> set[str]:
    """The keys of what `register_outputs` is called with."""
    for node in ast.walk(found):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "register_outputs"
            and isinstance(node.args[0], ast.Dict)
        ):
            return {key.value for key in node.args[0].keys if isinstance(key, ast.Constant)}  # type: ignore[misc]
    return set()


def methods(found: ast.ClassDef) -> set[str]:
    return {node.name for node in found.body if isinstance(node, ast.FunctionDef)}


def attributes_of(contract: type) -> dict[str, str]:
    text = inspect.getsource(contract)
    [node] = [each for each in ast.parse(text).body if isinstance(each, ast.ClassDef)]
    return {name: kind for name, (kind, _) in attributes(node).items()}


def methods_of(contract: type) -> set[str]:
    return {
        name
        for name, value in vars(contract).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@pytest.mark.parametrize("cloud", contracts.CLOUDS)
def test_a_cloud_keeps_every_contract(cloud: str):
    assert list(breaches(cloud)) == []


def places() -> list[tuple[str, str, str]]:
    return [
        (cloud, contracts.CARRIED_BY.get((cloud, wanted), wanted), output)
        for cloud in contracts.CLOUDS
        for wanted, contract in contracts.CONTRACTS.items()
        for output in attributes_of(contract)
    ]


@pytest.mark.parametrize(("cloud", "where", "output"), places())
def test_an_output_renamed_in_one_cloud_is_noticed(cloud: str, where: str, output: str):
    module, _, name = where.partition(".")

    def renamed(of: str, asked: str) -> str:
        text = source(of, asked)
        if (of, asked) != (cloud, module):
            return text
        changed = re.sub(rf"^    {output}: ", f"    {output}_x: ", text, flags=re.MULTILINE)
        assert changed != text
        return changed

    assert f"{cloud}: {name} has no output {output!r}" in list(breaches(cloud, renamed))


@pytest.mark.parametrize("cloud", contracts.CLOUDS)
def test_another_default_in_one_cloud_is_noticed(cloud: str):
    def changed(of: str, module: str) -> str:
        return source(of, module).replace("protect: bool = True", "protect: bool = False")

    assert f"{cloud}: SecretArgs.protect is False, not True" in list(breaches(cloud, changed))
