"""What the components have promised, and what a change of it breaks, in sentences.

A promise is an argument, an output or a child. What is compared is the schema without its words,
and the children each example makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Properties = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Change:
    """One difference."""

    what: str
    breaks: bool

    def __str__(self) -> str:
        return f"{'BREAKS' if self.breaks else 'fine'}: {self.what}"


@dataclass(frozen=True, order=True)
class Child:
    """What a component registers."""

    parent: str
    type: str
    name: str
    aliases: Sequence[str] = ()
    """Identities it had."""
    physical: str = ""
    """What it is called in AWS, where the component says so."""

    @classmethod
    def of(cls, line: str) -> Child:
        promised, _, physical = line.partition(" = ")
        parent, _, rest = promised.partition(" > ")
        kind, _, name = rest.partition(" ")
        return cls(parent, kind, name, physical=physical)

    @property
    def line(self) -> str:
        called = f" = {self.physical}" if self.physical else ""
        return f"{self.parent} > {self.type} {self.name}{called}"

    @property
    def identity(self) -> str:
        """What makes it itself, as in a URN: of what it is below the type counts, not the name."""
        return f"{self.parent.partition(' ')[0]} > {self.type} {self.name}"


def wordless(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema's promises: no descriptions, nothing that changes with a release."""

    def cut(value: Any, inside: bool = False) -> Any:
        if isinstance(value, Mapping):
            # `description` is also what an argument may be called.
            named = isinstance(value.get("description"), str)
            return {
                key: cut(each) for key, each in value.items() if key != "description" or not named
            }
        return [cut(each) for each in value] if isinstance(value, list) else value

    return {"resources": cut(schema["resources"]), "types": cut(schema["types"])}


def schema_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """What changed in what programs write and read."""
    for token, was in old["resources"].items():
        now = new["resources"].get(token)
        if now is None:
            yield Change(f"component {token} is gone: programs that use it stop working", True)
            continue
        yield from _arguments(
            token,
            (was["inputProperties"], was["requiredInputs"]),
            (now["inputProperties"], now["requiredInputs"]),
        )
        yield from _outputs(token, was["properties"], now["properties"])
    for token, was in old["types"].items():
        now = new["types"].get(token)
        if now is None:
            yield Change(f"type {token} is gone: programs that name it stop working", True)
        elif "enum" in was:
            yield from _values(token, was["enum"], now.get("enum", []))
        else:
            yield from _arguments(
                token,
                (was["properties"], was["required"]),
                (now.get("properties", {}), now.get("required", [])),
            )
    for kind, word in (("resources", "component"), ("types", "type")):
        for token in new[kind].keys() - old[kind].keys():
            yield Change(f"{word} {token} is new", False)


def _arguments(
    token: str, old: tuple[Properties, Sequence[str]], new: tuple[Properties, Sequence[str]]
) -> Iterator[Change]:
    (was, needed), (now, needs) = old, new
    for name in was:
        argument = f"argument {name} of {token}"
        if name not in now:
            yield Change(f"{argument} is gone: programs that set it stop working", True)
            continue
        before, after = _type(was[name]), _type(now[name])
        if before != after:
            wider = before == _type(now[name], late=False)
            says = "programs that set it go on" if wider else "programs that set it stop working"
            yield Change(f"{argument} was {before} and is {after}: {says}", not wider)
        stays = (name in needed) == (name in needs)
        if stays and was[name].get("default") != now[name].get("default"):
            yield Change(
                f"default of {argument} was {was[name].get('default')!r} and is "
                f"{now[name].get('default')!r}: programs that leave it out deploy something else",
                True,
            )
        if name in needs and name not in needed:
            yield Change(
                f"{argument} is required now: programs that leave it out stop working", True
            )
        if name in needed and name not in needs:
            yield Change(f"{argument} may be left out now", False)
    for name in now.keys() - was.keys():
        if name in needs:
            yield Change(
                f"argument {name} of {token} is new and required: programs without it, which are "
                "all, stop working",
                True,
            )
        else:
            yield Change(f"argument {name} of {token} is new and may be left out", False)


def _outputs(token: str, was: Properties, now: Properties) -> Iterator[Change]:
    for name in was:
        output = f"output {name} of {token}"
        if name not in now:
            yield Change(f"{output} is gone: programs that read it stop working", True)
            continue
        before, after = _type(was[name], late=False), _type(now[name], late=False)
        if before != after:
            yield Change(
                f"{output} was {before} and is {after}: programs that read it stop working", True
            )
    for name in now.keys() - was.keys():
        yield Change(f"output {name} of {token} is new", False)


