"""What no other route takes: unknown addresses, wrong methods, and what browsers ask beforehand.

API Gateway would answer the first two itself, and not with problem documents. With a `$default`
route there it hands this function the preflights too, and adds the CORS headers to what it says.
"""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.aws.health.routes import methods_at
from lambdas.documents.aws.http import Request, Response, endpoint
from lambdas.shared import problems
from lambdas.shared.problems import Problem, ProblemError
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    routes: str
    """What the API has: `GET /health,POST /api/v1/documents`."""


settings = load(Settings)
routes = settings.routes.split(",")

_UNKNOWN = Problem(
    status=404,
    kind="unknown-route",
    title="There is nothing at this address.",
    detail="Check the path; the API's routes begin with /api/v1/.",
)


@endpoint
def handler(request: Request) -> Response:
    allowed = ", ".join(methods_at(request.path, routes))
    if request.method == "OPTIONS":
        # A preflight is granted even where there is nothing: the page is to see the 404 itself.
        if request.header("access-control-request-method"):
            return Response(204)
        if allowed:
            return Response(204, headers={"allow": allowed})
    if allowed:
        raise ProblemError(problems.wrong_method(allowed))
    raise ProblemError(_UNKNOWN)
