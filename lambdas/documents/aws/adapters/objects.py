"""The object store in S3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.model.errors import ObjectTooLargeError, StorageUnavailableError
from lambdas.shared.aws.clients import AWS_ERRORS, client, code_of, passes

_NOT_THERE = frozenset({"NoSuchKey", "404", "NotFound"})
_NOTHING = _NOT_THERE | {"PreconditionFailed", "412"}
_EMPTY = '"d41d8cd98f00b204e9800998ecf8427e"'
"""The entity tag of no bytes."""
_SENDING_SECONDS = 10
"""For a page's picture over a new connection: its connect timeout bounds what it sends, too."""


class S3Objects:
    """One bucket. Needs s3:ListBucket too: without it S3 calls a missing object forbidden."""

    def __init__(self, bucket: str, s3: Any = None) -> None:
        self._bucket = bucket
        self._s3 = s3 or client("s3", signature_version="s3v4", connect_timeout=_SENDING_SECONDS)

    def read(self, key: str, *, limit: int) -> bytes | None:
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key)
            with answer["Body"] as body:
                data: bytes = body.read(limit + 1)
        except AWS_ERRORS as error:
            if isinstance(error, ClientError) and code_of(error) in _NOT_THERE:
                return None
            raise _translated(error, f"read {key}") from error
        if len(data) > limit:
            raise ObjectTooLargeError(f"{key} has more than {limit} bytes")
        return data

    def write(self, key: str, data: bytes, *, kind: str = "application/json") -> None:
        try:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=kind)
        except AWS_ERRORS as error:
            raise _translated(error, f"write {key}") from error

    def delete(self, *keys: str) -> None:
        for key in keys:  # two or three: a batch needs a checksum and answers errors in its body
            try:
                self._s3.delete_object(Bucket=self._bucket, Key=key)
            except AWS_ERRORS as error:
                raise _translated(error, f"delete {key}") from error

    def copy(self, source: str, target: str) -> bool:
        try:
            # With what it is served as: that goes along. Never what a seal left: another attempt
            # may have moved the original before, and it would be lost under an empty one.
            self._s3.copy_object(
                Bucket=self._bucket,
                Key=target,
                CopySource={"Bucket": self._bucket, "Key": source},
                CopySourceIfNoneMatch=_EMPTY,
            )
        except AWS_ERRORS as error:
            if isinstance(error, ClientError) and code_of(error) in _NOTHING:
                return False
            raise _translated(error, f"copy {source}") from error
        return True

    def seal(self, key: str) -> None:
        # Over what is there, and not after it went: no moment lets a second upload in.
        try:
            left = self._s3.put_object(Bucket=self._bucket, Key=key, Body=b"")
        except AWS_ERRORS as error:
            raise _translated(error, f"seal {key}") from error
        self._erase(f"{key.rpartition('.')[0]}.", but=(key, left.get("VersionId", "null")))

    def erase(self, prefix: str) -> None:
        self._erase(prefix)

    def _erase(self, prefix: str, but: tuple[str, str] | None = None) -> None:
        for key, version in list(self._all(prefix)):
            if (key, version) == but:
                continue
            try:
                self._s3.delete_object(Bucket=self._bucket, Key=key, VersionId=version)
            except AWS_ERRORS as error:
                raise _translated(error, f"erase {key}") from error

    def versions(self, prefix: str) -> Sequence[str]:
        return list(dict.fromkeys(version for _, version in self._all(prefix)))

    def _all(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Key and version of all there is and was, delete markers included."""
        if not prefix.endswith(("/", ".")):
            raise ValueError(
                f"prefix {prefix!r} may be part of another's name: end it with '/' or '.'"
            )
        try:
            pages = self._s3.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            for page in pages:
                for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    yield each["Key"], each["VersionId"]
        except AWS_ERRORS as error:
            raise _translated(error, f"list versions of {prefix}") from error


def _translated(error: Exception, doing: str) -> Exception:
    """What passes gets the domain's name, so that the workflow retries it; the rest stays."""
    if passes(error):
        return StorageUnavailableError(f"S3 does not answer: could not {doing}")
    return error
