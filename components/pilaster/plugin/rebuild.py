"""Arguments as they came over the wire -> the dataclasses a component is made with.

The decision taken here: a plain value that cannot be one is refused where it stands, with its path
in the program's own words. Rules a class checks by itself are run by making it.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pulumi
from pulumi.errors import InputPropertiesError, InputPropertyError

from pilaster.plugin.names import camel, in_schema_words
from pilaster.plugin.shapes import Choice, Field, ListOf, MapOf, Record, Scalar, Shape
from pilaster.plugin.wire import Given

ARTICLES: Mapping[str, str] = {
    "boolean": "a boolean",
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
}


@dataclass(frozen=True, kw_only=True)
class Rebuilding:
    """One set of arguments being put together."""

    words: frozenset[str]
    """Python's names, which messages say in the schema's words."""
    dependencies: set[str] = field(default_factory=set[str])
    """Resources that plain values came from: the whole component waits for them."""

    def record(self, shape: Record, entries: Mapping[str, Given], path: str) -> Any:
        """An instance of the class. Raises `InputPropertyError` for what it refuses, with the path,
        or `InputPropertiesError` for what the arguments say only together."""
        known = {each.camel: each for each in shape.fields}
        for name in entries:
            if name not in known and not entries[name].absent:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                _refuse(_at(path, name), f"is no argument{hint} There are {', '.join(known)}.")
        given: dict[str, Any] = {}
        for name, each in known.items():
            value = entries.get(name)
            if value is not None and not value.absent:
                given[each.name] = self.value(each.shape, value, _at(path, name))
            elif each.required:
                _refuse(_at(path, name), f"is missing: {each.description}")
        return self._made(shape, given, path)

    def _made(self, shape: Record, given: Mapping[str, Any], path: str) -> Any:
        """The class made, and with that its own rules run."""
        try:
            return shape.of(**given)
        except ValueError as error:
            reason = in_schema_words(str(error), self.words)
            first = str(error).partition(" ")[0]
            if first in {each.name for each in shape.fields}:
                path = _at(path, camel(first))
            if not path:
                # The empty list is meant: without one the SDK trips over its own answer.
                raise InputPropertiesError(reason, []) from error
            raise InputPropertyError(path, reason) from error

    def value(self, shape: Shape, given: Given, path: str) -> Any:
        """One value of that shape."""
        match shape:
            case Scalar(late=True) if given.late:
                return _converted(shape, given, path)
            case ListOf(late=True) if given.late:
                return given.output()
            case Record(late=True) if not given.known:
                return self._apart(shape, given)
            case Scalar() | Choice():
                return self._scalar(shape, given, path)
            case ListOf(items=inner):
                items = given.items()
                if items is None:
                    self._plain("a list", given, path)
                return [
                    self.value(inner, each, f"{path}[{place}]") for place, each in enumerate(items)
                ]
            case MapOf(values=inner):
                entries = self._entries(given, path)
                return {
                    key: self.value(inner, each, f'{path}["{key}"]')
                    for key, each in entries.items()
                }
            case Record():
                return self.record(shape, self._entries(given, path), path)

    def _entries(self, given: Given, path: str) -> Mapping[str, Given]:
        entries = given.entries()
        if entries is None:
            self._plain("a mapping", given, path)
        return entries

    def _scalar(self, shape: Scalar | Choice, given: Given, path: str) -> bool | int | float | str:
        if given.secret:
            _refuse(path, "is a secret and would be shown: it decides what is deployed")
        found = given.scalar()
        if found is None:
            self._plain(_wanted(shape), given, path)
        self.dependencies.update(given.dependencies)
        return _checked(shape, found, given, path)

    def _plain(self, wanted: str, given: Given, path: str) -> NoReturn:
        if not given.known:
            _refuse(
                path,
                "is not known before something else is deployed, and decides what is deployed: "
                "give a value",
            )
        _refuse(path, f"is {given.kind()} and must be {wanted}")

    def _apart(self, shape: Record, given: Given) -> Any:
        """A record whose every field may be late, of which nothing is known yet."""
        whole = given.output()

        def part(each: Field) -> pulumi.Output[Any]:
            return whole.apply(lambda known: known[each.camel])

        return shape.of(**{each.name: part(each) for each in shape.fields})


def _converted(shape: Scalar, given: Given, path: str) -> pulumi.Output[Any]:
    """A late value, checked as soon as it is known."""
    found = given.scalar()
    if given.known and found is None:
        _refuse(path, f"is {given.kind()} and must be {_wanted(shape)}")
    if found is not None:
        _checked(shape, found, given, path)
    output = given.output()
    return output.apply(int) if shape.kind == "integer" else output


def _checked(
    shape: Scalar | Choice, found: bool | float | str, given: Given, path: str
) -> bool | int | float | str:
    """The value in Python's type: numbers cross as floats."""
    if isinstance(shape, Choice):
        if found not in shape.values:
            _refuse(path, f"{found!r} is none of {', '.join(shape.values)}")
        return found
    kinds: Mapping[str, type] = {"boolean": bool, "integer": float, "number": float, "string": str}
    if not isinstance(found, kinds[shape.kind]):
        _refuse(path, f"is {given.kind()} and must be {_wanted(shape)}")
    if shape.kind == "integer" and isinstance(found, float):
        if not found.is_integer():
            _refuse(path, f"{found:g} must be a whole number")
        return int(found)
    return found


def _wanted(shape: Scalar | Choice) -> str:
    return (
        f"one of {', '.join(shape.values)}" if isinstance(shape, Choice) else ARTICLES[shape.kind]
    )


def _refuse(path: str, reason: str) -> NoReturn:
    raise InputPropertyError(path, reason)


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def given_back(shape: Shape, value: Any) -> Any:
    """An output in the schema's words."""
    if not isinstance(shape, Record):
        return value
    return {each.camel: given_back(each.shape, getattr(value, each.name)) for each in shape.fields}
