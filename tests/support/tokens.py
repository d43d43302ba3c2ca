"""What an access token says, for who may read it: it is the test's own user."""

from __future__ import annotations

import base64
import json

from pilaster_cli.api import Api


def subject_of(api: Api) -> str:
    """Whose token it is."""
    return json.loads(base64.urlsafe_b64decode(api.token.split(".")[1] + "=="))["sub"]
