"""Clients of the running cloud's services, as the account's owner."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from pilaster_local.services.platform import Platform


def client(platform: Platform, service: str, *, region: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=platform.endpoint,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 2}, connect_timeout=2, read_timeout=10),
    )
