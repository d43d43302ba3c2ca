"""Where the edge gets objects of buckets: a Unix socket of the emulator, behind which S3 decides as
it does about a request that CloudFront signed for a distribution."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote

SOURCE = "x-pilaster-source-arn"
"""The distribution an access control signs for; without one the request is anonymous."""
_PIECE = 1 << 18


async def application(scope: Any, receive: Any, send: Any) -> None:
    """ASGI: `GET /<bucket>/<key>`."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["type"] != "http":
        return
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    source = headers.pop(SOURCE, "")
    raw = scope["raw_path"].decode("latin-1").split("?", 1)[0]
    bucket, _, key = unquote(raw).removeprefix("/").partition("/")
    status, answered, body = await asyncio.to_thread(
        _fetch, bucket, key, scope["method"], headers, source
    )
    pairs = [(name.lower().encode(), str(value).encode()) for name, value in answered.items()]
    if not any(name == b"content-length" for name, _ in pairs):
        pairs.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    for start in range(0, len(body), _PIECE):
        piece = body[start : start + _PIECE]
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _fetch(bucket: str, key: str, method: str, headers: dict[str, str], source: str) -> Any:
    from ministack.core.iam_evaluator import pin_request_origin
    from ministack.services import s3

    if method not in ("GET", "HEAD"):
        # A policy that lets an access control write is nothing this machine knows.
        return 405, {"content-type": "text/plain"}, b"only GET and HEAD reach a bucket here"
    pin_request_origin("127.0.0.1", True)  # CloudFront reaches buckets by TLS, and policies ask
    return s3.serve_cloudfront_origin_fetch(bucket, key, method, headers, source_arn=source)
