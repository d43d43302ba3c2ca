"""docs/api.md against the code: the problems there are, and the throttles the page sets."""

from __future__ import annotations

import re
from pathlib import Path

from systems.documents.aws import page, reviews

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs/api.md").read_text()
NAMED = {
    "POST /api/v1/auth/register": "register, confirm",
    "POST /api/v1/auth/confirm": "register, confirm",
    "POST /api/v1/auth/login": "log in, log out",
    "POST /api/v1/auth/logout": "log in, log out",
    "POST /api/v1/auth/refresh": "refresh",
    "POST /api/v1/documents": "announce, delete a document",
    "DELETE /api/v1/documents/{id}": "announce, delete a document",
    "GET /api/v1/documents": "list",
    "GET /api/v1/documents/{id}": "show",
    "POST /api/v1/push/tickets": "a ticket for a socket",
    "GET /api/v1/mail/wishes": "wishes about mail",
    "PUT /api/v1/mail/wishes": "wishes about mail",
    "GET /api/v1/reviews": "list, show reviews",
    "GET /api/v1/reviews/{id}": "list, show reviews",
    "POST /api/v1/reviews/{id}/claim": "claim, decide a review",
    "POST /api/v1/reviews/{id}": "claim, decide a review",
    "GET /health": "health",
    "GET /api/v1/openapi.json": "this document for machines",
    "$default": "all the rest, preflights too",
}


def rows(*, of: str) -> list[list[str]]:
    """The cells of the table whose heading begins so."""
    _, _, after = TEXT.partition(f"| {of} |")
    lines = after.splitlines()[2:]
    table = lines[: next(n for n, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_every_problem_there_is_is_described():
    described = {
        (int(status), kind)
        for status, kinds, _ in rows(of="status | type `/problems/...`")
        for kind in re.findall(r"`([a-z-]+)`", kinds)
    }
    files = [
        *(ROOT / "lambdas/documents/aws").rglob("*.py"),
        *(ROOT / "lambdas/shared").glob("*.py"),
    ]
    source = "\n".join(path.read_text() for path in files)
    made = re.findall(r'status=(\d+),\s+kind="([a-z-]+)"', source)
    made += [("409", kind) for kind in re.findall(r'_conflict\(\s*"([a-z-]+)"', source)]
    invalid = [(status, "invalid") for status in re.findall(r"problems\.invalid\((\d+), ", source)]
    assert described == {(int(status), kind) for status, kind in [*made, *invalid]}


def test_every_throttle_is_described():
    described = {
        name: (float(rate), int(burst))
        for name, rate, burst in rows(of="routes | requests per second | at once")
    }
    throttles = {**page.THROTTLES, **reviews.THROTTLES}
    assert {route: described[NAMED[route]] for route in throttles} == {
        route: (each.rate, each.burst) for route, each in throttles.items()
    }
    assert set(described) == set(NAMED.values())
