"""Secrets at rest, byte for byte as Pulumi's file backend keeps them with a passphrase.

The salt line is `v1:<salt>:v1:<nonce>:<ciphertext>`, where the ciphertext is the word `pulumi`:
with it a wrong passphrase is told from a right one. A value is `v1:<nonce>:<ciphertext>`. The key
is PBKDF2-SHA256 over the passphrase, the cipher AES-256-GCM; all parts are base64.
"""

from __future__ import annotations

import functools
import hashlib
import os
import secrets
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pilaster_local.engine.errors import PassphraseError

ITERATIONS = 1_000_000
CHECK_WORD = "pulumi"


@functools.lru_cache(maxsize=16)
def _key(passphrase: str, salt: bytes) -> bytes:
    """0.4 seconds, so once per salt and process."""
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, ITERATIONS, 32)


class Vault:
    """Encrypts and decrypts the secrets of one stack. The key is derived when first needed."""

    def __init__(self, line: str | None, passphrase: Callable[[], str]) -> None:
        """`line` is the salt as the state or the stack's settings have it; None makes a new one."""
        self._line = line
        self._passphrase = passphrase
        self._cipher: AESGCM | None = None
        self._one_at_a_time = threading.RLock()

    @property
    def line(self) -> str:
        """The salt line, to be stored where the secrets are."""
        with self._one_at_a_time:
            if self._line is None:
                salt = secrets.token_bytes(8)
                self._cipher = self._derive(salt)
                self._line = f"v1:{b64encode(salt).decode()}:{_seal(self._cipher, CHECK_WORD)}"
            return self._line

    def encrypt(self, text: str) -> str:
        return _seal(self._open(), text)

    def decrypt(self, sealed: str) -> str:
        return _unseal(self._open(), sealed)

    def _open(self) -> AESGCM:
        with self._one_at_a_time:
            line = self.line  # a new salt opens the vault by itself
            if self._cipher is None:
                version, _, rest = line.partition(":")
                salt, _, check = rest.partition(":")
                if version != "v1" or not check:
                    raise PassphraseError(
                        f"the encryption salt {line!r} is not of the form v1:<salt>:<check>"
                    )
                try:
                    cipher = self._derive(b64decode(salt))
                except ValueError as error:
                    raise PassphraseError(f"the encryption salt {line!r}: {error}") from error
                if _unseal(cipher, check) != CHECK_WORD:
                    raise PassphraseError("the encryption salt holds another word than 'pulumi'")
                self._cipher = cipher
            return self._cipher

    def _derive(self, salt: bytes) -> AESGCM:
        return AESGCM(_key(self._passphrase(), salt))


def _seal(cipher: AESGCM, text: str) -> str:
    nonce = secrets.token_bytes(12)
    sealed = cipher.encrypt(nonce, text.encode(), None)
    return f"v1:{b64encode(nonce).decode()}:{b64encode(sealed).decode()}"


def _unseal(cipher: AESGCM, sealed: str) -> str:
    version, _, rest = sealed.partition(":")
    nonce, _, ciphertext = rest.partition(":")
    if version != "v1" or not ciphertext:
        raise PassphraseError("a secret is not of the form v1:<nonce>:<ciphertext>")
    try:
        return cipher.decrypt(b64decode(nonce), b64decode(ciphertext), None).decode()
    except (InvalidTag, ValueError):
        raise PassphraseError(
            "the passphrase does not open the secrets of this stack; "
            "check PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE"
        ) from None


def passphrase_of(stack: str, *, folder: Path) -> str:
    """The passphrase, from where Pulumi looks for it; `local` and `local-*` make their own."""
    if "PULUMI_CONFIG_PASSPHRASE" in os.environ:
        return os.environ["PULUMI_CONFIG_PASSPHRASE"]
    if named := os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        try:
            return Path(named).read_text().strip()
        except OSError as error:
            raise PassphraseError(
                f"PULUMI_CONFIG_PASSPHRASE_FILE names {named!r}, which cannot be read: "
                f"{error.strerror}"
            ) from error
    if stack == "local" or stack.startswith("local-"):
        return _own_passphrase(folder / "passphrase")
    raise PassphraseError(
        f"stack {stack!r} has secrets; set PULUMI_CONFIG_PASSPHRASE or "
        "PULUMI_CONFIG_PASSPHRASE_FILE to the passphrase they were encrypted with"
    )


def _own_passphrase(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written under another name first: two processes must not read half of one.
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()
