"""Which problems there are, for who reads the document: held against the code by a test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

PROBLEMS = {
    "malformed": (400, "The body is no JSON object in UTF-8."),
    "invalid-query": (400, "A parameter is not understood; `errors` names it."),
    "unauthorized": (401, "The token verified, and it is not an access token of a user."),
    "wrong-credentials": (401, "E-mail or password is wrong, or the account is not confirmed."),
    "session-ended": (401, "The refresh token was used or revoked, or is too old: log in again."),
    "forbidden": (403, "This is for members of the group `reviewers`."),
    "not-through-the-edge": (403, "This address is not for clients: use the site's."),
    "not-found": (404, "None of this user's, or deleted."),
    "unknown-route": (404, "There is nothing at this address."),
    "method-not-allowed": (405, "`Allow` says which methods there are."),
    "review-taken": (409, "Another reviewer has it; `detail` says until when."),
    "review-not-claimed": (409, "Claim it (the claim may have run out), then send it again."),
    "review-ended": (409, "It was decided otherwise, or timed out; the first decision stands."),
    "too-large": (413, "The body is larger than this request may be."),
    "unsupported-media-type": (415, "The body is not declared as `application/json`."),
    "invalid": (422, "A rule is broken; `errors` names each field."),
    "too-many-attempts": (429, "Wait as long as `Retry-After` says."),
    "too-many-requests": (429, "This user's limit; nothing was done. `Retry-After`."),
    "internal": (500, "Ours; it was logged under the `request_id`."),
    "unavailable": (503, "It passes: send it again after `Retry-After`."),
    "out-of-time": (503, "Part of it may have been done: look before sending it again."),
}
"""Name -> status and meaning. The name is the end of the `type`, but for one that has two
statuses."""
TYPES = {name: "/problems/" + ("invalid" if name == "invalid-query" else name) for name in PROBLEMS}

BODY = ("malformed", "too-large", "unsupported-media-type")
"""Of every request with a body."""
LOCKED = ("not-through-the-edge",)
"""Of every request, before anything else of it is looked at."""
ALWAYS = ("internal", "unavailable", "out-of-time")

_GATEWAY = {
    401: "The gateway's own: no token, or one that is not taken.",
    413: "The gateway's own: above 10 MiB.",
    429: "The gateway's own: the route's throttle. Not begun; may be sent again after a second.",
    500: "The gateway's own: a function died.",
    503: "The gateway's own: a function took more than 30 seconds, or none was free.",
}
_RETRY = frozenset({"too-many-attempts", "too-many-requests", "unavailable", "out-of-time"})


def responses(names: Sequence[str], *, secured: bool) -> dict[str, Any]:
    """The refusals of one operation by status, the gateway's own among them."""
    statuses = {PROBLEMS[name][0] for name in names}
    own = {401, 413, 429, 500, 503} if secured else {413, 429, 500, 503}
    return {
        str(status): _response(
            status, [name for name in names if PROBLEMS[name][0] == status], status in own
        )
        for status in sorted(statuses | own)
    }


def unrouted() -> dict[str, Any]:
    """What answers where there is no operation."""
    return {
        "UnknownRoute": _response(404, ["unknown-route"], False),
        "MethodNotAllowed": _response(405, ["method-not-allowed"], False),
    }


def _response(status: int, names: Sequence[str], gateway: bool) -> dict[str, Any]:
    content: dict[str, Any] = {}
    said = [f"`{TYPES[name]}`: {PROBLEMS[name][1]}" for name in names]
    if names:
        kinds = {"properties": {"type": {"enum": [TYPES[name] for name in names]}}}
        content["application/problem+json"] = {
            "schema": {"allOf": [{"$ref": "#/components/schemas/Problem"}, kinds]}
        }
    if gateway:
        said.append(_GATEWAY[status])
        content["application/json"] = {"schema": {"$ref": "#/components/schemas/GatewayMessage"}}
    response: dict[str, Any] = {"description": "\n\n".join(said), "content": content}
    headers: dict[str, Any] = {}
    if status == 401:
        headers["WWW-Authenticate"] = _header("What the token lacks.")
    if status == 405:
        headers["Allow"] = _header("The methods there are.", required=True)
    if set(names) & _RETRY:
        seconds = _header("Seconds; not with what the gateway says itself.")
        headers["Retry-After"] = {**seconds, "schema": {"type": "integer", "minimum": 1}}
    return {**response, "headers": headers} if headers else response


def _header(description: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "description": description,
        **({"required": True} if required else {}),
        "schema": {"type": "string"},
    }
