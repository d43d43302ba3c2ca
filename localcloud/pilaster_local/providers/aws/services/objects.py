"""Objects of a bucket that belong to a deployment, as the files of a site do."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pulumi

from pilaster_local.providers.aws.calls import Scope, tags_of
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Failures, Row
from pilaster_local.providers.aws.values import UNKNOWN, Plain

_CONTENT = ("source", "content", "contentBase64")


class ObjectMissingError(Exception):
    """The object's bytes are asked for and not there."""


class Object(Kind):
    """Its bytes are told apart by `sourceHash`: a file's path says nothing."""

    def prepare(self, inputs: Plain) -> Plain:
        if "sourceHash" in inputs or inputs.get("source") is None:
            return {}
        if inputs["source"] is UNKNOWN:
            return {"sourceHash": UNKNOWN}
        return {"sourceHash": hashlib.sha256(_bytes(inputs)).hexdigest()}

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        said = {name: value for name, value in inputs.items() if name not in _CONTENT}
        sent = {**super().creation(scope, said), "Body": _bytes(inputs)}
        tags = tags_of(inputs)
        return {**sent, "Tagging": urlencode(sorted(tags.items()))} if tags else sent

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        """An object is written anew or not at all, its tags with it."""
        scope.call("s3", "PutObject", self.creation(scope, inputs))


def _bytes(inputs: Mapping[str, Any]) -> bytes:
    if "contentBase64" in inputs:
        return base64.b64decode(inputs["contentBase64"])
    if "content" in inputs:
        return inputs["content"].encode()
    asset = inputs.get("source")
    if isinstance(asset, pulumi.StringAsset):
        return asset.text.encode()
    if isinstance(asset, pulumi.FileAsset) and Path(asset.path).is_file():
        return Path(asset.path).read_bytes()
    raise ObjectMissingError(
        f"the content of {inputs.get('key')!r} cannot be read here: say an existing file as a "
        "FileAsset, or content"
    )


def _one_content(inputs: Mapping[str, Any]) -> Failures:
    given = [name for name in _CONTENT if name in inputs]
    if len(given) > 1:
        yield given[1], f"{given[0]} is given as well, and an object has one content"


# fmt: off
TYPES = {
    "aws:s3/bucketObjectv2:BucketObjectv2": Row(
        service="s3", create="PutObject", update="PutObject", read="HeadObject",
        delete="DeleteObject", id="{bucket}/{key}", key="Bucket={bucket} Key={key}",
        aside="source content contentBase64 sourceHash etag forceDestroy overrideProvider",
        replace="bucket key", tagged=True, identity="bucket key", required="bucket key",
        kind=Object, undiffed="source", checks=(_one_content,),
        rename={"kmsKeyId": "SSEKMSKeyId", "websiteRedirect": "WebsiteRedirectLocation"},
        outputs="arn=arn:aws:s3:::{bucket}/{key} versionId=VersionId contentType=ContentType",
    ),
}
