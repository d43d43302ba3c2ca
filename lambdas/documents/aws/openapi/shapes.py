"""JSON schemas (2020-12) of the smallest things, and what larger ones are put together with."""

from __future__ import annotations

from typing import Any

from lambdas.documents.model.identity import UUID
from lambdas.documents.model.timetable import CLOCK

Schema = dict[str, Any]

ID: Schema = {"type": "string", "format": "uuid", "pattern": f"^{UUID}$"}
MOMENT: Schema = {"type": "string", "format": "date-time", "pattern": "Z$"}
TIME: Schema = {"type": "string", "pattern": f"^({CLOCK})$", "examples": ["09:45"]}
PERCENT: Schema = {"type": ["number", "null"], "minimum": 0, "maximum": 100}
PART: Schema = {"type": "number", "minimum": 0, "maximum": 1}


def text(
    *, most: int | None = None, least: int = 0, description: str | None = None, **more: Any
) -> Schema:
    """Text of so many characters."""
    return {
        "type": "string",
        **({"minLength": least} if least else {}),
        **({"maxLength": most} if most else {}),
        **({"description": description} if description else {}),
        **more,
    }


def or_null(schema: Schema, description: str | None = None) -> Schema:
    said = {"description": description} if description else {}
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}], **said}
    return {**schema, "type": [schema["type"], "null"], **said}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def record(description: str, optional: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """An object with these members, all of them there but the optional ones."""
    return {
        "type": "object",
        "description": description,
        "required": [name for name in properties if name not in optional],
        "properties": properties,
    }


def closed(schema: Schema) -> Schema:
    """What is sent with a member that is not listed is refused."""
    return {**schema, "additionalProperties": False}


def only(value: str) -> Schema:
    return {"type": "string", "const": value}
