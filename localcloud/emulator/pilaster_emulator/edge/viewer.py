"""One request of a viewer, and what of it goes into the cache key and to the origin. No I/O."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from pilaster_emulator.edge.distribution import Behavior, Choice, Origin

Headers = list[tuple[str, str]]
"""Names in lower case, as often as they came."""

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect",
     "proxy-connection", "proxy-authorization", "proxy-authenticate"}
)  # fmt: skip
_OURS = re.compile(r"cloudfront-.*|x-amz-cf-.*|x-edge-.*|x-real-ip|x-forwarded-(proto|host|port)")
"""What only the edge may say: a viewer's is dropped."""
_ALWAYS = frozenset(
    {"range", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
     "content-type", "content-encoding", "content-language", "content-md5", "content-disposition"}
)  # fmt: skip
_BY_NAME_ALONE = frozenset({"host", "cookie", "content-length", "user-agent", "accept-encoding"})
"""Headers with rules of their own."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SOCKET = frozenset(
    {"sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions",
     "sec-websocket-protocol", "sec-websocket-accept"}
)  # fmt: skip


def new_id() -> str:
    """As `x-amz-cf-id`: 56 characters."""
    return base64.urlsafe_b64encode(os.urandom(40)).decode().rstrip("=") + "=="


@dataclass(kw_only=True)
class Request:
    method: str
    path: str
    """As it came, percent-encoded."""
    query: str
    headers: Headers
    address: str
    port: int
    version: str = "1.1"
    id: str = field(default_factory=new_id)

    def header(self, name: str) -> str:
        return ", ".join(value for known, value in self.headers if known == name)

    @property
    def cookies(self) -> list[tuple[str, str]]:
        given = "; ".join(value for known, value in self.headers if known == "cookie")
        pairs = (part.strip().partition("=") for part in given.split(";") if part.strip())
        return [(name, value) for name, _, value in pairs]

    @property
    def queries(self) -> list[tuple[str, str]]:
        """Names, decoded, with the piece of the query as it came."""
        return [
            (unquote_plus(piece.partition("=")[0]), piece)
            for piece in self.query.split("&")
            if piece
        ]


def encoding(request: Request, behavior: Behavior) -> str:
    """What the viewer is sent compressed in, of what the cache policy lets in: `br`, `gzip` or
    nothing."""
    accepted: dict[str, float] = {}
    for part in request.header("accept-encoding").lower().split(","):
        name, _, weight = part.strip().partition(";")
        try:
            accepted[name.strip()] = float(weight.partition("=")[2] or 1)
        except ValueError:
            accepted[name.strip()] = 0
    if behavior.cache.brotli and accepted.get("br", 0) > 0:
        return "br"
    return "gzip" if behavior.cache.gzip and accepted.get("gzip", 0) > 0 else ""


def key(request: Request, behavior: Behavior) -> tuple[str, ...]:
    """What makes two requests one for the cache."""
    chosen = behavior.cache.key
    headers = sorted(
        f"{name}:{value}"
        for name, value in request.headers
        if name != "cookie" and chosen.headers.takes(name)
    )
    made = sorted(f"{name}:{value}" for name, value in _made(request) if chosen.headers.adds(name))
    cookies = sorted(f"{n}={value}" for n, value in request.cookies if chosen.cookies.takes(n))
    return (
        behavior.pattern,
        request.path,
        "&".join(sorted(piece for n, piece in request.queries if chosen.queries.takes(n))),
        "\n".join((*headers, *made)),
        ";".join(cookies),
        encoding(request, behavior),
        request.method if request.method == "OPTIONS" else "",
    )


def query(request: Request, behavior: Behavior) -> str:
    """What of the query goes to the origin, in its order and its bytes."""
    taken = [
        piece
        for name, piece in request.queries
        if _either(behavior.cache.key.queries, behavior.forwarded.queries, name)
    ]
    return "&".join(taken)


def to_origin(request: Request, behavior: Behavior, origin: Origin, label: str) -> Headers:
    """The headers the origin gets, `host` among them."""
    in_key, more = behavior.cache.key.headers, behavior.forwarded.headers
    secret = origin.headers.keys()
    kept: Headers = []
    for name, value in request.headers:
        if name in _HOP_BY_HOP or name in _BY_NAME_ALONE or name in secret or name in SOCKET:
            continue
        if _OURS.fullmatch(name) or name in ("via", "x-forwarded-for"):
            continue
        carries = name in _ALWAYS or (name == "authorization" and request.method not in _SAFE)
        if carries or _either(in_key, more, name):
            kept.append((name, value))
    cookies = [
        f"{name}={value}"
        for name, value in request.cookies
        if _either(behavior.cache.key.cookies, behavior.forwarded.cookies, name)
    ]
    if cookies:
        kept.append(("cookie", "; ".join(cookies)))
    host = request.header("host") if _either(in_key, more, "host") else origin.domain
    agent = request.header("user-agent") if _either(in_key, more, "user-agent") else ""
    kept += [("host", host), ("user-agent", agent or "Amazon CloudFront")]
    if chosen := encoding(request, behavior):
        kept.append(("accept-encoding", "br,gzip" if chosen == "br" else "gzip"))
    elif not (behavior.cache.gzip or behavior.cache.brotli) and _either(
        in_key, more, "accept-encoding"
    ):
        kept += [pair for pair in request.headers if pair[0] == "accept-encoding"]
    if length := request.header("content-length"):
        kept.append(("content-length", length))
    kept += [pair for pair in _made(request) if in_key.adds(pair[0]) or more.adds(pair[0])]
    before = request.header("x-forwarded-for")
    kept += [
        ("x-forwarded-for", f"{before}, {request.address}" if before else request.address),
        ("via", _after(request.header("via"), via(request.version, label))),
        ("x-amz-cf-id", request.id),
        *origin.headers.items(),
    ]
    return kept


def via(version: str, label: str) -> str:
    return f"{version} {label}.cloudfront.net (CloudFront)"


def _after(before: str, ours: str) -> str:
    return f"{before}, {ours}" if before else ours


def _made(request: Request) -> Headers:
    """Of the headers CloudFront can make, those a machine alone can know."""
    return [
        ("cloudfront-viewer-address", f"{request.address}:{request.port}"),
        ("cloudfront-viewer-http-version", request.version),
        ("cloudfront-forwarded-proto", "http"),
    ]


def _either(one: Choice, other: Choice, name: str) -> bool:
    return one.takes(name) or other.takes(name)
