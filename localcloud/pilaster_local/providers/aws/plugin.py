"""`pulumi-resource-aws`: the local provider for the official engine.

It takes the place of AWS's own on the PATH that `pilaster env` prints. Which stacks it takes, and
for what, is decided here, before anything is made.
"""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pulumi.provider.experimental.provider import ConfigureRequest, ConfigureResponse

from pilaster_local.providers.aws import configuration
from pilaster_local.providers.aws.cloud import Cloud
from pilaster_local.providers.aws.configuration import LOCAL_ACCOUNT, ConfigurationError
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.providers.aws.values import plain_map
from pilaster_local.providers.served.servicer import Servicer
from pilaster_local.providers.served.serving import serve
from pilaster_local.services import platform

_REGION = "us-east-1"
"""Where a stack names none; AWS's own provider would refuse."""
PREVIEW_ONLY = "PILASTER_PREVIEW_ONLY"
"""Set to 1, the provider calls nobody: any stack can be previewed, and none can be changed."""


class LocalPlugin(AwsProvider):
    """Offline until it is configured; then it deploys to the platform of the project `root`."""

    def __init__(self, root: Path, *, preview_only: bool) -> None:
        super().__init__(None)
        self._root = root
        self._preview_only = preview_only

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        settings = configuration.decoded(
            {
                **{name.rsplit(":", 1)[-1]: text for name, text in request.variables.items()},
                **plain_map(request.args),
            }
        )
        allowed = settings.get("allowedAccountIds") or []
        if self._preview_only:
            account = configuration.checked_account([*allowed, LOCAL_ACCOUNT][0], offline=True)
            self._cloud = Cloud(endpoint=None, region=_REGION, account=account)
        else:
            endpoint = self._endpoint(allowed)
            self._cloud = Cloud(endpoint=endpoint, region=_REGION, account=LOCAL_ACCOUNT)
        return await super().configure(request)

    def _endpoint(self, allowed: list[str]) -> str:
        if allowed != [LOCAL_ACCOUNT]:
            raise ConfigurationError(
                f"this stack is not for this machine (aws:allowedAccountIds is {allowed}, and here "
                f'is ["{LOCAL_ACCOUNT}"] only), and this is the local provider: to preview it, '
                '`eval "$(pilaster env --stack NAME)"` first; to deploy it, use a shell without '
                "what `pilaster env` printed"
            )
        here = platform.running(self._root)
        if here is None:
            raise ConfigurationError(
                f"the local cloud of {self._root} does not run: `pilaster up --platform-only` "
                "starts it"
            )
        return here.endpoint


def _version() -> str:
    """Of the SDK whose types it takes: the official engine compares the two, and warns."""
    try:
        return version("pulumi-aws")
    except PackageNotFoundError:
        return "0.1.0"


def main(root: str) -> None:
    """What the executable runs; `root` is the project whose platform it deploys to."""
    preview_only = os.environ.get(PREVIEW_ONLY) == "1"
    serve(Servicer(LocalPlugin(Path(root), preview_only=preview_only), _version()))
