"""What a function runs: an archive made here of the project's code, or a container image.

The decision taken here for everybody: an image is named by its digest. A tag may mean another image
tomorrow, and Lambda would go on with the one of the day the function was deployed.
"""

import re
from pathlib import Path
from typing import TypedDict
from weakref import WeakSet

import pulumi
from pulumi.runtime.settings import get_engine

from pilaster import packaging
from pilaster.naming import Place
from pilaster.packaging import Code

CACHE = ".pilaster/packages"
IMAGE = re.compile(
    r"(?P<account>[0-9]{12})[.]dkr[.]ecr[.](?P<region>[a-z0-9-]+)[.]amazonaws[.]com/"
    r"(?P<repository>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)@sha256:[0-9a-f]{64}"
)
"""An image in ECR, by digest."""


class Runs(TypedDict, total=False):
    """The part of a Lambda function's arguments that says what it runs."""

    package_type: str
    image_uri: str
    runtime: str
    handler: str
    code: pulumi.Archive
    source_code_hash: str


def check(place: Place, code: Code | None, image_uri: str | None, image_account: str | None) -> str:
    """What a function is called in errors, once it is sure that it runs one thing that can run."""
    if image_uri is None:
        if image_account is not None:
            raise ValueError(f"image_account {image_account!r} stands alone: say image_uri as well")
        if code is None:
            raise ValueError("a function runs nothing: say code, or image_uri")
        return code.entry_point
    if code is not None:
        raise ValueError(
            f"image_uri {image_uri!r} and code {code.entry_point!r} are two programs of one "
            "function: an image has its code, dependencies and layers within; leave one out"
        )
    _check_image(place, image_uri, image_account)
    return image_uri


def _check_image(place: Place, uri: str, account: str | None) -> None:
    if place.target.machine:
        raise ValueError(
            f"image_uri {uri!r}: no container images run on this machine; "
            "leave it out and say code, of which an archive is made"
        )
    if account is not None and not re.fullmatch(r"[0-9]{12}", account):
        raise ValueError(f"image_account {account!r} is not twelve digits")
    found = IMAGE.fullmatch(uri)
    if found is None:
        raise ValueError(
            f"image_uri {uri!r} is no image in ECR by digest: write "
            f"'{account or place.account}.dkr.ecr.{place.region}.amazonaws.com/<repository>"
            "@sha256:<64 hex digits>'"
        )
    if found["region"] != place.region:
        raise ValueError(
            f"image_uri {uri!r} is in {found['region']}, and Lambda takes images of the function's "
            f"own region alone: push it to {place.region} or have ECR replicate it there"
        )
    if found["account"] != (account or place.account):
        raise ValueError(
            f"image_uri {uri!r} is of account {found['account']}, not of "
            f"{account or place.account}: "
            f"if that is meant, say image_account {found['account']!r}"
        )


def program(owner: pulumi.Resource, place: Place, code: Code | None, image_uri: str | None) -> Runs:
    """What has been checked, in the function's own arguments; an archive is made if it has to be.

    An image is pulled by Lambda itself, which its repository's policy allows and no role does.
    """
    if code is None:
        return Runs(package_type="Image", image_uri=image_uri or "")
    package = _package(owner, place, code)
    return Runs(
        runtime=place.target.runtime,
        handler=code.handler,
        code=pulumi.FileArchive(str(package.path)),
        source_code_hash=package.sha256_base64,
    )


def _package(owner: pulumi.Resource, place: Place, code: Code) -> packaging.Package:
    root = Path(place.root)
    package = packaging.build(code, place.target, root=root, cache=root / CACHE)
    if package.seconds is not None:
        pulumi.log.info(
            f"packaged {code.entry_point} for {place.target.describe()}: "
            f"{package.zipped_bytes / 2**20:.1f} MB in {package.seconds:.1f} s"
            f"{_bytecode(package)}",
            resource=owner,
        )
    if package.bytecode is None:
        _say_once(packaging.none_here(place.target.python))
    if package.zipped_bytes > packaging.DIRECT_UPLOAD_LIMIT and not place.target.machine:
        pulumi.log.warn(
            f"the package of {code.entry_point} has "
            f"{package.zipped_bytes / 2**20:.0f} MB; "
            "AWS Lambda takes 50 directly and will refuse it",
            resource=owner,
        )
    return package


_told: WeakSet[object] = WeakSet()


def _say_once(message: str) -> None:
    """A warning for the whole run, however many functions it has. Each run has its engine."""
    engine = get_engine()
    if engine is None or engine not in _told:
        pulumi.log.warn(message)
    if engine is not None:
        _told.add(engine)


def _bytecode(package: packaging.Package) -> str:
    if package.bytecode is None:
        return ""
    left = package.uncompiled()
    but = f", none of {', '.join(left)}" if left else ""
    return f", bytecode by Python {package.bytecode}{but}"
