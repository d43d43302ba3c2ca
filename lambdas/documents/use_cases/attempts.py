"""Counting attempts around what is attempted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lambdas.documents.model.attempts import Counter, seconds_left, window
from lambdas.documents.model.errors import TooManyAttemptsError
from lambdas.documents.ports.attempts import Attempts


@contextmanager
def counted(
    counters: Sequence[Counter], *, attempts: Attempts, now: float, wrong: type[Exception]
) -> Iterator[None]:
    """The block is one attempt; unless it raises `wrong`, it is taken back.

    Raises TooManyAttemptsError, without having begun, where there were too many.
    """
    here = window(now)
    done: list[Counter] = []
    for each in counters:
        if not attempts.count(each, here):
            _take_back(done, here, attempts)
            raise TooManyAttemptsError(seconds_left(now))
        done.append(each)
    try:
        yield
    except wrong:
        raise
    except Exception:
        _take_back(done, here, attempts)
        raise
    _take_back(done, here, attempts)


def count_one(counters: Sequence[Counter], *, attempts: Attempts, now: float) -> None:
    """An attempt that stays counted. Raises TooManyAttemptsError where there were too many."""
    for each in counters:
        if not attempts.count(each, window(now)):
            raise TooManyAttemptsError(seconds_left(now))


def _take_back(counters: Sequence[Counter], window: int, attempts: Attempts) -> None:
    for each in counters:
        attempts.take_back(each, window)
