"""A connection to Valkey: one, over TLS, logged in to with the function's own role.

The `valkey` package does this too, and costs 0.15 s of every cold start, three times what this
adapter's functions import besides. What is spoken here is RESP 2 and one command at a time.

A cache that is down makes things slower and never wrong: every failure is CacheUnavailableError
within a second, and after one nothing is asked for a while.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedReader

from lambdas.shared.aws.signing import Keys, Signer
from lambdas.shared.logging import Log, chain

CONNECT_SECONDS = 1.0
"""For TCP and TLS; a cache in the same network takes some milliseconds."""
ANSWER_SECONDS = 0.5
PAUSE_SECONDS = 10.0
"""After a failure the cache is not asked for so long."""
LONGEST_ANSWER = 4 * 2**20
TOKEN_SECONDS = 900
"""ElastiCache accepts no older one; a connection lives for 12 hours with it."""

Answer = bytes | int | None
Word = str | bytes | int


class CacheUnavailableError(Exception):
    """The cache does not answer, or refuses: do without."""


class _BrokenError(Exception):
    """The cache said no, or what nobody understands."""


@dataclass(frozen=True, kw_only=True)
class CacheSettings:
    """What every function with a cache reads."""

    cache_name: str
    cache_host: str
    cache_port: int
    cache_user: str


class Valkey:
    def __init__(
        self,
        settings: CacheSettings,
        password: Callable[[], str],
        *,
        connect: Callable[[str, int], socket.socket] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._password = password
        self._connect = connect or _tls
        self._clock = clock
        self._socket: socket.socket | None = None
        self._reader: BufferedReader | None = None
        self._again_at = 0.0

    def warm(self) -> None:
        """Connects ahead of the first call. A cache that is down is not the first call's matter."""
        with contextlib.suppress(CacheUnavailableError):
            self.ask("PING")

    def ask(self, *words: Word) -> Answer:
        """One command's answer; safe to repeat, since a dead connection shows only when used."""
        if self._clock() < self._again_at:
            raise CacheUnavailableError("the cache failed a moment ago")
        kept = self._socket is not None
        try:
            try:
                return self._exchange(words)
            except (OSError, EOFError):
                if not kept:
                    raise
                self._close()
                return self._exchange(words)
        except (OSError, EOFError, _BrokenError) as error:
            self._close()
            self._again_at = self._clock() + PAUSE_SECONDS
            Log().warning("cache does not answer", error=chain(error), reason=_reason(error))
            raise CacheUnavailableError(f"{self._settings.cache_name!r} does not answer") from error
        except BaseException:
            self._close()  # an answer may be on its way, and the next command would take it
            raise

    def _exchange(self, words: tuple[Word, ...]) -> Answer:
        if self._socket is None:
            self._open()
        assert self._socket is not None
        assert self._reader is not None
        self._socket.sendall(_encoded(words))
        return _answer(self._reader)

    def _open(self) -> None:
        settings = self._settings
        self._socket = self._connect(settings.cache_host, settings.cache_port)
        self._socket.settimeout(ANSWER_SECONDS)
        self._reader = self._socket.makefile("rb")
        self._exchange(("AUTH", settings.cache_user, self._password()))

    def _close(self) -> None:
        for each in (self._reader, self._socket):
            if each is not None:
                each.close()
        self._socket = self._reader = None


def open_valkey(settings: CacheSettings) -> Valkey:
    """The cache of `settings`, logged in to as this function, warmed."""
    login = CacheLogin(
        keys=Keys.of_this_function(),
        region=os.environ["AWS_REGION"],
        cache=settings.cache_name,
        user=settings.cache_user,
    )
    valkey = Valkey(settings, login.token)
    valkey.warm()
    return valkey


class CacheLogin:
    """Makes login tokens of ElastiCache: they name the cache and not its host."""

    def __init__(self, *, keys: Keys, region: str, cache: str, user: str) -> None:
        self._signer = Signer(service="elasticache", region=region, keys=keys)
        self._cache = cache
        self._user = user

    def token(self, now: datetime | None = None) -> str:
        url = self._signer.presign(
            "GET",
            f"https://{self._cache}/",
            now=now or datetime.now(UTC),
            seconds=TOKEN_SECONDS,
            query={"Action": "connect", "User": self._user, "ResourceType": "ServerlessCache"},
        )
        return url.removeprefix("https://")


def _tls(host: str, port: int) -> socket.socket:
    """The system's authorities vouch for ElastiCache; OpenSSL reads SSL_CERT_FILE by itself."""
    plain = socket.create_connection((host, port), timeout=CONNECT_SECONDS)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _encoded(words: tuple[Word, ...]) -> bytes:
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    body = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
    return b"*%d\r\n%s" % (len(parts), body)


def _answer(reader: BufferedReader) -> Answer:
    line = reader.readline(1024)
    if not line.endswith(b"\r\n"):
        raise EOFError("the connection ended")
    kind, rest = line[:1], line[1:-2]
    match kind:
        case b"+":
            return rest
        case b":":
            return int(rest)
        case b"$" if rest == b"-1":
            return None
        case b"$" if rest.isdigit() and int(rest) <= LONGEST_ANSWER:
            data = reader.read(int(rest) + 2)
            if len(data) != int(rest) + 2:
                raise EOFError("the connection ended")
            return data[:-2]
        case b"-":
            # Its first word alone, such as NOPERM: the others may quote a key.
            raise _BrokenError(rest.partition(b" ")[0][:32].decode("ascii", "replace"))
        case _:
            raise _BrokenError("PROTOCOL")


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, _BrokenError) else "no answer"
