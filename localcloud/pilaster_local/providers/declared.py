"""What an SDK itself declares of a type: which inputs there are, of what type, which it needs.

Read from the SDK's own classes, which a program that was just previewed has imported already; of a
type that no program imported, its service's module alone is. Where the SDK is not installed, or
does not have the type, nothing is said.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import re
import typing
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, ForwardRef

import pulumi

from pilaster_local.providers.aws.rows import Failures
from pilaster_local.providers.aws.values import UNKNOWN, shown

WITH_VALUES = frozenset({"pulumi_azure_native"})
"""SDKs made from the API's own specification: what is in their enumerations is all there is."""


@dataclass(frozen=True)
class Fields:
    """The inputs of one type or object, by the name they have on the wire."""

    types: Mapping[str, Any]
    required: frozenset[str]


class Sdk:
    """One generated SDK, such as pulumi_aws, whose tokens are `aws:module/name:Name`."""

    def __init__(
        self,
        package: str,
        name: str,
        *,
        modules: Mapping[str, str] | None = None,
        added: frozenset[str] = frozenset(),
    ) -> None:
        """`modules` has those that Python names otherwise; the provider adds the inputs `added`."""
        self.name = name
        self._package = package
        self._modules = modules or {}
        self._added = added

    def failures(self, token: str, inputs: Mapping[str, Any]) -> Failures:
        """What the provider's schema refuses of a resource's inputs."""
        found = self._of(token)
        if found:
            module, declared = found
            yield from _object(module, declared, inputs, "", self._added)

    def is_known(self, token: str) -> bool:
        """Whether the SDK is there and has the type."""
        return self._of(token) is not None

    def inputs(self, token: str) -> list[str]:
        """The names of all inputs of a type; none where nothing is known of it."""
        found = self._of(token)
        return sorted(found[1].types) if found else []

    @cached_property
    def types(self) -> frozenset[str]:
        """Every type the SDK has, read from the list it registers; nothing is loaded for it."""
        spec = find_spec(self.name)
        if spec is None or spec.origin is None:
            return frozenset()
        # With a slash as the Terraform bridge writes them, without as native providers do.
        registered = re.compile(rf'"({self._package}:\w+(?:/\w+)?:\w+)": "\w+"')
        return frozenset(registered.findall(Path(spec.origin).read_text(encoding="utf-8")))

    def is_tagged(self, token: str) -> bool:
        """Whether the provider's default tags are put on things of this type."""
        found = self._of(token)
        return (
            found is not None
            and "tags" in found[1].types
            and hasattr(self._resource(token), "tags_all")
        )

    def _of(self, token: str) -> tuple[ModuleType, Fields] | None:
        module, resource = self._module(token), self._resource(token)
        if module is None or resource is None:
            return None
        return _declared(module, resource)

    def _resource(self, token: str) -> Any:
        return getattr(self._module(token), token.rsplit(":", 1)[-1], None)

    def _module(self, token: str) -> ModuleType | None:
        package = token.split(":")[1].split("/")[0]
        return _imported(f"{self.name}.{self._modules.get(package, package)}")


