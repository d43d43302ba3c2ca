"""Groups of a user pool on this machine. On AWS whoever runs the system puts people in them."""

from __future__ import annotations

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pilaster_local.services.errors import PlatformError
from pilaster_local.services.platform import Platform


def join(platform: Platform, pool: str, group: str, email: str, *, region: str) -> None:
    """Puts the user into the group; whoever is in it stays. It shows in tokens from the next login
    on. Raises PlatformError where there is no such pool, group or user."""
    client = boto3.client(
        "cognito-idp",
        endpoint_url=platform.endpoint,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 2}, connect_timeout=2, read_timeout=10),
    )
    try:
        client.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=group)
    except (ClientError, BotoCoreError) as error:
        raise PlatformError(
            f"{email} could not be put into the group {group!r} of {pool}: {error}; "
            "`pilaster up` makes the pool and its groups"
        ) from error
