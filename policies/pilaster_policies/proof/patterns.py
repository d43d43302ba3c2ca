"""The texts a pattern means, as IAM reads them, and how the texts there are fall apart by several.

A pattern is a row of tokens. `*` in one of the first five parts of an ARN does not leave the part;
a policy variable (`${aws:PrincipalTag/team}`) is a token that only itself and a full `*` hold.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

LIMIT = 20_000
"""States looked at before a question is given up: some patterns multiply without end."""


class TooManyError(Exception):
    """The patterns fall apart into more cases than are worth looking at."""


@dataclass(frozen=True)
class Token:
    text: str = ""
    """What it takes: one character, or a variable as a whole; any character where it is empty."""
    many: bool = False
    but: str = ""
    """Characters it does not take."""

    @property
    def variable(self) -> bool:
        return len(self.text) > 1


@dataclass(frozen=True)
class Pattern:
    tokens: tuple[Token, ...]
    fold: bool = False
    """Cases are not told apart."""

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(token.text for token in self.tokens if token.variable)

    def begin(self) -> int:
        return self._closed(1)

    def read(self, states: int, character: str) -> int:
        """The positions after one more character; none is 0."""
        takes = self._takers.get(character)
        if takes is None:
            takes = self._takers[character] = self._bits(lambda t: self._takes(t, character))
        taking = states & takes
        return self._closed(taking & self._many | (taking & ~self._many) << 1)

    def ends(self, states: int) -> bool:
        return bool(states >> len(self.tokens) & 1)

    def heard(self, states: int) -> set[str]:
        """The characters it tells from others where it stands."""
        found: set[str] = set()
        for at, characters in self._told:
            if states >> at & 1:
                found |= characters
        return found

    @cached_property
    def _takers(self) -> dict[str, int]:
        """By character, the tokens that take it, a bit each: what was asked for so far."""
        return {}

    @cached_property
    def _many(self) -> int:
        return self._bits(lambda token: token.many)

    @cached_property
    def _told(self) -> list[tuple[int, frozenset[str]]]:
        """By token, where there are any, the characters it tells from others."""
        found: list[tuple[int, frozenset[str]]] = []
        for at, token in enumerate(self.tokens):
            characters = {token.text} if token.text else set(token.but)
            if self.fold and len(token.text) == 1:
                characters |= {token.text.lower(), token.text.upper()}
            if characters:
                found.append((at, frozenset(characters)))
        return found

    def _bits(self, holds: Callable[[Token], bool]) -> int:
        return sum(1 << at for at, token in enumerate(self.tokens) if holds(token))

    def _takes(self, token: Token, character: str) -> bool:
        if token.text:
            same = token.text == character
            return same or (self.fold and token.text.lower() == character.lower())
        if len(character) > 1:  # a variable may hold anything, so only what takes anything holds it
            return token.many and not token.but
        return character not in token.but

    def _closed(self, states: int) -> int:
        """A star may also stand for nothing."""
        while (more := states | (states & self._many) << 1) != states:
            states = more
        return states


_STAR = Token(many=True)
ANY = Pattern((_STAR,))
_PART = re.compile(r"\$\{([^{}]*)\}|(.)", re.DOTALL)
_VARIABLE = re.compile(r"\s*([\w:./=@-]+)\s*(?:,\s*'([^']*)'\s*)?")


def _tokens(text: str, *, wild: bool, variables: bool) -> list[Token] | None:
    found: list[Token] = []
    pieces = _PART.finditer(text) if variables else re.finditer("(?P<never>(?!))|(.)", text, re.S)
    for part in pieces:
        inner, character = part[1], part[2]
        if inner is not None and inner in ("*", "?", "$"):
            found.append(Token(inner))
        elif inner is not None:
            if not _VARIABLE.fullmatch(inner):
                return None
            found.append(Token(part[0]))
        elif wild and character == "*":
            found.append(_STAR)
        else:
            found.append(Token() if wild and character == "?" else Token(character))
    return found


@cache
def text(value: str, *, wild: bool, fold: bool = False, variables: bool = True) -> Pattern | None:
    """A value of a condition; `wild`: `*` and `?` stand for others. None for what is no value."""
    tokens = _tokens(value, wild=wild, variables=variables)
    return None if tokens is None else Pattern(tuple(tokens), fold)


@cache
def arn(value: str, *, variables: bool = True) -> Pattern | None:
    """An ARN with wildcards, or `*`. None for what is neither: AWS's own reading is not guessed."""
    tokens = _tokens(value, wild=True, variables=variables)
    if tokens is None:
        return None
    if tokens and all(token == _STAR for token in tokens):
        return ANY
    colons = [at for at, token in enumerate(tokens) if token.text == ":"]
    if len(colons) < 5:
        return None
    head = [
        token if token.text else Token(many=token.many, but=":") for token in tokens[: colons[4]]
    ]
    return Pattern((*head, *tokens[colons[4] :]))


