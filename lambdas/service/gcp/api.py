"""What Cloud Functions calls for every request.

`/health` is answered before the application is imported: it says that an instance stands, and costs
nobody a connection. The first other request imports it, which happens once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.service import health

if TYPE_CHECKING:
    import flask

    from lambdas.service.gcp.http import Answer


def handler(request: flask.Request) -> Answer:
    if request.path == health.PATH and request.method in ("GET", "HEAD"):
        return health.BODY, health.STATUS, dict(health.HEADERS)
    from lambdas.service.gcp import application

    return application.respond(request)
