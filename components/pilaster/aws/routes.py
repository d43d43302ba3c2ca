"""The routes of an HTTP API: which there can be, and which can stand beside one another."""

import re
from collections.abc import Iterable, Mapping

from pilaster.aws.function import FunctionArgs
from pilaster.naming import slug

UNKNOWN = "$default"
"""The route of whatever has no other: a function there can say so in the API's own words."""
ANY = "ANY"
"""A route of all methods: for a function that says itself which ones an address takes."""
METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
LONGEST_SECONDS = 30
"""API Gateway answers 503 after that, whatever the function still does."""

_PART = r"/[A-Za-z0-9._~!$&'()*,;=:@%-]*"
_PATH = re.compile(rf"({_PART}|/\{{[\w.:-]+\}})*({_PART}|/\{{[\w.:-]+\+?\}})")
"""A parameter is a whole part; one with `+` takes all that is left, so it stands last."""
_NAME = re.compile(r"(?<=\{)[^}+]+")


def check(routes: Mapping[str, FunctionArgs]) -> None:
    """Refuses what API Gateway would, and two of which one would never be called."""
    names: dict[str, str] = {}
    requests: dict[str, str] = {}
    for route, function in routes.items():
        _check(route, function)
        if (other := names.setdefault(slug(route), route)) != route:
            raise ValueError(
                f"routes {other!r} and {route!r} would be deployed under one name: "
                "rename a parameter"
            )
        if (other := requests.setdefault(_NAME.sub("", route), route)) != route:
            raise ValueError(f"routes {other!r} and {route!r} take the same requests: keep one")


def _check(route: str, function: FunctionArgs) -> None:
    method, _, path = route.partition(" ")
    if route != UNKNOWN and (method not in (*METHODS, ANY) or not _PATH.fullmatch(path)):
        raise ValueError(
            f"route {route!r} is not a method and a path, such as 'GET /api/v1/documents/{{id}}'; "
            f"methods are {', '.join(METHODS)} and {ANY}"
        )
    if function.timeout_seconds > LONGEST_SECONDS:
        raise ValueError(
            f"the function of {route!r} may take {function.timeout_seconds} seconds and API "
            f"Gateway waits {LONGEST_SECONDS}: lower timeout_seconds"
        )


def methods(routes: Iterable[str]) -> set[str]:
    """What pages may ask for: a route of all the rest takes all methods, if only to refuse them."""
    named = {route.partition(" ")[0] for route in routes}
    return {*METHODS} if {UNKNOWN, ANY} & named else named
