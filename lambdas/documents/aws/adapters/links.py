"""Presigned links: who has one may send exactly one file, of this type and this length; or look at
exactly one."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from lambdas.documents.ports.uploads import UploadLink, ViewLink
from lambdas.shared.aws.signing import UNSIGNED_PAYLOAD, Keys, Signer


class S3Links:
    def __init__(
        self, bucket: str, *, keys: Keys, region: str, endpoint: str | None = None
    ) -> None:
        """`endpoint`: where S3 is instead of at AWS; the bucket is then part of the path."""
        self._signer = Signer(service="s3", region=region, keys=keys, payload=UNSIGNED_PAYLOAD)
        self._folder = (
            f"{endpoint.rstrip('/')}/{bucket}"
            if endpoint
            else f"https://{bucket}.s3.{region}.amazonaws.com"
        )

    def sign(self, key: str, *, content_type: str, size: int, until: datetime) -> UploadLink:
        now = datetime.now(UTC)
        seconds = max(1, round((until - now).total_seconds()))
        headers = {
            "Content-Type": content_type,
            "Content-Length": str(size),
            "If-None-Match": "*",  # a second upload to the same link would replace the first
        }
        # Our keys hold nothing a URL would have to escape (model/keys.py).
        url = self._signer.presign(
            "PUT", f"{self._folder}/{key}", now=now, seconds=seconds, headers=headers
        )
        return UploadLink(url=url, headers=headers, expires_at=now + timedelta(seconds=seconds))

    def view(self, key: str, *, content_type: str, until: datetime) -> ViewLink:
        """The file as what it is, whatever its uploader called it: no page of ours, no download."""
        now = datetime.now(UTC)
        seconds = max(1, round((until - now).total_seconds()))
        shown = {
            "response-content-type": content_type,
            "response-content-disposition": "inline",
            "response-cache-control": "no-store",
        }
        url = self._signer.presign(
            "GET", f"{self._folder}/{key}", now=now, seconds=seconds, query=shown
        )
        return ViewLink(url=url, expires_at=now + timedelta(seconds=seconds))


def open_links(bucket: str) -> S3Links:
    """Links into `bucket`, signed as this function."""
    return S3Links(
        bucket,
        keys=Keys.of_this_function(),
        region=os.environ["AWS_REGION"],
        endpoint=os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"),
    )
