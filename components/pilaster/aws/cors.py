"""Which pages of other origins may call an API, and what they get to see of its answers.

The decision taken here for everybody: origins are named one by one, and never with credentials.
Whoever calls shows a token, which a page has to send itself.
"""

from collections.abc import Collection, Sequence

import pulumi_aws as aws

REQUEST_HEADERS = ("authorization", "content-type", "x-request-id")
"""What a page may send."""
RESPONSE_HEADERS = (
    "allow",
    "apigw-requestid",
    "location",
    "retry-after",
    "www-authenticate",
    "x-request-id",
)
"""What a page may read, beside what every page may."""
REMEMBERED_SECONDS = 3600
"""How long a browser need not ask again."""


def configuration(
    origins: Sequence[str], methods: Collection[str]
) -> aws.apigatewayv2.ApiCorsConfigurationArgs | None:
    """API Gateway's own; None for an API no other origin calls."""
    if not origins:
        return None
    return aws.apigatewayv2.ApiCorsConfigurationArgs(
        allow_origins=origins,
        allow_credentials=False,
        allow_methods=sorted(methods),
        allow_headers=REQUEST_HEADERS,
        expose_headers=RESPONSE_HEADERS,
        max_age=REMEMBERED_SECONDS,
    )
