"""The OpenAPI document. Run it to write it anew:

python -m lambdas.documents.aws.openapi.document
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lambdas.documents.aws.openapi.operations import paths
from lambdas.documents.aws.openapi.problems import unrouted
from lambdas.documents.aws.openapi.schemas import schemas

FILE = Path(__file__).with_name("openapi.json")

_ABOUT = """\
What the web client calls, and anybody may. Refusals are problem documents (RFC 9457):
read `type`. What is `application/json` and no success is the gateway's own: read the status.
"""


def document() -> dict[str, Any]:
    """The whole, with the settings' own limit on an upload."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pilaster: timetables",
            "version": "1",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"accessToken": []}],
        "paths": paths(),
        "components": {
            "schemas": schemas(),
            "responses": unrouted(),
            "securitySchemes": {
                "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def written() -> str:
    """As it stands in the file."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
