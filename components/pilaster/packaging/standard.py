"""What can be imported without any dependency, by Python version: not each is the one that runs."""

import sys
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple


class _Changes(NamedTuple):
    came: frozenset[str]
    went: frozenset[str]


def _changes(came: str, went: str) -> _Changes:
    return _Changes(frozenset(came.split()), frozenset(went.split()))


_CHANGES: Mapping[str, _Changes] = {
    "3.12": _changes("", "asynchat asyncore distutils imp smtpd"),
    "3.13": _changes(
        "",
        "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev "
        "pipes sndhdr spwd sunau telnetlib uu xdrlib",
    ),
    "3.14": _changes("annotationlib compression", ""),
}
"""Compared by `sys.stdlib_module_names`; 3.14's from its What's New."""


@cache
def modules(python: str) -> frozenset[str]:
    """The standard library's top-level modules in a Python version."""
    running, wanted = sys.version_info[:2], _number(python)
    names = frozenset(sys.stdlib_module_names)
    for version, (came, went) in sorted(_CHANGES.items()):
        if running < _number(version) <= wanted:
            names = names - went | came
        elif wanted < _number(version) <= running:
            names = names - came | went
    return names


def _number(python: str) -> tuple[int, ...]:
    return tuple(map(int, python.split(".")))
