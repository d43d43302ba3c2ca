"""The OpenAPI document as a judge: what a handler was asked and answered, against what it says."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from types import ModuleType
from typing import Any

from jsonschema import Draft202012Validator

from lambdas.documents.aws.openapi.document import document

ROUTE = re.compile(r"(GET|POST|PUT|DELETE|PATCH) (/\S*[^\s:.])")
"""How the docstring of a handler's module begins."""
PROBLEM = "application/problem+json"


def operations(made: Mapping[str, Any]) -> dict[str, Any]:
    """By route, as the page calls them: `GET /health`."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in made["paths"].items()
        for method, operation in methods.items()
    }


class Judge:
    """Stricter than a client should be: no member of an answer goes unnamed."""

    def __init__(self) -> None:
        self._whole = _strict(document())
        self._operations = operations(self._whole)

    def answered(self, route: str, event: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Raises AssertionError for an answer that the document does not foresee."""
        operation, status = self._operations[route], str(answer["statusCode"])
        assert status in operation["responses"], f"{route} answers {status}, which is not described"
        response = operation["responses"][status]
        headers = {name.lower(): value for name, value in answer.get("headers", {}).items()}
        for name, header in response.get("headers", {}).items():
            if header.get("required"):
                assert name.lower() in headers, f"{route} {status} says no {name}"
        if status in ("429", "503"):
            self.holds(response["headers"]["Retry-After"]["schema"], int(headers["retry-after"]))
        if "content" not in response:
            assert "body" not in answer, f"{route} {status} has a body that is not described"
            return
        kind = headers["content-type"]
        assert kind in response["content"], f"{route} {status} is {kind}"
        # What is no success and plain JSON would be the gateway's.
        assert int(status) < 400 or kind == PROBLEM
        self.holds(response["content"][kind]["schema"], json.loads(answer["body"]))
        if int(status) < 300 and "requestBody" in operation:
            asked = operation["requestBody"]["content"]["application/json"]["schema"]
            self.holds(asked, json.loads(event["body"]))

    def holds(self, schema: Mapping[str, Any], value: object) -> None:
        whole = {**schema, "components": self._whole["components"]}
        checks = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
        faults = [f"{fault.json_path}: {fault.message}" for fault in checks.iter_errors(value)]
        assert faults == [], faults


def _strict(made: dict[str, Any]) -> dict[str, Any]:
    for schema in made["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return made


def judged(judge: Judge, module: ModuleType, route: str) -> Callable[..., Any]:
    """The module's handler, judged at every call."""
    handler = module.handler

    @wraps(handler)
    def checked(event: Mapping[str, Any], context: Any) -> Any:
        answer = handler(event, context)
        judge.answered(route, event, answer)
        return answer

    return checked


def loaded_routes() -> Iterator[tuple[str, ModuleType]]:
    """Every handler of a route that was imported by now."""
    for name, module in list(sys.modules.items()):
        if name.startswith("lambdas.documents.aws.") and hasattr(module, "handler"):
            route = ROUTE.match(module.__doc__ or "")
            if route is not None:
                yield f"{route[1]} {route[2]}", module
