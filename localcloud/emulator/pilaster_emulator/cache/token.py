"""A login token of ElastiCache: a signed URL that says who connects to which cache."""

from __future__ import annotations

import datetime
import hashlib
import re
import time
from urllib.parse import parse_qsl, urlsplit

LIFETIME_SECONDS = 900
_EARLY_SECONDS = 300
_NOTHING = hashlib.sha256(b"").hexdigest()
_WANTED = {"Action": "connect", "ResourceType": "ServerlessCache"}
_SIGNED = frozenset(
    {
        *("Action", "ResourceType", "User", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"),
        *("X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"),
    }
)


class TokenError(Exception):
    """Why a token is none; never a word of the token itself."""


def signer(token: str, *, cache: str, user: str, region: str, account: str) -> str:
    """The access key that signed this token for this cache and user, now; else TokenError."""
    from ministack.core import iam_evaluator, sigv4

    parsed, said = _read(token)
    wanted = {**_WANTED, "User": user}
    if parsed != cache or any(said[name] != value for name, value in wanted.items()):
        raise TokenError("the token was made for another cache or user, or not for a serverless")
    key, day, *scope = said["X-Amz-Credential"].split("/")
    if scope != [region, "elasticache", "aws4_request"] or day != said["X-Amz-Date"][:8]:
        raise TokenError("the token is not signed for `elasticache` in this region")
    _check_time(said["X-Amz-Date"], said["X-Amz-Expires"])
    found = iam_evaluator.resolve_credential(key, account, said.get("X-Amz-Security-Token", ""))
    if isinstance(found, iam_evaluator.CredentialResolutionError):
        raise TokenError("the credentials that signed the token are not known, or have expired")
    asked = sigv4.build_canonical_request(
        "GET", "/", {"host": cache}, said, "host", payload_hash=_NOTHING
    )
    text = sigv4.build_string_to_sign(said["X-Amz-Date"], day, region, "elasticache", asked)
    right = sigv4.calculate_signature(found.secret_access_key, day, region, "elasticache", text)
    if not sigv4.signatures_match(right, said["X-Amz-Signature"]):
        raise TokenError("the token's signature does not match")
    return found.access_key_id


def _read(token: str) -> tuple[str, dict[str, str]]:
    if not token.isascii() or "X-Amz-Signature=" not in token:
        raise TokenError("a token signed for `elasticache` is wanted, not a password")
    try:
        parsed = urlsplit(f"//{token}")
        pairs = parse_qsl(
            parsed.query, keep_blank_values=True, strict_parsing=True, max_num_fields=16
        )
    except ValueError:
        raise TokenError("the token cannot be read") from None
    said = dict(pairs)
    known = said.keys() - {"X-Amz-Security-Token"} == _SIGNED and len(said) == len(pairs)
    if not known or parsed.path != "/" or said["X-Amz-SignedHeaders"] != "host":
        raise TokenError("the token cannot be read")
    return parsed.netloc, said


def _check_time(date: str, expires: str) -> None:
    if not re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", date) or not re.fullmatch(r"[0-9]{1,3}", expires):
        raise TokenError("the token cannot be read")
    made = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
    age = time.time() - made.timestamp()
    if age < -_EARLY_SECONDS:
        raise TokenError("the token is dated in the future")
    if age >= min(int(expires), LIFETIME_SECONDS):
        raise TokenError("the token has expired: a token is good for 15 minutes")
