"""Arguments are data all the way down, so that a component can be served to other languages.

Values, `Literal`s of texts, `Input`s of values, `None`, sequences and mappings of these, and frozen
keyword-only dataclasses of these. Never a component, a resource, a callback, an Output alone or a
union.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pilaster
import pulumi
import pytest
from pilaster.aws import FunctionArgs, Grant
from pilaster.aws.function import NetworkRef

VALUES = (str, int, float, bool)


def modules() -> Iterator[types.ModuleType]:
    for found in pkgutil.walk_packages(pilaster.__path__, "pilaster."):
        yield importlib.import_module(found.name)


def defined(test: Callable[[type], bool]) -> list[type]:
    return [
        each
        for module in modules()
        for each in vars(module).values()
        if inspect.isclass(each) and each.__module__ == module.__name__ and test(each)
    ]


ARGUMENTS = defined(lambda each: each.__name__.endswith("Args"))
COMPONENTS = defined(lambda each: issubclass(each, pulumi.ComponentResource))


def problems(annotation: object, where: str, seen: set[type] | None = None) -> Iterator[str]:
    """What in an annotation is not data."""
    seen = set() if seen is None else seen
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in VALUES or annotation is type(None):
        return
    if origin in (typing.Union, types.UnionType):
        yield from _union(inner, where, seen)
    elif origin is typing.Literal:
        yield from (f"{where}: {each!r} is no text" for each in inner if not isinstance(each, str))
    elif origin is Sequence:
        yield from problems(inner[0], f"{where}[]", seen)
    elif origin is Mapping:
        if inner[0] is not str:
            yield f"{where}: keys are {inner[0]}, not text"
        yield from problems(inner[1], f"{where}{{}}", seen)
    elif dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        yield from _fields(annotation, where, seen)
    else:
        yield f"{where}: {annotation} is not data"


def _union(members: tuple[object, ...], where: str, seen: set[type]) -> Iterator[str]:
    """`Input[T]` is itself a union: of T, an awaitable and an Output of it."""
    late = (pulumi.Output, Awaitable)
    plain = [
        each
        for each in members
        if each is not type(None)
        and typing.get_origin(each) not in late
        and each != typing.ForwardRef("Output[T]")
    ]
    if len(plain) != 1:
        yield f"{where}: a union of {[str(each) for each in plain]}"
    for each in plain:
        yield from problems(each, where, seen)


def _fields(found: type, where: str, seen: set[type]) -> Iterator[str]:
    if found in seen:
        return
    seen.add(found)
    parameters = found.__dataclass_params__  # type: ignore[attr-defined]
    if not parameters.frozen or not all(each.kw_only for each in dataclasses.fields(found)):
        yield f"{where}: {found.__name__} is not frozen and keyword-only"
    # `Input[T]` names `Output[T]` by text, which is resolved where the hint stands.
    hints = typing.get_type_hints(found, localns={"Output": pulumi.Output, "T": typing.Any})
    for each in dataclasses.fields(found):
        yield from problems(hints[each.name], f"{where}.{each.name}", seen)


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=lambda each: each.__name__)
def test_arguments_are_data_all_the_way_down(arguments: type):
    assert list(problems(arguments, arguments.__name__)) == []


def test_the_lint_sees_what_it_is_for():
    """A lint that finds nothing must be able to."""

    @dataclasses.dataclass
    class Loose:
        name: str

    not_data = [
        pulumi.ComponentResource,
        Callable[[], int],
        str | int,
        list[str] | Mapping[str, str],
        pulumi.Output[str],
        Mapping[int, str],
        object,
        Sequence[pulumi.Resource],
        Loose,
        tuple[str, ...],
        typing.Literal[1],
    ]
    assert [bool(list(problems(each, "x"))) for each in not_data] == [True] * len(not_data)
    data = [str | None, pulumi.Input[str], pulumi.Input[str] | None, Sequence[Grant], FunctionArgs]
    data += [typing.Literal["arm64", "x86_64"]]
    assert [list(problems(each, "x")) for each in data] == [[]] * len(data)


def test_every_component_takes_arguments_of_its_own_name_and_the_lint_saw_them():
    assert len(COMPONENTS) >= 12
    assert {f"{each.__name__}Args" for each in COMPONENTS} == {each.__name__ for each in ARGUMENTS}
    for each in COMPONENTS:
        parameters = inspect.signature(each).parameters
        assert list(parameters) == ["name", "args", "opts"], each.__name__


@pytest.mark.parametrize("arguments", [*ARGUMENTS, Grant, NetworkRef], ids=lambda a: a.__name__)
def test_every_argument_says_what_it_is(arguments: type):
    """Attribute docstrings become the schema's descriptions."""
    (body,) = ast.parse(inspect.getsource(arguments)).body
    assert isinstance(body, ast.ClassDef)
    silent = [
        each.target.id
        for each, after in zip(body.body, [*body.body[1:], None], strict=True)
        if isinstance(each, ast.AnnAssign)
        and isinstance(each.target, ast.Name)
        and not (isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant))
    ]
    assert silent == []


def test_argument_modules_do_not_postpone_annotations():
    """Served components are analysed by their annotations; as text they are not."""
    folder = Path(pilaster.__path__[0])
    late = [
        path.name
        for path in folder.rglob("*.py")
        if "from __future__ import annotations" in path.read_text()
    ]
    assert late == []


def test_a_component_s_token_is_its_cloud_and_its_name():
    for component in COMPONENTS:
        source = inspect.getsource(component.__init__)
        token = f"pilaster:{component.__module__.split('.')[1]}:{component.__name__}"
        assert f'super().__init__("{token}", name, None, opts)' in source


def test_outputs_are_registered_last():
    for component in COMPONENTS:
        lines = inspect.getsource(component.__init__).rstrip().splitlines()
        (last,) = [index for index, line in enumerate(lines) if "self.register_outputs" in line]
        after = " ".join(line.strip() for line in lines[last + 1 :])
        assert not any(word in after for word in ("aws.", "self.", "=")) or after.count(
            "self."
        ) == (after.count('": self.')), (
            f"{component.__name__} goes on after register_outputs: {after}"
        )


def test_children_are_given_a_parent_and_nothing_of_the_callers_options():
    """The caller's parent would win, and its aliases leak to the children."""
    for component in COMPONENTS:
        source = inspect.getsource(inspect.getmodule(component))  # type: ignore[arg-type]
        assert "ResourceOptions.merge" not in source, component.__name__
        assert source.count("opts") == source.count("opts=") + source.count("opts: ") + (
            source.count("None, opts)")
        ), f"{component.__name__} uses the options it was given for more than itself"
