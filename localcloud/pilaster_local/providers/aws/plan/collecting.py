"""A provider for previews whose plan is checked afterwards: it stops at no mistake."""

from __future__ import annotations

from pulumi.provider.experimental.provider import CheckRequest, CheckResponse

from pilaster_local.providers.aws.plan.reading import MISTAKES
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.providers.aws.table import UnknownTypeError


class CollectingProvider(AwsProvider):
    """Lets every resource pass, so that all findings of a plan come in one list.

    A type nobody knows stays refused. It is for previews only: what it lets pass, the checks of the
    plan find, since they hold every rule of the provider's own check.
    """

    async def check(self, request: CheckRequest) -> CheckResponse:
        try:
            answer = await super().check(request)
        except MISTAKES:
            return CheckResponse(request.new_inputs, [])
        try:
            self._kind(request.urn)
        except UnknownTypeError:
            return answer
        return CheckResponse(answer.inputs, [])
