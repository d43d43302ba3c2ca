"""What the system says by itself: a socket that tells of documents, so that nobody has to ask."""

from __future__ import annotations

import contextlib
import json
import threading
from collections import defaultdict
from types import TracebackType

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from pilaster_cli.api import Api, Problem

OPEN_SECONDS = 10.0


class Listener:
    """Listens while the block lasts. Where no socket opens, or it ends, nothing is ever told, and
    who waits asks as often as without it."""

    def __init__(self, api: Api) -> None:
        self._told: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self._socket: ClientConnection | None = None
        no_push = (Problem, httpx.TransportError, KeyError, OSError, TypeError, WebSocketException)
        with contextlib.suppress(*no_push):
            self._socket = connect(
                api.ticket(),
                open_timeout=OPEN_SECONDS,
                proxy=None,  # a proxy of this shell does not know the way to this machine
            )
        self._thread = threading.Thread(target=self._listen, name="push", daemon=True)

    def __enter__(self) -> Listener:
        if self._socket is not None:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._socket is not None:
            self._socket.close()
            self._thread.join(timeout=OPEN_SECONDS)

    @property
    def open(self) -> bool:
        """Whether somebody would tell us."""
        return self._thread.is_alive()

    def told(self, document: str, seconds: float) -> bool:
        """Whether something was told of the document by then; each telling counts once."""
        news = self._told[document]
        came = news.wait(seconds)
        news.clear()
        return came

    def _listen(self) -> None:
        assert self._socket is not None
        with contextlib.suppress(WebSocketException, OSError):
            for message in self._socket:
                with contextlib.suppress(ValueError, AttributeError, TypeError):
                    self._told[str(json.loads(message)["document"])].set()
