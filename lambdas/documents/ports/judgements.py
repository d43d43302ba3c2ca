"""Judgements on their way from `interpret` to `save`; the state carries their key only."""

from __future__ import annotations

from typing import Protocol

from lambdas.documents.model.judgement import Judgement
from lambdas.documents.model.outcome import Run


class Judgements(Protocol):
    def keep(self, run: Run, judgement: Judgement) -> str:
        """The key it lies under."""
        ...

    def get(self, run: Run) -> Judgement | None: ...
