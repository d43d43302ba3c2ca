"""A client of the documents API, as any other: HTTP, a token, a presigned upload."""

from __future__ import annotations

import mimetypes
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pilaster_cli.errors import CommandError

ANSWERED = frozenset({"completed", "rejected", "failed", "expired"})
"""Statuses nothing follows."""
WAITS_FOR_A_PERSON = "needs_review"
"""What follows this may take days."""
FIRST_POLL_SECONDS, LAST_POLL_SECONDS = 0.1, 1.0
CHUNK_BYTES = 256 * 1024
THROTTLED_PAUSES = (0.3, 0.7, 1.5, 3.0)
"""Seconds to wait after the gateway has turned a request away: it was not begun, so it may come
again. A 429 that says when to come back is the API's own, and is not repeated."""


@dataclass
class Problem(Exception):
    """A refusal of the API: an RFC 9457 problem document."""

    status: int
    detail: str
    fields: dict[str, str] = field(default_factory=dict)
    request_id: str = ""
    """What the API's logs call the request."""
    kind: str = ""
    """Which refusal it is, among those of one status; empty for those of the gateway."""

    def __str__(self) -> str:
        named = "; ".join(f"{name}: {message}" for name, message in self.fields.items())
        if self.status >= 500 and self.request_id:
            named = "; ".join(filter(None, (named, f"request {self.request_id}")))
        return f"{self.detail} ({named})" if named else self.detail


