"""Called by the deployment: draws a secret. It is told to nobody else, and not logged."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

BYTES = 32


def handler(event: Mapping[str, Any], context: Any) -> dict[str, str]:
    """Another one each time; which of them is used, the deployment keeps."""
    return {"secret": secrets.token_urlsafe(BYTES)}
