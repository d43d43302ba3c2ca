"""What classes say about themselves: docstrings, and those under each attribute."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Mapping
from functools import cache


def attributes(of: type) -> Mapping[str, str]:
    """The docstring under each annotated attribute of a class, by the attribute's name."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(of))).body
    assert isinstance(body, ast.ClassDef)
    return {
        each.target.id: one_line(after.value.value)
        for each, after in zip(body.body, body.body[1:], strict=False)
        if isinstance(each, ast.AnnAssign)
        and isinstance(each.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
        and isinstance(after.value.value, str)
    }


def summary(of: type) -> str:
    """What a class is: its docstring, or its module's where the class only points there."""
    own = inspect.getdoc(of) or ""
    if own.startswith("See the module"):
        own = inspect.getdoc(sys.modules[of.__module__]) or ""
    return "\n\n".join(one_line(paragraph) for paragraph in own.split("\n\n"))


@cache
def one_line(text: str) -> str:
    """Text without the line breaks of its source."""
    return " ".join(text.split())
