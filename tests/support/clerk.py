"""A documents API that answers from memory: what `pilaster process` talks to in unit tests."""

from __future__ import annotations

import json
from typing import Any

import httpx


class Clerk:
    """Registers anybody, takes every upload and gives back the documents it was told to."""

    def __init__(self, statuses: list[str] | None = None) -> None:
        self.accounts: dict[str, str] = {}
        self.uploads: dict[str, bytes] = {}
        self.statuses = statuses or ["processing", "completed"]
        self.refuse: dict[str, object] | None = None
        self.reviewers: set[str] = set()
        """Addresses of those whose next token names the group."""
        self.reviews: dict[str, dict[str, Any]] = {}
        """What waits, by document."""
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
            rank = "reviewer" if body["email"] in self.reviewers else "teacher"
            return httpx.Response(200, json={"access_token": f"token-{rank}"})
        if not request.headers.get("authorization", "").startswith("Bearer token-"):
            return _problem(401, "a token is needed")
        if "/reviews" in path:
            if request.headers["authorization"] != "Bearer token-reviewer":
                return _problem(403, "this is for reviewers", type="/problems/forbidden")
            return self._review(request.method, path.partition("/reviews")[2], body)
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

    def _review(self, method: str, rest: str, body: dict[str, Any]) -> httpx.Response:
        if not rest:
            waiting = [each for each in self.reviews.values() if each["status"] == "open"]
            return httpx.Response(200, json={"items": waiting, "next": None})
        _, name, *more = rest.split("/")
        review = self.reviews.get(name)
        if review is None:
            return _problem(404, "nobody was asked about it", type="/problems/not-found")
        if method == "GET":
            return httpx.Response(200, json=review)
        if more == ["claim"]:
            if review["claimed_until"] and not review["claimed_by_me"]:
                return _problem(409, "it is taken", type="/problems/review-taken")
            review.update(claimed_by_me=True, claimed_until="2026-11-21T13:00:00Z")
            return httpx.Response(200, json=review)
        if not review["claimed_by_me"]:
            return _problem(409, "claim it", type="/problems/review-not-claimed")
        ends = {"approve": "approved", "correct": "corrected", "refuse": "refused"}
        table = {"approve": review["proposal"], "correct": body.get("timetable")}
        review["status"] = ends[body["decision"]]
        review["decision"] = {
            "status": review["status"],
            "timetable": table.get(body["decision"]),
            "reason": body.get("reason"),
        }
        return httpx.Response(200, json={"id": name, **review["decision"]})


def _problem(status: int, detail: str, **more: object) -> httpx.Response:
    return httpx.Response(
        status,
        json={"title": "Problem", "status": status, "detail": detail, **more},
        headers={"content-type": "application/problem+json"},
    )
