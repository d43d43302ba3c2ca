"""The files of a site, uploaded with the deployment, and what the edge is to forget of them.

The decision taken here for everybody: what is named by its content is kept by browsers for a year
and taken away long after nobody needs it; everything else is asked for anew each time, goes live
after what it names, and is forgotten by the edge when it changed and only then.
"""

import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from pilaster.aws.function import Function, FunctionArgs
from pilaster.naming import Place

HASHED = "assets/"
"""Below it a name holds a hash of the content."""
FOR_A_YEAR = "public, max-age=31536000, immutable"
ASKED_ANEW = "no-cache"
PAGE = "index.html"
MOST_FILES = 1000
"""A site of more is no site of an application; the call that is told of them holds 256 KiB."""
_TYPES = {
    # Python's own table is that of the machine it runs on.
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, kw_only=True)
class SiteArgs:
    """Which files, and where they go."""

    place: Place
    """Project, stack, account, region."""
    folder: str
    """The built site, with an `index.html`; relative to the program."""
    bucket: pulumi.Input[str]
    """A `Cdn`'s `bucket`."""
    function: FunctionArgs
    """Called after the uploads with `{"live": {path: digest}, "kept": [key]}`; what was said the
    time before stands in `tf.prev_input`. It has the edge forget and takes away what is old."""


class Site(pulumi.ComponentResource):
    """See the module's first lines."""

    result: pulumi.Output[str]
    """What the function answered, as JSON."""

    def __init__(
        self, name: str, args: SiteArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Site", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self._name = name
        self._bucket = args.bucket
        found = files(Path(args.folder))
        function = Function(name, args.function, opts=child)

        # A page that is open loads what it names when it is needed: these stay when they are no
        # longer in the program, and the function takes them away later.
        stays = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        kept = [self._file(key, found[key], stays) for key in found if key.startswith(HASHED)]
        after = pulumi.ResourceOptions(parent=self, depends_on=kept)
        live = {key: file for key, file in found.items() if not key.startswith(HASHED)}
        said = [self._file(key, file, after) for key, file in live.items()]
        told = aws.lambda_.Invocation(
            f"{name}-told",
            function_name=function.name,
            # With what was said before, the function knows what changed.
            lifecycle_scope="CRUD",
            input=json.dumps(
                {
                    "live": {f"/{key}": digest(file) for key, file in live.items()},
                    "kept": [key for key in found if key.startswith(HASHED)],
                },
                sort_keys=True,
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*kept, *said]),
        )

        self.result = told.result
        self.register_outputs({"result": self.result})

    def _file(self, key: str, file: Path, options: pulumi.ResourceOptions) -> aws.s3.BucketObjectv2:
        return aws.s3.BucketObjectv2(
            f"{self._name}-{key}",
            bucket=self._bucket,
            key=key,
            source=pulumi.FileAsset(str(file)),
            source_hash=digest(file),
            content_type=content_type(key),
            cache_control=FOR_A_YEAR if key.startswith(HASHED) else ASKED_ANEW,
            opts=options,
        )


def files(folder: Path) -> Mapping[str, Path]:
    """The files of a built site by their key, in order. Raises ValueError where there is none."""
    found = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    if PAGE not in found:
        raise ValueError(
            f"there is no built site in {str(folder)!r} (no {PAGE}): `make setup` builds it"
        )
    if len(found) > MOST_FILES:
        raise ValueError(
            f"{str(folder)!r} holds {len(found)} files and a site at most {MOST_FILES}: is it the "
            "folder the build writes to?"
        )
    return found


def digest(file: Path) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def content_type(key: str) -> str:
    """What browsers are told a file is."""
    known = _TYPES.get(Path(key).suffix.lower())
    return known or mimetypes.guess_type(key)[0] or "application/octet-stream"