@cache
def _imported(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


@cache
def _declared(module: ModuleType, resource: Any) -> tuple[ModuleType, Fields] | None:
    # A nested type may bear the name of the arguments, which then are called so instead.
    own = importlib.import_module(resource.__module__)
    name = resource.__name__
    declared = fields(own, f"{name}InitArgs") or fields(own, f"{name}Args")
    return (module, declared) if declared else None


@cache
def fields(module: ModuleType, name: str) -> Fields | None:
    args = getattr(module, name, None)
    if not inspect.isclass(args):
        return None
    wire = {
        attribute: getattr(member.fget, "_pulumi_name", None) or attribute
        for attribute, member in inspect.getmembers(args, lambda m: isinstance(m, property))
    }
    parameters = [p for p in inspect.signature(args).parameters.values() if p.name in wire]
    types = {wire[p.name]: p.annotation for p in parameters}
    required = frozenset(wire[p.name] for p in parameters if p.default is inspect.Parameter.empty)
    return Fields(types, required)


def _object(
    module: ModuleType,
    declared: Fields,
    value: Mapping[str, Any],
    path: str,
    more: frozenset[str] = frozenset(),
) -> Failures:
    here = f"{path}." if path else ""
    for name in sorted(declared.required - value.keys()):
        yield f"{here}{name}", "it is required, and not given"
    for name, item in value.items():
        if name in declared.types:
            yield from _typed(module, declared.types[name], item, f"{here}{name}")
        elif name not in more:
            near = difflib.get_close_matches(name, declared.types, 1, 0.6)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield f"{here}{name}", f"there is no such input{hint}"


def _typed(module: ModuleType, annotation: Any, value: Any, path: str) -> Failures:
    if value is UNKNOWN or value is None:
        return
    wanted = alternatives(annotation)
    if isinstance(value, str) and module.__name__.partition(".")[0] in WITH_VALUES:
        known = [each for one in wanted for each in _values(module, one)]
        if known and value.lower() not in map(str.lower, known):
            near = difflib.get_close_matches(value, known, 3, 0.5) if len(known) > 8 else known
            yield path, f"{shown(value)} is none of {', '.join(near or known)}"
            return
    found: list[list[tuple[str, str]]] = []
    for one in wanted:
        said = list(_one(module, one, value, path))
        if not said:
            return
        found.append(said)
    if found:
        # Where an object could be meant, what is wrong inside it says more than its type.
        yield from min(found, key=lambda said: (said[0][0] == path, len(said)))


@cache
def _flat(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) is typing.Union:
        return tuple(one for arg in typing.get_args(annotation) for one in _flat(arg))
    return (annotation,)


def alternatives(annotation: Any) -> list[Any]:
    """What may be given, without the ways to give it later."""
    return [
        one
        for one in _flat(annotation)
        if one is not type(None)
        and typing.get_origin(one) is not Awaitable
        and not (isinstance(one, ForwardRef) and one.__forward_arg__ == "Output[T]")
        and not (isinstance(one, ForwardRef) and one.__forward_arg__.endswith("ArgsDict"))
        and not (isinstance(one, ForwardRef) and one.__forward_arg__.startswith("outputs."))
    ]


def _one(module: ModuleType, wanted: Any, value: Any, path: str) -> Failures:
    origin = typing.get_origin(wanted)
    if isinstance(wanted, (ForwardRef, str)):
        yield from _named(module, wanted, value, path)
    elif origin in (Sequence, list):
        if not isinstance(value, list):
            yield path, f"{shown(value)} is not a list"
            return
        for index, item in enumerate(value):
            yield from _typed(module, typing.get_args(wanted)[0], item, f"{path}[{index}]")
    elif origin in (Mapping, dict):
        if not isinstance(value, Mapping):
            yield path, f"{shown(value)} is not an object"
            return
        for key, item in value.items():
            yield from _typed(module, typing.get_args(wanted)[1], item, f"{path}.{key}")
    elif says := _SCALARS.get(wanted):
        fits, called = says
        if not fits(value):
            yield path, f"{shown(value)} is not {called}"


def _named(module: ModuleType, wanted: Any, value: Any, path: str) -> Failures:
    name = wanted if isinstance(wanted, str) else wanted.__forward_arg__
    declared = fields(module, name.rsplit(".", 1)[-1]) if name.endswith("Args") else None
    if declared is None:
        return  # an enumeration of the SDK's: any string, for the service to judge
    if not isinstance(value, Mapping):
        yield path, f"{shown(value)} is not an object"
        return
    yield from _object(module, declared, value, path)


def _values(module: ModuleType, wanted: Any) -> list[str]:
    """The values of an enumeration; none if it is something else."""
    name = wanted.__forward_arg__ if isinstance(wanted, ForwardRef) else wanted
    found = getattr(module, name, None) if isinstance(name, str) else None
    if inspect.isclass(found) and issubclass(found, str) and issubclass(found, Enum):
        return [str(each.value) for each in found]
    return []


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return True
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return _is_number(value) and float(value).is_integer()


# As the provider converts them: numbers and flags may come as text, and text as a number.
_SCALARS: Mapping[Any, tuple[Any, str]] = {
    str: (lambda value: isinstance(value, str | int | float | bool), "a string"),
    bool: (lambda value: value in (True, False, "true", "false"), "true or false"),
    int: (_is_whole, "a whole number"),
    float: (_is_number, "a number"),
    pulumi.Archive: (lambda value: isinstance(value, pulumi.Archive), "an archive"),
    pulumi.Asset: (lambda value: isinstance(value, pulumi.Asset), "an asset"),
}
