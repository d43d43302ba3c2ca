"""The pages that were straightened before they were read, for who looks at them: where each lies.

The list is read as JSON: what made it works on pictures, which nobody needs who shows a link.
"""

from __future__ import annotations

import json
from typing import Any

from lambdas.documents.model.keys import sheets_key
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.objects import Objects

LIST_LIMIT = 2**20


class StraightPages:
    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def of(self, run: Run) -> dict[int, str]:
        """Keys by the page's number, from 1. A page that is not among them was read as it came."""
        data = self._objects.read(sheets_key(run), limit=LIST_LIMIT)
        listed: list[dict[str, Any]] = json.loads(data)["pages"] if data is not None else []
        return {page["number"]: page["key"] for page in listed if page["key"] is not None}
