"""A client of the notes service over plain HTTP, which sends exactly what it is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

NOTES = "/api/v1/notes"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        """Of a problem document: what its `type` says."""
        assert self.headers["content-type"] == "application/problem+json", self
        document = self.json
        assert document["status"] == self.status
        assert document["request_id"] == self.headers["x-request-id"]
        return document["type"].removeprefix("/problems/")


@dataclass(frozen=True)
class Client:
    url: str
    headers: Mapping[str, str]

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """`body` is sent as it is where it is bytes, else as JSON."""
        parts = urlsplit(self.url)
        sent = {**self.headers, **{name.replace("_", "-"): each for name, each in headers.items()}}
        if body is not None:
            sent.setdefault("content-type", "application/json")
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        try:
            connection.request(method, parts.path + path, raw, sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def note(self, title: str, **more: object) -> dict[str, Any]:
        answer = self.ask("POST", NOTES, {"title": title, **more})
        assert answer.status == 201, answer
        return answer.json

    def titles(self, query: str = "") -> list[str]:
        answer = self.ask("GET", f"{NOTES}?{query}" if query else NOTES)
        assert answer.status == 200, answer
        return [note["title"] for note in answer.json["items"]]
