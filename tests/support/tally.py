"""Counters of attempts in memory."""

from __future__ import annotations

from collections import Counter as Numbers

from lambdas.documents.model.attempts import Counter


class Tally:
    def __init__(self) -> None:
        self.stands: Numbers[tuple[str, int]] = Numbers()

    def count(self, counter: Counter, window: int) -> bool:
        if self.stands[counter.key, window] >= counter.most:
            return False
        self.stands[counter.key, window] += 1
        return True

    def take_back(self, counter: Counter, window: int) -> None:
        if self.stands[counter.key, window] > 0:
            self.stands[counter.key, window] -= 1
