"""Findings say which rule a value breaks, never what a secret value is."""

from __future__ import annotations

import re

from pilaster_local.providers.aws.plan.resources import Planned

_MASK = "[secret]"


def told(resource: Planned, path: str, message: str) -> tuple[str, str]:
    """The finding's path and message as they may be shown."""
    if not resource.secret_paths:
        return path, message
    touched = [secret for secret in sorted(resource.secret_paths) if _touch(path, secret)]
    if not path or touched:
        # A path that leads into a secret would tell the names in it.
        shorter = min([path, *touched], key=len)
        return shorter, "AWS would refuse this value; it is secret, so neither it nor why is shown"
    return path, _masked(message, resource.secret_texts)


def _touch(path: str, secret: str) -> bool:
    """Whether one lies in the other; positions in lists do not tell them apart."""
    one, other = _bare(path), _bare(secret)
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _bare(path: str) -> str:
    return re.sub(r"\[\d*\]", "", path)


def _masked(message: str, secrets: frozenset[str]) -> str:
    for text in sorted(secrets, key=len, reverse=True):
        message = message.replace(text, _MASK)
    return message
