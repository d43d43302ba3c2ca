"""Values of secrets on this machine. A program makes the place alone; the value comes by hand."""

from __future__ import annotations

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pilaster_local.services.errors import PlatformError
from pilaster_local.services.platform import Platform


def store(platform: Platform, name: str, value: str, *, region: str) -> None:
    """Puts the value into the secret of that name. Raises PlatformError where there is none."""
    client = boto3.client(
        "secretsmanager",
        endpoint_url=platform.endpoint,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 2}, connect_timeout=2, read_timeout=10),
    )
    try:
        client.put_secret_value(SecretId=name, SecretString=value)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
            raise PlatformError(f"there is no secret {name!r}: `pilaster up` makes it") from None
        raise PlatformError(f"secret {name!r} could not be stored") from error
    except BotoCoreError as error:
        raise PlatformError(f"secret {name!r} could not be stored: {error}") from error
