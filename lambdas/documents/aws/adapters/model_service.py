"""Anthropic's Messages API over HTTPS, with patience.

urllib3 alone: botocore brings it and every function has loaded it already, where the service's own
SDK is 30 MB and two seconds of imports (ADR 15).
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import urllib3
from botocore.exceptions import ClientError
from botocore.httpsession import where
from urllib3.exceptions import HTTPError, NewConnectionError

from lambdas.documents.ports.models import (
    ModelRefusedError,
    ModelUnavailableError,
    Question,
    Reply,
)
from lambdas.shared.aws.clients import AWS_ERRORS, code_of

VERSION = "2023-06-01"
"""Of the protocol, as its `anthropic-version` header says."""
MOST_BYTES = 1 << 20
"""Of an answer: 8,000 tokens are a tenth of it."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 20.0
"""Seconds. Each pause is drawn at random between half and all of twice the one before."""
LONGEST_CALL = 90.0
"""Seconds for one answer."""
KEY_SECONDS = 300
"""How long a key is kept in memory: a new one is taken up without a deployment."""
PLACEHOLDER = "local-stub"
"""What is sent where no key is needed."""
_PASSING = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_NO_VALUE = frozenset({"ResourceNotFoundException", "InvalidRequestException"})


class SecretKey:
    """The key as Secrets Manager keeps it. Neither logged nor in the environment, ever."""

    def __init__(
        self, secret: str, secrets: Any, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._secret = secret
        self._secrets = secrets
        self._clock = clock
        self._kept: tuple[float, str] | None = None

    def get(self) -> str | None:
        """None where nobody has stored one. Raises ModelUnavailableError."""
        if self._kept is not None and self._clock() < self._kept[0]:
            return self._kept[1]
        try:
            answer = self._secrets.get_secret_value(SecretId=self._secret)
        except AWS_ERRORS as error:
            if isinstance(error, ClientError) and code_of(error) in _NO_VALUE:
                return None
            raise ModelUnavailableError("the key cannot be read") from error
        key = str(answer.get("SecretString") or "").strip()
        if not key:
            return None
        self._kept = (self._clock() + KEY_SECONDS, key)
        return key

    def forget(self) -> None:
        self._kept = None


class NoKey:
    """For the stub on this machine, which asks for none."""

    def get(self) -> str | None:
        return PLACEHOLDER

    def forget(self) -> None:
        return None


class MessagesModel:
    def __init__(
        self,
        url: str,
        name: str,
        key: SecretKey | NoKey,
        *,
        proxy: str | None = None,
        certificates: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._url = f"{url}/v1/messages"
        self._name = name
        self._key = key
        self._sleep, self._clock, self._chance = sleep, clock, chance
        trust: dict[str, Any] = {
            "cert_reqs": "CERT_REQUIRED",
            "ca_certs": certificates or where(),
            "retries": False,
        }
        self._http = urllib3.ProxyManager(proxy, **trust) if proxy else urllib3.PoolManager(**trust)

    @property
    def name(self) -> str:
        return self._name

    def ready(self) -> bool:
        return self._key.get() is not None

    def ask(self, question: Question, *, seconds: float) -> Reply:
        until = self._clock() + seconds
        body = json.dumps(_request(question, self._name)).encode()
        pause = FIRST_PAUSE
        while True:
            left = until - self._clock()
            waited, reply = self._once(body, min(left, LONGEST_CALL))
            if reply is not None:
                return reply
            # A service that says how long is believed; all others are asked at random times, or
            # everybody whom it turned away would come back at once.
            rest = max(waited, pause * (0.5 + self._chance() / 2))
            if self._clock() + rest + 1 >= until:
                raise ModelUnavailableError("the service stayed overloaded or silent")
            self._sleep(rest)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _once(self, body: bytes, seconds: float) -> tuple[float, Reply | None]:
        """How long the service asks to wait, or its reply."""
        key = self._key.get()
        if key is None:
            raise ModelRefusedError("there is no key")
        try:
            answer = self._http.request(
                "POST",
                self._url,
                body=body,
                headers={
                    "content-type": "application/json",
                    "anthropic-version": VERSION,
                    "x-api-key": key,
                },
                timeout=urllib3.Timeout(connect=min(5.0, seconds), total=seconds),
                redirect=False,
                preload_content=False,
            )
            try:
                data = answer.read(MOST_BYTES + 1)
            finally:
                answer.release_conn()
        except (NewConnectionError, urllib3.exceptions.ConnectTimeoutError):
            return 0.0, None  # it was never reached
        except HTTPError as error:
            # Asked again it would be charged twice: a lost answer is not fetched a second time.
            raise ModelUnavailableError("the answer was lost", perhaps_charged=True) from error
        if answer.status in _PASSING:
            return _asked_to_wait(answer.headers.get("retry-after")), None
        if answer.status != 200:
            if answer.status in (401, 403):
                self._key.forget()
            raise ModelRefusedError(f"the service answered {answer.status}")
        if len(data) > MOST_BYTES:
            raise ModelUnavailableError("the answer is too large", perhaps_charged=True)
        return 0.0, _reply(data)


def _request(question: Question, model: str) -> dict[str, Any]:
    return {
        "model": model,
        "max_tokens": question.most_tokens,
        "temperature": 0,
        "system": question.system,
        "messages": [{"role": "user", "content": list(question.content)}],
        "tools": [question.tool],
        "tool_choice": {"type": "tool", "name": question.tool["name"]},
    }


def _asked_to_wait(header: str | None) -> float:
    """Seconds, of a header that may say anything."""
    try:
        return min(max(float(header or 0), 0.0), LONGEST_PAUSE)
    except ValueError:
        return 0.0


def _reply(data: bytes) -> Reply:
    """What a 200 holds. Where that is no message, the answer counts as one that says nothing."""
    try:
        message = json.loads(data)
        usage = message["usage"]
        tokens = int(usage["input_tokens"]), int(usage["output_tokens"])
        parts = message["content"]
        used = [part["input"] for part in parts if part.get("type") == "tool_use"]
        whole = message.get("stop_reason") == "tool_use" and len(used) == 1
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ModelUnavailableError("the answer is no message", perhaps_charged=True) from None
    return Reply(
        given=used[0] if whole else None,
        input_tokens=max(tokens[0], 0),
        output_tokens=max(tokens[1], 0),
    )
