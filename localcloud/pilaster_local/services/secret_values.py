"""Values of secrets on this machine. A program makes the place alone; the value comes by hand."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from pilaster_local.services.clients import client
from pilaster_local.services.errors import PlatformError
from pilaster_local.services.platform import Platform


def store(platform: Platform, name: str, value: str, *, region: str) -> None:
    """Puts the value into the secret of that name. Raises PlatformError where there is none."""
    secrets = client(platform, "secretsmanager", region=region)
    try:
        secrets.put_secret_value(SecretId=name, SecretString=value)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
            raise PlatformError(f"there is no secret {name!r}: `pilaster up` makes it") from None
        raise PlatformError(f"secret {name!r} could not be stored") from error
    except BotoCoreError as error:
        raise PlatformError(f"secret {name!r} could not be stored: {error}") from error