class Api:
    """One user's view of the API at `url`. Close it, or use it in a `with`."""

    def __init__(
        self,
        url: str,
        *,
        timeout_seconds: float = 40,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=url.rstrip("/"),
            timeout=timeout_seconds,
            transport=transport,
            trust_env=False,  # a proxy of this shell does not know the way to this machine
        )
        self.token = ""
        """The access token of who is signed in; good for five minutes."""
        self.refresh_token = ""
        """What gets the next one, once."""
        self._refreshing = threading.Lock()

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def register(self, email: str, password: str) -> None:
        self._once("POST", "/api/v1/auth/register", {"email": email, "password": password})

    def login(self, email: str, password: str) -> None:
        answer = self._once("POST", "/api/v1/auth/login", {"email": email, "password": password})
        self._keep(answer)

    def refresh(self) -> None:
        """New tokens for those of this session; raises Problem where it has ended."""
        sent = {"refresh_token": self.refresh_token}
        self._keep(self._once("POST", "/api/v1/auth/refresh", sent))

    def _keep(self, tokens: dict[str, Any]) -> None:
        self.token = tokens["access_token"]
        self.refresh_token = tokens.get("refresh_token", "")

    def ticket(self) -> str:
        """Where a socket opens that tells of this user's documents; good once, for a minute."""
        answer = self._call("POST", "/api/v1/push/tickets")
        return f"{answer['url']}?ticket={answer['ticket']}"

    def announce(self, name: str, content_type: str, size: int) -> dict[str, Any]:
        """A new document, pending, with where and how to upload `size` bytes."""
        body = {"name": name, "content_type": content_type, "size": size}
        return self._call("POST", "/api/v1/documents", body)

    def upload(self, file: Path) -> str:
        """Announces the file and uploads it; its id. Raises Problem where either is refused."""
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        document = self.announce(file.name, kind, file.stat().st_size)
        target = document["upload"]
        answer = self._http.request(
            target["method"], target["url"], headers=target["headers"], content=_chunks(file)
        )
        if answer.is_error:
            raise Problem(answer.status_code, f"the upload was refused: {answer.text[:300]}")
        return document["id"]

    def document(self, document_id: str) -> dict[str, Any]:
        return self._call("GET", f"/api/v1/documents/{document_id}")

    def documents(self, *, page: int = 50) -> Iterator[dict[str, Any]]:
        """The user's documents, newest first, fetched `page` at a time."""
        return self._pages("/api/v1/documents", page)

    def reviews(self, *, page: int = 50) -> Iterator[dict[str, Any]]:
        """What waits for a reviewer, longest waiting first, fetched `page` at a time."""
        return self._pages("/api/v1/reviews", page)

    def review_page(self, *, limit: int) -> dict[str, Any]:
        """The first so many of them, and where the rest starts."""
        return self._call("GET", f"/api/v1/reviews?limit={limit}")

    def review(self, document_id: str) -> dict[str, Any]:
        return self._call("GET", f"/api/v1/reviews/{document_id}")

    def claim(self, document_id: str) -> dict[str, Any]:
        """Takes the review for a while, or keeps it for longer."""
        return self._call("POST", f"/api/v1/reviews/{document_id}/claim")

    def decide(self, document_id: str, decision: str, **more: Any) -> dict[str, Any]:
        """`approve`, `correct` with a `timetable`, or `refuse` with a `reason`."""
        sent = {"decision": decision, **more}
        return self._call("POST", f"/api/v1/reviews/{document_id}", sent)

    def delete(self, document_id: str) -> None:
        self._call("DELETE", f"/api/v1/documents/{document_id}")

    def wait(
        self,
        document_id: str,
        *,
        timeout_seconds: float,
        seen: Callable[[str], None],
        pause_until_told: Callable[[float], None] | None = None,
        reviewed: bool = False,
    ) -> dict[str, Any]:
        """The document once it is answered, or, unless it shall be `reviewed`, waits for a person.
        Raises CommandError where that takes too long.

        `pause_until_told` pauses for so many seconds, or less if there is news.
        """
        deadline, pause = time.monotonic() + timeout_seconds, FIRST_POLL_SECONDS
        last = "not answered for"
        enough = ANSWERED if reviewed else ANSWERED | {WAITS_FOR_A_PERSON}
        while True:
            try:
                document = self.document(document_id)
            except (Problem, httpx.TransportError) as error:
                if isinstance(error, Problem) and error.status < 500 and error.status != 429:
                    raise
                last = f"not answered for ({error})"  # a hiccup: the document is not lost by it
            else:
                last = document["status"]
                seen(last)
                if last in enough:
                    return document
            if time.monotonic() > deadline:
                raise CommandError(
                    f"document {document_id} is still {last} after {timeout_seconds:.0f} s; "
                    "`pilaster status` says whether everything is running"
                )
            (pause_until_told or time.sleep)(pause)
            pause = min(pause * 1.3, LAST_POLL_SECONDS)

    def _pages(self, path: str, page: int) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            asked = f"?limit={page}" + (f"&cursor={cursor}" if cursor else "")
            answer = self._call("GET", f"{path}{asked}")
            yield from answer["items"]
            if not (cursor := answer["next"]):
                return

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer; with a new token where the one we have has grown too old."""
        token = self.token
        try:
            return self._once(method, path, body)
        except Problem as problem:
            if problem.status != 401 or not self.refresh_token:
                raise
        with self._refreshing:  # a refresh token is good once
            if self.token == token:
                self.refresh()
        return self._once(method, path, body)

    def _once(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self._http.request(method, path, json=body, headers=headers)
        for pause in THROTTLED_PAUSES:
            if answer.status_code != 429 or "retry-after" in answer.headers:
                break
            time.sleep(pause)
            answer = self._http.request(method, path, json=body, headers=headers)
        if answer.is_success:
            return answer.json() if answer.content else None
        raise _problem(answer)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            yield chunk


def _problem(answer: httpx.Response) -> Problem:
    # Only what a function answered has the first; the gateway's own refusals have the second too.
    told = answer.headers
    request_id = told.get("x-request-id") or told.get("apigw-requestid", "")
    try:
        body = answer.json()
    except ValueError:
        said = f"HTTP {answer.status_code}: {answer.text[:300]}"
        return Problem(answer.status_code, said, request_id=request_id)
    named = {each["field"]: each["message"] for each in body.get("errors", [])}
    said = body.get("detail") or body.get("title") or body.get("message") or answer.text[:300]
    kind = str(body.get("type") or "").rpartition("/problems/")[2]
    return Problem(answer.status_code, said, named, request_id, kind)
