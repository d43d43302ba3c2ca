"""URNs as the official engine makes them."""

from __future__ import annotations

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"


def make_urn(*, stack: str, project: str, type_: str, name: str, parent: str) -> str:
    """The URN of a resource. Children of the stack leave the stack's type out of their chain."""
    chain = qualified_type(parent) if parent else ""
    if chain and chain != STACK_TYPE:
        type_ = f"{chain}${type_}"
    return f"urn:pulumi:{stack}::{project}::{type_}::{name}"


def without_stack(urn: str) -> str:
    """The SDK leaves the stack's type in the chain of the aliases it makes."""
    return urn.replace(f"::{STACK_TYPE}$", "::", 1)


def inherited_alias(urn: str, *, parent: str, former_parent: str) -> str:
    """What a child was called when its parent was called otherwise.

    A name that begins with the parent's is taken for one that was made of it.
    """
    name = name_of(urn)
    if name.startswith(name_of(parent)):
        name = name_of(former_parent) + name.removeprefix(name_of(parent))
    beginning, project = urn.split("::", 3)[:2]
    stack = beginning.rpartition(":")[2]
    return make_urn(
        stack=stack, project=project, type_=type_of(urn), name=name, parent=former_parent
    )


def qualified_type(urn: str) -> str:
    """The type with the chain of its parents."""
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    return qualified_type(urn).rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    return urn.split("::", 3)[3]


def package_of(type_: str) -> str:
    """The package whose provider answers for this type token."""
    return type_.split(":", 1)[0]


def is_provider(type_: str) -> bool:
    return type_.startswith(PROVIDER_PREFIX)
