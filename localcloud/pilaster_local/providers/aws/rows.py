"""What a row of the table says about one resource type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pilaster_local.providers.aws.kind import Kind

_HOLE = re.compile(r"\{(\w+)\}")

Failures = Iterator[tuple[str, str]]
"""Pairs of a property and what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """How the physical name comes about when the program gives none."""

    limit: int
    property: str = "name"
    prefix: str = "namePrefix"
    lower: bool = False
    beginning: str = ""
    ending: str = ""
    """`flag.suffix`: the name ends in `.suffix` where the input `flag` is true."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Inputs that an operation of their own sets, after the create and when they change."""

    inputs: str
    put: str = ""
    drop: str = ""
    """Called instead of `put` when none of the inputs is given any more."""
    rename: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    """As `Row.key`, where these operations name the thing by other parameters."""
    within: str = ""
    inside: str = ""
    """What `apply` reads inside its inputs; anything else there is refused."""
    at_creation: bool = True
    """False where the create operation has done it already."""
    apply: Callable[..., None] | None = None
    """`(kind, scope, id, state, inputs)` where one operation is not enough. `state` is what was
    there.
    """

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self.inputs.split())


@dataclass(frozen=True, kw_only=True)
class Row:
    """One resource type. Strings of words are lists of inputs; `a=b` pairs are mappings.

    A template such as `{apiId}/{name}` is filled from inputs and outputs; anything else in `id` and
    `outputs` is a JMESPath expression into the service's answer.
    """

    service: str
    create: str
    read: str = ""
    update: str = ""
    delete: str = ""
    id: str
    key: str = ""
    """Parameters that name the thing in read, update and delete."""
    at: str = "@"
    """Where the thing stands in the answer to `read`."""
    created: str = ""
    """Where the thing stands in the answer to `create`, for `id`; the same as `at` if empty."""
    rename: Mapping[str, str] = field(default_factory=dict)
    within: str = ""
    """The member that takes the inputs which are no key, in create and update."""
    replace: str = ""
    aside: str = ""
    """Inputs that steer Pulumi or a part of AWS that does not exist here: accepted, sent nowhere.
    """
    outputs: str = ""
    named: Named | None = None
    identity: str = ""
    """Inputs that make two things collide; the physical name if empty."""
    documents: str = "policy"
    """Names of values that hold JSON and are compared parsed, at any depth."""
    parts: tuple[Part, ...] = ()
    undiffed: str = ""
    """Inputs whose change is no difference, since another input stands for them."""
    ready: str = ""
    """A condition on the thing, in JMESPath: create and update wait for it."""
    unset: Mapping[str, Any] = field(default_factory=dict)
    """What to send for an input that is given no more."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What the real provider fills in where the program says nothing."""
    required: str = ""
    secrets: str = ""
    tagged: bool = False
    marked: bool = False
    """Made with a tag that holds its urn, because it has no name to be found by."""
    tag_type: str = ""
    """The resource type in EC2's TagSpecifications."""
    find: str = ""
    """`Operation path` that finds a thing without a name of its own; the path may hold templates.
    """
    checks: tuple[Callable[[Mapping[str, Any]], Failures], ...] = ()
    here: tuple[Callable[[Mapping[str, Any]], Failures], ...] = ()
    """As `checks`, for what AWS takes and this machine does not run."""
    recorded: str = ""
    """What of this type the emulator keeps and does not act on."""
    kind: type[Kind] | None = None

    @cached_property
    def replacing(self) -> frozenset[str]:
        names = {self.named.property, self.named.prefix} if self.named else set[str]()
        return frozenset(self.replace.split()) | names | {"region"}

    @cached_property
    def set_aside(self) -> frozenset[str]:
        prefix = {self.named.prefix} if self.named and self.named.prefix else set[str]()
        tags = {"tags", "tagsAll"} if self.tagged else set[str]()
        return frozenset(self.aside.split()) | prefix | tags | {"region", "__defaults"}

    @cached_property
    def output_paths(self) -> dict[str, str]:
        return pairs(self.outputs)

    @cached_property
    def identifying(self) -> tuple[str, ...]:
        if self.identity:
            return tuple(self.identity.split())
        return (self.named.property,) if self.named else ()


def pairs(text: str) -> dict[str, str]:
    """`"a=B c=D"` as a mapping; a word alone stands for itself."""
    return {
        name: value or name for name, _, value in (word.partition("=") for word in text.split())
    }


def fill(template: str, state: Mapping[str, Any]) -> Any:
    """The template with its holes filled; a template that is one hole gives the value itself."""
    if whole := _HOLE.fullmatch(template):
        return state[whole[1]]
    return _HOLE.sub(lambda hole: str(state[hole[1]]), template)


def key_parameters(key: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """`"VpcIds=[{id}]"` -> `{"VpcIds": ["vpc-1"]}`."""
    parameters: dict[str, Any] = {}
    for member, template in pairs(key).items():
        listed = template.startswith("[")
        value = fill(template.strip("[]"), state)
        parameters[member] = [value] if listed else value
    return parameters


def is_template(text: str) -> bool:
    return _HOLE.search(text) is not None