@cache
def template(value: str) -> Pattern:
    """The ARNs of one type of resource, as AWS's reference writes them: no name is empty."""
    found: list[Token] = []
    for part in _PART.finditer(value):
        name, character = part[1], part[2]
        if name is None:
            # `*` stands in the reference for what has no template of its own.
            found.append(_STAR if character == "*" else Token(character))
        elif name == "Partition":
            found += [*map(Token, "aws"), _STAR_IN_PART]
        else:
            head = name in ("Region", "Account")
            but = ":" if head else "/" if name == "BucketName" else ""
            found += [Token(but=but), Token(many=True, but=but)]
    return Pattern(tuple(found))


_STAR_IN_PART = Token(many=True, but=":")


def substituted(value: str, known: dict[str, str]) -> str:
    """With the values of variables in their places. Values hold no wildcard."""

    def put(part: re.Match[str]) -> str:
        return known.get(part[0], part[0]) if part[1] is not None else part[0]

    return _PART.sub(put, value)


def key_of(variable: str) -> str:
    """The condition key a variable speaks of."""
    found = _VARIABLE.fullmatch(variable[2:-1])
    return (found[1] if found else variable).lower()


def widened(pattern: Pattern) -> Pattern:
    """Every text it may mean, whatever its variables hold."""
    return Pattern(tuple(_STAR if t.variable else t for t in pattern.tokens), pattern.fold)


@cache
def holds(wide: Pattern, narrow: Pattern) -> bool:
    """Whether every text of `narrow` is one of `wide`, whatever the variables of both hold."""
    return not any(vector == (False, True) for vector in classes((wide, narrow), within=(narrow,)))


@cache
def classes(
    patterns: tuple[Pattern, ...], within: tuple[Pattern, ...] = (ANY,)
) -> dict[tuple[bool, ...], str]:
    """How texts can fall by the patterns, each way with the shortest text that does.

    Raises TooManyError. The states all patterns can be in at once are followed (a product of
    subset constructions); characters that none of them tells apart there are taken as one.
    """
    every = (*patterns, *within)
    other = _unused(every)
    first = tuple(pattern.begin() for pattern in every)
    queue, seen = deque([(first, "")]), {first}
    found: dict[tuple[bool, ...], str] = {}
    count = len(patterns)
    while queue:
        states, so_far = queue.popleft()
        if any(p.ends(s) for p, s in zip(within, states[count:], strict=True)):
            vector = tuple(p.ends(s) for p, s in zip(patterns, states, strict=False))
            found.setdefault(vector, so_far)
        pairs = list(zip(every, states, strict=True))
        heard = {each for pattern, at in pairs if at for each in pattern.heard(at)}
        for character in (*sorted(heard), other):
            following = tuple(p.read(s, character) if s else 0 for p, s in pairs)
            if following not in seen and any(following[count:]):
                if not any(following[:count]) and (False,) * count in found:
                    continue
                seen.add(following)
                if len(seen) > LIMIT:
                    raise TooManyError
                queue.append((following, so_far + character))
    return found


def _unused(patterns: Sequence[Pattern]) -> str:
    """A character that stands for all that no pattern names."""
    used = {
        each
        for pattern in patterns
        for token in pattern.tokens
        for each in (token.text + token.but).lower()
    }
    return next(c for c in _OTHERS if c not in used)


_OTHERS = ("x", *"zqjvkwyughbfmpdtnsrlcaoei0123456789", *map(chr, range(0x3B1, 0x4E00)))
