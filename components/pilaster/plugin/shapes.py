"""The shape of arguments and outputs, read from the annotations of dataclasses.

The decision taken here: what is served is what the classes say, and nothing is written twice. What
cannot be served to other languages has no shape and is refused by name.
"""

import dataclasses
import inspect
import types
import typing
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

import pulumi

from pilaster.plugin import described
from pilaster.plugin.names import camel

Kind = Literal["boolean", "integer", "number", "string"]
KINDS: Mapping[type, Kind] = types.MappingProxyType(
    {bool: "boolean", int: "integer", float: "number", str: "string"}
)
PACKAGE = "pilaster"


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """One value."""

    kind: Kind
    """The schema's word for its type."""
    late: bool = False
    """`Input[T]`: it may come from a resource that does not exist yet."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of a few texts: a `Literal`."""

    token: str
    """The schema's name of the enumeration."""
    values: Sequence[str]
    """The texts."""


@dataclass(frozen=True, kw_only=True)
class ListOf:
    """A sequence."""

    items: "Shape"
    """What each is."""
    late: bool = False
    """`Input[Sequence[...]]`: even how many there are may be known later."""


@dataclass(frozen=True, kw_only=True)
class MapOf:
    """A mapping; its keys are the program's own words and never translated."""

    values: "Shape"
    """What each is."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """A dataclass."""

    of: type
    """The class itself; its fields are read when they are asked for."""

    @property
    def token(self) -> str:
        """The schema's name of the type.

        `FunctionArgs` becomes `FunctionDefinition`: other languages add `Args` themselves, and
        the component `Function` has a `FunctionArgs` of its own there.
        """
        name = self.of.__name__
        if name.endswith("Args"):
            name = f"{name.removesuffix('Args')}Definition"
        return token(self.of, name)

    @property
    def fields(self) -> Sequence["Field"]:
        """Its fields, in the order of the class."""
        return fields(self.of)

    @property
    def late(self) -> bool:
        """Whether all of it may come later: then a whole output may stand in its place."""
        return all(
            each.required and not isinstance(each.shape, Choice | MapOf) and each.shape.late
            for each in self.fields
        ) and bool(self.fields)


Shape: TypeAlias = Scalar | Choice | ListOf | MapOf | Record


@dataclass(frozen=True, kw_only=True)
class Field:
    """One argument, or one output."""

    name: str
    """Python's name."""
    shape: Shape
    """What it takes."""
    required: bool
    """Whether it has no default."""
    default: bool | int | float | str | None
    """The default where it is a constant; otherwise the description has to do."""
    description: str
    """The docstring under it."""

    @property
    def camel(self) -> str:
        """The schema's name."""
        return camel(self.name)


def token(of: type, name: str) -> str:
    """A type's name in the schema: `pilaster.aws.iam.Grant` -> `pilaster:aws:Grant`.

    What knows no cloud stands in the package's own module, `index`.
    """
    place = of.__module__.split(".")[1]
    return f"{PACKAGE}:{place if place in CLOUDS else 'index'}:{name}"


CLOUDS = ("aws",)


@cache
def fields(of: type) -> Sequence[Field]:
    """The fields of a dataclass, or a `TypeError` that names what cannot be served."""
    said = described.attributes(of)
    # `Input[T]` names `Output[T]` by text, which is resolved where the hint stands.
    hints = typing.get_type_hints(of, localns={"Output": pulumi.Output, "T": Any})
    return [
        Field(
            name=each.name,
            shape=shape(hints[each.name], of, each.name),
            required=each.default is dataclasses.MISSING
            and each.default_factory is dataclasses.MISSING,
            default=each.default if isinstance(each.default, bool | int | float | str) else None,
            description=said.get(each.name, ""),
        )
        for each in dataclasses.fields(of)
    ]


@cache
def outputs(component: type[pulumi.ComponentResource]) -> Sequence[Field]:
    """What a component gives back: its own annotated attributes."""
    said = described.attributes(component)
    return [
        Field(
            name=name,
            shape=shape(hint, component, name),
            required=True,
            default=None,
            description=said.get(name, ""),
        )
        for name, hint in inspect.get_annotations(component).items()
    ]


def arguments(component: type[pulumi.ComponentResource]) -> Record:
    """The dataclass a component is made with."""
    return Record(of=inspect.signature(component).parameters["args"].annotation)


def records(shapes: Iterator[Shape]) -> Iterator[Record | Choice]:
    """The named types in these shapes and in what they are made of; some come twice."""
    for each in shapes:
        match each:
            case Record():
                yield each
                yield from records(field.shape for field in each.fields)
            case ListOf(items=inner) | MapOf(values=inner):
                yield from records(iter([inner]))
            case Choice():
                yield each
            case Scalar():
                pass


def shape(hint: Any, owner: type, name: str) -> Shape:
    """The shape of an annotation. `None` in it says that it may be left out, and no more."""
    where = f"{owner.__name__}.{name}"
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal and all(isinstance(each, str) for each in inner):
        text = camel(name)
        return Choice(
            token=token(owner, f"{owner.__name__}{text[0].upper()}{text[1:]}"), values=list(inner)
        )
    if origin is pulumi.Output:
        return _late(shape(inner[0], owner, name), where)
    if origin in (typing.Union, types.UnionType):
        return _union(inner, owner, name)
    if origin is Sequence:
        return ListOf(items=shape(inner[0], owner, name))
    if origin is Mapping and inner[0] is str:
        return MapOf(values=shape(inner[1], owner, name))
    if hint in KINDS:
        return Scalar(kind=KINDS[hint])
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return Record(of=hint)
    raise TypeError(
        f"{where} is {hint}, which other languages cannot hand over: arguments are values, "
        "dataclasses of values, and sequences and mappings of these"
    )


def _union(members: tuple[Any, ...], owner: type, name: str) -> Shape:
    """`Input[T]` is itself a union: of T, an awaitable and an output of it."""
    given = [each for each in members if each is not type(None)]
    plain = [each for each in given if typing.get_origin(each) not in (Awaitable, pulumi.Output)]
    if len(plain) != 1:
        raise TypeError(
            f"{owner.__name__}.{name} is a union of {', '.join(map(str, plain))}, which few "
            "languages have: make a dataclass of it with a field for each"
        )
    found = shape(plain[0], owner, name)
    return _late(found, f"{owner.__name__}.{name}") if len(given) > 1 else found


def _late(found: Shape, where: str) -> Shape:
    if isinstance(found, Scalar | ListOf):
        return dataclasses.replace(found, late=True)
    raise TypeError(f"{where} is late as a whole: make what is in it late, one by one")
