"""The application: a request in, a response out, whatever happens.

Five routes are a table of ours: a framework would cost several times this module's own cold start
(docs/adr/0024-what-carries-the-notes-api.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from lambdas.service import use_cases, wire
from lambdas.service.http import Request, Response
from lambdas.service.model.errors import NoteNotFoundError
from lambdas.service.model.note import Note, NoteId, UserId, as_note_id, as_user_id
from lambdas.service.ports.notes import Notes
from lambdas.service.problems import UNAUTHORIZED, UNKNOWN, problem_of
from lambdas.shared.deadline import OutOfTimeError, ends_after
from lambdas.shared.logging import Log
from lambdas.shared.problems import CONTENT_TYPE, Problem, ProblemError, wrong_method

NOTES = "/api/v1/notes"
LAST_SECONDS = 1.0
"""Kept of a call's time to answer in, where it would run out of it."""


class App:
    """The service on one store of notes. Safe to call from several threads."""

    def __init__(self, notes: Notes, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._notes = notes
        self._now = now

    def respond(self, request: Request, log: Log | None = None) -> Response:
        """Never raises: what goes wrong is a problem document (RFC 9457)."""
        log = log or Log(request_id=request.request_id)
        try:
            left = _seconds_left(request)
            if left is not None and left <= 0:
                raise OutOfTimeError
            with ends_after(left or 0):
                response = self._routed(request)
        except (Exception, OutOfTimeError) as error:  # noqa: BLE001
            problem = problem_of(error)
            if problem.status >= 500:
                log.failure("request failed", error, status_code=problem.status)
            else:
                log.info("request refused", status_code=problem.status, code=problem.kind)
            return refused(problem, request.request_id)
        log.info("request answered", status_code=response.status)
        return _with_common_headers(response, request.request_id)

    def _routed(self, request: Request) -> Response:
        """The token is looked at before the address: a stranger learns nothing of what is there."""
        user = as_user_id(request.user) if request.user else None
        if user is None:
            raise ProblemError(UNAUTHORIZED)
        if request.path == NOTES:
            return self._call({"GET": self._list, "POST": self._create}, request, user)
        id = request.path.removeprefix(f"{NOTES}/")
        if id == request.path or not id or "/" in id:
            raise ProblemError(UNKNOWN)
        return self._one(request, user, id)

    def _call(
        self,
        methods: Mapping[str, Callable[[Request, UserId], Response]],
        request: Request,
        user: UserId,
    ) -> Response:
        if request.method not in methods:
            raise ProblemError(wrong_method(", ".join(methods)))
        return methods[request.method](request, user)

    def _one(self, request: Request, user: UserId, given: str) -> Response:
        def of(method: Callable[[Request, UserId, NoteId], Response]):
            def call(request: Request, user: UserId) -> Response:
                id = as_note_id(given)
                if id is None:
                    raise NoteNotFoundError
                return method(request, user, id)

            return call

        methods = {"DELETE": of(self._delete), "GET": of(self._show), "PUT": of(self._rewrite)}
        return self._call(methods, request, user)

    def _list(self, request: Request, user: UserId) -> Response:
        asked = wire.Question(request.query)
        found = self._notes.page(
            user, words=asked.words, tag=asked.tag, after=asked.after, limit=asked.limit
        )
        return _json(200, wire.page(found))

    def _create(self, request: Request, user: UserId) -> Response:
        given = wire.read_object(request)
        note = use_cases.write(given, owner=user, now=self._now(), notes=self._notes)
        response = _note(201, note)
        return replace(response, headers={**response.headers, "location": f"{NOTES}/{note.id}"})

    def _show(self, request: Request, user: UserId, id: NoteId) -> Response:
        note = use_cases.show(id, owner=user, notes=self._notes)
        if request.headers.get("if-none-match") == wire.etag(note):
            return Response(status=304, headers={"etag": wire.etag(note)})
        return _note(200, note)

    def _rewrite(self, request: Request, user: UserId, id: NoteId) -> Response:
        note = use_cases.rewrite(
            id,
            wire.read_object(request),
            owner=user,
            version=wire.wanted_version(request),
            now=self._now(),
            notes=self._notes,
        )
        return _note(200, note)

    def _delete(self, request: Request, user: UserId, id: NoteId) -> Response:
        version = wire.wanted_version(request)
        use_cases.delete(id, owner=user, version=version, notes=self._notes)
        return Response(status=204)


def refused(problem: Problem, request_id: str) -> Response:
    """A problem as a response: for edges that refuse by themselves, too."""
    headers = {"content-type": CONTENT_TYPE, "x-content-type-options": "nosniff", **problem.headers}
    body = wire.write_json(problem.document(request_id))
    response = Response(status=problem.status, headers=headers, body=body)
    return _with_common_headers(response, request_id)


def _note(status: int, note: Note) -> Response:
    response = _json(status, wire.whole(note))
    return replace(response, headers={**response.headers, "etag": wire.etag(note)})


def _json(status: int, body: Mapping[str, object]) -> Response:
    headers = {"content-type": "application/json", "x-content-type-options": "nosniff"}
    return Response(status=status, headers=headers, body=wire.write_json(body))


def _with_common_headers(response: Response, request_id: str) -> Response:
    common = {"cache-control": "no-store", "x-request-id": request_id}
    return replace(response, headers={**common, **response.headers})


def _seconds_left(request: Request) -> float | None:
    if request.deadline is None:
        return None
    return request.deadline - time.monotonic() - LAST_SECONDS
