"""What CloudFront compresses, and how.

Source: Developer Guide, "Serve compressed files".
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping

import brotli

LEAST_BYTES, MOST_BYTES = 1_000, 10_000_000
_STATUSES = frozenset({200, 403, 404})
_TYPES = frozenset(
    {"application/dash+xml", "application/eot", "application/font", "application/font-sfnt",
     "application/javascript", "application/json", "application/opentype",
     "application/otf", "application/pkcs7-mime", "application/protobuf",
     "application/rss+xml", "application/truetype", "application/ttf",
     "application/vnd.apple.mpegurl", "application/vnd.mapbox-vector-tile",
     "application/vnd.ms-fontobject", "application/wasm", "application/xhtml+xml",
     "application/xml", "application/x-font-opentype", "application/x-font-truetype",
     "application/x-font-ttf", "application/x-httpd-cgi", "application/x-javascript",
     "application/x-mpegurl", "application/x-opentype", "application/x-otf",
     "application/x-perl", "application/x-ttf", "font/eot", "font/opentype", "font/otf",
     "font/ttf", "image/svg+xml", "text/css", "text/csv", "text/html", "text/javascript",
     "text/js", "text/plain", "text/richtext", "text/tab-separated-values", "text/xml",
     "text/x-component", "text/x-java-source", "text/x-script", "vnd.apple.mpegurl"}
)  # fmt: skip

_HOW: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, quality=5),
    "gzip": lambda content: gzip.compress(content, 6, mtime=0),
}


def fits(status: int, headers: Mapping[str, str]) -> bool:
    """Whether an answer of the origin is compressed; its headers in lower case."""
    try:
        size = int(headers.get("content-length", ""))
    except ValueError:
        return False
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return (
        status in _STATUSES
        and LEAST_BYTES <= size <= MOST_BYTES
        and kind in _TYPES
        and "content-encoding" not in headers
    )


def compressed(content: bytes, how: str) -> bytes:
    """In `br` or `gzip`."""
    return _HOW[how](content)


def weak(tag: str) -> str:
    """The entity tag of what was compressed; nothing where it is not one."""
    if tag.startswith('"'):
        return f"W/{tag}"
    return tag if tag.startswith("W/") else ""
