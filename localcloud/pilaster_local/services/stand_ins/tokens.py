"""Tokens of this machine's own issuer: signed (RS256), and checked as API Gateway checks them."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SECONDS = 3600


class TokenError(Exception):
    """Why a token is refused, in the gateway's words."""


class Issuer:
    """Its key is drawn once and kept beside the database's."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "tokens.key"
        if not self._file.exists():
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            pem = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            self._file.touch(mode=0o600)
            self._file.write_bytes(pem)
        loaded = serialization.load_pem_private_key(self._file.read_bytes(), password=None)
        assert isinstance(loaded, rsa.RSAPrivateKey)
        self._key = loaded

    def issue(self, subject: str, issuer: str, audience: str, seconds: int = SECONDS) -> str:
        """A token of `subject`."""
        now = int(time.time())
        claims = {"iss": issuer, "aud": audience, "sub": subject, "iat": now, "exp": now + seconds}
        signed = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}"
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_base64(signature)}"

    def claims(self, token: str, issuer: str, audiences: list[str]) -> Mapping[str, Any]:
        """What it says, once it is sure that it is good. Raises TokenError."""
        parts = token.split(".")
        if len(parts) != 3:
            raise TokenError("Jwt is not in the form of Header.Payload.Signature")
        try:
            header, claims = (json.loads(_bytes(part)) for part in parts[:2])
            signature = _bytes(parts[2])
            if header["alg"] != "RS256":
                raise TokenError("Jwt header [alg] field value is invalid")
            self._key.public_key().verify(
                signature,
                f"{parts[0]}.{parts[1]}".encode(),
                padding.PKCS1v15(),
                hashes.SHA256(),
            )
        except (ValueError, KeyError, TypeError):
            raise TokenError("Jwt header or payload is an invalid JSON") from None
        except InvalidSignature:
            raise TokenError("Jwt verification fails") from None
        if not isinstance(claims, dict) or claims.get("iss") != issuer:
            raise TokenError("Jwt issuer is not configured")
        if not isinstance(claims.get("exp"), int) or claims["exp"] <= time.time():
            raise TokenError("Jwt is expired")
        said = claims.get("aud")
        if not set(said if isinstance(said, list) else [said]) & set(audiences):
            raise TokenError("Audiences in Jwt are not allowed")
        return claims


def _part(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