def _values(token: str, was: Sequence[Any], now: Sequence[Any]) -> Iterator[Change]:
    for each in was:
        if each not in now:
            yield Change(
                f"value {each['value']!r} of {token} is gone: programs that say it stop working",
                True,
            )
    for each in now:
        if each not in was:
            yield Change(f"value {each['value']!r} of {token} is new", False)


def _type(spec: Mapping[str, Any], *, late: bool = True) -> str:
    """A type in words; `late=False` leaves out whether it may come later."""
    plain = "" if spec.get("plain") or not late else ", or one that comes later"
    if "$ref" in spec:
        return spec["$ref"].removeprefix("#/types/") + plain
    if spec["type"] == "array":
        return f"a list of {_type(spec['items'], late=late)}{plain}"
    if spec["type"] == "object":
        return f"a mapping to {_type(spec['additionalProperties'], late=late)}{plain}"
    return f"{spec['type']}{plain}"


def children_changes(
    component: str, old: Sequence[Child], new: Sequence[Child]
) -> Iterator[Change]:
    """What changed in what is deployed. A name is an identity: another one is another thing."""
    known = {each.identity: each for each in new}
    for was in old:
        now = known.get(was.identity, was)
        if was.physical != now.physical:
            what = f"child {was.name} ({was.type}) of {component}"
            yield Change(f"{what} {_called(was, now)}", True)
    gone = [each for each in old if each.identity not in known]
    known = {each.identity for each in old}
    came = [each for each in inheriting(new) if each.identity not in known]
    guesses: Sequence[Callable[[Child, Child], bool]] = (
        lambda was, now: was.identity in now.aliases,
        lambda was, now: (was.type, was.name) == (now.type, now.name),
        lambda was, now: (was.type, was.parent) == (now.type, now.parent),
        lambda was, now: was.identity.split(" ")[:3] == now.identity.split(" ")[:3],
    )
    became: dict[str, Child] = {}
    for guess in guesses:
        for was in gone:
            now = next((each for each in came if guess(was, each)), None)
            if now and was.identity not in became:
                became[was.identity] = now
                came.remove(now)
    for was in gone:
        says, breaks = _fate(was, became.get(was.identity))
        yield Change(f"child {was.name} ({was.type}) of {component} {says}", breaks)
    for child in came:
        yield Change(f"child {child.name} ({child.type}) of {component} is new", False)


def _fate(was: Child, now: Child | None) -> tuple[str, bool]:
    """What to say of a child that is not what it was, and whether that breaks."""
    if now is None:
        return "is gone: AWS would delete it", True
    if was.identity in now.aliases:
        verb = "renamed" if was.name != now.name else "moved, or of another type"
        if was.physical != now.physical:
            return f"is {verb}, with an alias, and {_called(was, now)}", True
        return f"is {verb}, with an alias", False
    says = (
        f"is renamed to {now.name}"
        if was.name != now.name
        else f"is below {now.parent} and was below {was.parent},"
    )
    return f"{says} without an alias: AWS would delete and create it", True


def _called(was: Child, now: Child) -> str:
    before, after = (each.physical or "what AWS likes" for each in (was, now))
    return (
        f"is called {after} and was {before}: AWS would delete and create it, or who knows it by "
        "its name loses it"
    )


def inheriting(children: Sequence[Child]) -> Sequence[Child]:
    """The children with the aliases both engines conclude from those of what they are below.

    Of a child named after its parent (`it-api-role` below `it-api`), the name it would have had
    below the parent's old one counts.
    """

    def whole(child: Child) -> Child:
        above = [whole(each) for each in children if f"{each.type} {each.name}" == child.parent]
        more = [
            f"{kind} > {child.type} {_named_after(old, parent.name, child.name)}"
            for parent in above
            for kind, _, old in (
                alias.partition(" > ")[2].partition(" ") for alias in parent.aliases
            )
        ]
        return replace(child, aliases=(*child.aliases, *more))

    return [whole(each) for each in children]


def _named_after(old: str, new: str, child: str) -> str:
    return old + child.removeprefix(new) if child.startswith(new) else child


def verdict(changes: Sequence[Change], where: str) -> str:
    """What the test says: each change, and what to do if it is meant."""
    lines = [str(each) for each in sorted(changes, key=lambda each: not each.breaks)]
    advice = (
        f"if that is meant, run `GOLDEN=write pytest {where}`"
        + " and write it into CHANGELOG.md, under Breaking (arguments, outputs) or under Replaces "
        "resources (children)" * any(each.breaks for each in changes)
    )
    return "\n".join([*lines, advice])
