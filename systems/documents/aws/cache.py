"""The cache: what was read before, and how often each user asks.

Each of its users sees the keys it needs, and does with them what it needs. Nothing is wrong without
it, only slower.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from pilaster.aws import Cache, CacheArgs, NetworkRef
from pilaster.naming import Place

from systems.documents.aws import functions as fn
from systems.settings import Settings

READINGS = "readings"
"""The cache's user of `classify` and `read`."""
ERASER = "eraser"
"""The cache's user of `erase`, which has readings forgotten."""
LIMITS = "limits"
"""The cache's user of the API's functions."""
READER = (
    "lambdas/documents/aws/adapters/textract.py",
    "lambdas/documents/use_cases/preprocess.py",
    "lambdas/documents/use_cases/read.py",
    "lambdas/documents/reading",
    "lambdas/documents/preprocessing",
    "lambdas/dependencies/preprocessing",
    "lambdas/dependencies/reading",
)
"""What decides on a reading, besides the bytes that are read."""
_ACCESS = {
    LIMITS: "on ~limit:* resetchannels -@all +eval +get +ping +set +time",
    ERASER: "on ~reading:* resetchannels -@all +del +ping",
    READINGS: "on ~reading:* resetchannels -@all +get +ping +set",
}


@dataclass(frozen=True, kw_only=True)
class CachePart:
    """The part, as the page sees it."""

    readings: fn.CacheRef
    """For `classify` and `read`."""
    erases: fn.CacheRef
    """For `erase`."""
    reads: fn.CacheRef
    """For the API's functions that look."""
    writes: fn.CacheRef
    """For those that change something."""


def cache_part(place: Place, name: str, settings: Settings, network: NetworkRef) -> CachePart:
    cache = Cache(
        f"{name}-cache",
        CacheArgs(
            place=place,
            network=network,
            users=_ACCESS,
            max_storage_gb=settings.cache.max_storage_gb,
            max_ecpu_per_second=settings.cache.max_ecpu_per_second,
        ),
    )

    def ref(user: str, **more: str) -> fn.CacheRef:
        return fn.CacheRef(
            name=cache.name,
            host=cache.host,
            port=cache.port,
            user=cache.user_id(user),
            connect=cache.connect(user),
            more=more,
        )

    limits = settings.limits
    return CachePart(
        readings=ref(
            READINGS,
            READER_VERSION=reader_version(Path(place.root), settings),
            READINGS_KEPT_DAYS=str(settings.cache.readings_days),
        ),
        erases=ref(ERASER),
        reads=ref(LIMITS, REQUESTS_PER_MINUTE=str(limits.reads_per_minute)),
        writes=ref(LIMITS, REQUESTS_PER_MINUTE=str(limits.writes_per_minute)),
    )


def reader_version(root: Path, settings: Settings) -> str:
    """Changes with the reader's code, its locked dependencies and the settings it is told."""
    documents = settings.documents
    told = [settings.target, documents.max_size_mib, documents.ocr, documents.read_image]
    digest = hashlib.sha256(json.dumps(told).encode())
    for place in READER:
        path = root / place
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in (".py", ".lock", ".traineddata"):
                digest.update(f"\0{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]
