"""What the provider may be told, and what it refuses, so that nothing meant for AWS ends up here
or the reverse."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pilaster_local.providers.aws.cloud import Cloud

LOCAL_ACCOUNT = "000000000000"

_REAL_KEY = re.compile(r"(AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,}")
_REAL_SECRET = re.compile(r"[A-Za-z0-9/+]{40}")
_ELSEWHERE = {
    "profile": "a profile names credentials of the host",
    "sharedConfigFiles": "it names credentials of the host",
    "sharedCredentialsFiles": "it names credentials of the host",
    "assumeRoles": "roles of a real account cannot be taken on from here",
    "assumeRoleWithWebIdentity": "roles of a real account cannot be taken on from here",
    "token": "a session token belongs to real credentials",
    "httpProxy": "calls stay on this machine",
    "httpsProxy": "calls stay on this machine",
}


class ConfigurationError(Exception):
    """A setting the local provider does not accept."""


def checked_endpoint(endpoint: str) -> str:
    """The endpoint without a trailing slash; it must be this machine."""
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not _is_loopback(parts.hostname or ""):
        raise ConfigurationError(
            f"the local provider calls this machine only, not {endpoint!r}; use http://127.0.0.1:<port>"
        )
    return endpoint.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_account(account: str, *, offline: bool) -> str:
    """The local account; any 12 digits where no call is ever made."""
    if not re.fullmatch(r"\d{12}", account):
        raise ConfigurationError(f"{account!r} is no account id: 12 digits")
    if account != LOCAL_ACCOUNT and not offline:
        raise ConfigurationError(
            f"the local provider deploys to account {LOCAL_ACCOUNT} only, not {account!r}"
        )
    return account


def configured(cloud: Cloud, settings: Mapping[str, Any]) -> Cloud:
    """The cloud as these provider settings want it."""
    given = decoded(settings)
    _refuse_foreign(cloud, given)
    changes: dict[str, Any] = {}
    if region := given.get("region"):
        changes["region"] = region
    if tags := (given.get("defaultTags") or {}).get("tags"):
        changes["default_tags"] = dict(tags)
    return cloud.configured(**changes)


def _refuse_foreign(cloud: Cloud, given: Mapping[str, Any]) -> None:
    if cloud.endpoint is None:
        return
    for name, why in _ELSEWHERE.items():
        if given.get(name):
            raise ConfigurationError(f"aws:{name} is refused by the local provider: {why}")
    if _REAL_KEY.fullmatch(str(given.get("accessKey", ""))):
        raise ConfigurationError(
            "aws:accessKey looks like a real key; the local provider takes 'test' only"
        )
    if _REAL_SECRET.fullmatch(str(given.get("secretKey", ""))):
        raise ConfigurationError(
            "aws:secretKey looks like a real secret; the local provider takes 'test' only"
        )
    for endpoints in given.get("endpoints") or []:
        for endpoint in endpoints.values():
            checked_endpoint(endpoint)
    if (allowed := given.get("allowedAccountIds")) and cloud.account not in allowed:
        raise ConfigurationError(
            f"aws:allowedAccountIds {allowed} leaves out {cloud.account}, this machine's account"
        )
    if cloud.account in (given.get("forbiddenAccountIds") or []):
        raise ConfigurationError(
            f"aws:forbiddenAccountIds names {cloud.account}, this machine's account"
        )


def decoded(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are set. Lists and objects may come as JSON text."""
    return {name: _decoded(value) for name, value in settings.items() if value not in (None, "")}


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
