"""Presigned uploads: who has the link may send exactly one file, of this type and this length."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from lambdas.documents.aws.adapters.clients import client
from lambdas.documents.ports.uploads import UploadLink


class S3UploadLinks:
    def __init__(self, bucket: str, s3: Any = None) -> None:
        self._bucket = bucket
        self._s3 = s3 or client("s3", signature_version="s3v4")

    def sign(self, key: str, *, content_type: str, size: int, until: datetime) -> UploadLink:
        now = datetime.now(UTC)
        seconds = max(1, round((until - now).total_seconds()))
        url = self._s3.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ContentType": content_type,
                "ContentLength": size,
                "IfNoneMatch": "*",  # a second upload to the same link would replace the first
            },
            ExpiresIn=seconds,
            HttpMethod="PUT",
        )
        headers = {
            "Content-Type": content_type,
            "Content-Length": str(size),
            "If-None-Match": "*",
        }
        return UploadLink(url=url, headers=headers, expires_at=now + timedelta(seconds=seconds))
