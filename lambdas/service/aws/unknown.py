"""What no route takes, in a problem document where the gateway would say `Not Found`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambdas.service import problems
from lambdas.service.app import refused
from lambdas.service.aws.http import decode, encode
from lambdas.shared.logging import Context


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    return encode(refused(problems.UNKNOWN, decode(event, context).request_id))
