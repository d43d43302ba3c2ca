"""The schema other languages' SDKs are made from, generated from the components' own classes."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import metadata
from typing import Any

from pilaster.plugin import described
from pilaster.plugin.catalog import Component, components
from pilaster.plugin.names import in_schema_words
from pilaster.plugin.shapes import (
    PACKAGE,
    Choice,
    Field,
    ListOf,
    MapOf,
    Record,
    Scalar,
    Shape,
    arguments,
    fields,
    outputs,
    records,
)

LANGUAGES: Mapping[str, Any] = {
    "csharp": {"respectSchemaVersion": True},
    "go": {"respectSchemaVersion": True, "generateResourceContainerTypes": True},
    "java": {},
    "nodejs": {"respectSchemaVersion": True},
    "python": {"respectSchemaVersion": True, "pyproject": {"enabled": True}},
}


def version() -> str:
    """The distribution's version; the plugin's, and that of every SDK made from it."""
    return metadata.version(PACKAGE)


@cache
def package() -> Mapping[str, Any]:
    """The package as Pulumi's schema has it."""
    return {
        "name": PACKAGE,
        "displayName": "Pilaster",
        "version": version(),
        "description": metadata.metadata(PACKAGE)["Summary"],
        "keywords": ["pulumi", "category/cloud", "kind/component"],
        "license": metadata.metadata(PACKAGE)["License-Expression"],
        "language": LANGUAGES,
        "resources": {token: _component(each) for token, each in sorted(components().items())},
        "types": {each.token: _type(each) for each in types()},
    }


def types() -> Sequence[Record | Choice]:
    """The named types arguments and outputs are made of, each once, by name.

    A component's own arguments are no such type, unless another component takes them.
    """
    inner = (
        field.shape
        for component in components().values()
        for field in (*arguments(component).fields, *outputs(component))
    )
    found = {each.token: each for each in records(inner)}
    return [found[token] for token in sorted(found)]


@cache
def words() -> frozenset[str]:
    """Python's names of all arguments and outputs, which a description may mention."""
    named = [each.of for each in types() if isinstance(each, Record)]
    own = [arguments(each).of for each in components().values()]
    given = [field.name for each in components().values() for field in outputs(each)]
    return frozenset([*(field.name for each in (*named, *own) for field in fields(each)), *given])


def _component(component: Component) -> dict[str, Any]:
    taken, given = arguments(component).fields, outputs(component)
    return {
        "isComponent": True,
        "description": in_schema_words(described.summary(component), words()),
        "inputProperties": _properties(taken, plain=True),
        "requiredInputs": _required(taken),
        "properties": _properties(given, plain=False),
        "required": _required(given),
    }


def _type(named: Record | Choice) -> dict[str, Any]:
    if isinstance(named, Choice):
        return {"type": "string", "enum": [{"value": each} for each in named.values]}
    return {
        "type": "object",
        "description": in_schema_words(described.summary(named.of), words()),
        "properties": _properties(named.fields, plain=True),
        "required": _required(named.fields),
    }


def _required(all_: Sequence[Field]) -> list[str]:
    return sorted(each.camel for each in all_ if each.required)


def _properties(all_: Sequence[Field], *, plain: bool) -> dict[str, Any]:
    return {each.camel: dict(_property(each, plain)) for each in all_}


def _property(field: Field, plain: bool) -> Iterator[tuple[str, Any]]:
    yield "description", in_schema_words(field.description, words())
    yield from _spec(field.shape, plain).items()
    if field.default is not None:
        yield "default", field.default


def _spec(shape: Shape, plain: bool) -> dict[str, Any]:
    """A type as a schema says it. An output is never plain: it comes when it comes."""
    late = not plain or (not isinstance(shape, Choice | MapOf) and shape.late)
    mark: dict[str, Any] = {} if late else {"plain": True}
    match shape:
        case Scalar(kind=kind):
            return {"type": kind, **mark}
        case ListOf(items=inner):
            return {"type": "array", "items": _spec(inner, plain), **mark}
        case MapOf(values=inner):
            return {"type": "object", "additionalProperties": _spec(inner, plain), **mark}
        case Record() | Choice():
            return {"$ref": f"#/types/{shape.token}", **mark}
