"""What goes wrong with DynamoDB and `@connections`, in the domain's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lambdas.documents.model.errors import PushUnavailableError
from lambdas.shared.aws.clients import AWS_ERRORS, passes


@contextmanager
def push_errors() -> Iterator[None]:
    """What passes is PushUnavailableError; the rest stays what it is, a mistake of ours."""
    try:
        yield
    except AWS_ERRORS as error:
        if passes(error):
            raise PushUnavailableError("the table or the gateway of the sockets") from error
        raise
