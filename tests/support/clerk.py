"""A documents API that answers from memory: what `pilaster process` talks to in unit tests."""

from __future__ import annotations

import json

import httpx


class Clerk:
    """Registers anybody, takes every upload and gives back the documents it was told to."""

    def __init__(self, statuses: list[str] | None = None) -> None:
        self.accounts: dict[str, str] = {}
        self.uploads: dict[str, bytes] = {}
        self.statuses = statuses or ["processing", "completed"]
        self.refuse: dict[str, object] | None = None
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path, sent = request.url.path, request.read()
        if request.method == "PUT":
            self.uploads[path] = sent
            return httpx.Response(200)
        body = json.loads(sent) if sent else {}
        if path.endswith("/auth/register"):
            self.accounts[body["email"]] = body["password"]
            return httpx.Response(201, json={"user": "u", "confirmed": True})
        if path.endswith("/auth/login"):
            if self.accounts.get(body["email"]) != body["password"]:
                return _problem(401, "the e-mail address or the password is wrong")
            return httpx.Response(200, json={"access_token": f"token-{body['email']}"})
        if not request.headers.get("authorization", "").startswith("Bearer token-"):
            return _problem(401, "a token is needed")
        if request.method == "POST":
            if self.refuse is not None:
                return _problem(422, "the document cannot be taken", **self.refuse)
            upload = {"url": "http://store/put", "method": "PUT", "headers": {"x-a": "b"}}
            return httpx.Response(201, json={"id": "d1", "status": "pending", "upload": upload})
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        week = {
            "title": "Week",
            "blocks": [
                {"day": "monday", "start": "09:00", "end": "10:00", "title": "Maths", "notes": ""}
            ],
        }
        return httpx.Response(
            200,
            json={
                "id": "d1",
                "status": status,
                "reason": None,
                "route": ["ocr"],
                "confidence": 99.1,
                "timetable": week if status == "completed" else None,
            },
        )


def _problem(status: int, detail: str, **more: object) -> httpx.Response:
    return httpx.Response(
        status,
        json={"title": "Problem", "status": status, "detail": detail, **more},
        headers={"content-type": "application/problem+json"},
    )
