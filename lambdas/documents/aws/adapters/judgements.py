"""Judgements from one step to the next, as JSON in the object store."""

from __future__ import annotations

import json

from lambdas.documents.aws.wire import (
    doubt_from_json,
    doubt_to_json,
    timetable_from_json,
    timetable_to_json,
)
from lambdas.documents.model.judgement import Judgement, Verdict
from lambdas.documents.model.keys import judgement_key
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.objects import Objects

LIMIT = 16 * 2**20


class JudgementFiles:
    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def keep(self, run: Run, judgement: Judgement) -> str:
        key = judgement_key(run)
        table, proposal = judgement.timetable, judgement.proposal
        content = {
            "verdict": judgement.verdict.value,
            "confidence": judgement.confidence,
            "reason": judgement.reason,
            "timetable": timetable_to_json(table) if table else None,
            "proposal": timetable_to_json(proposal) if proposal else None,
            "doubts": [doubt_to_json(doubt) for doubt in judgement.doubts],
        }
        self._objects.write(key, json.dumps(content, ensure_ascii=False).encode())
        return key

    def get(self, run: Run) -> Judgement | None:
        data = self._objects.read(judgement_key(run), limit=LIMIT)
        if data is None:
            return None
        content = json.loads(data)
        # A run that was under way when these two were added has none.
        table, proposal = content["timetable"], content.get("proposal")
        return Judgement(
            verdict=Verdict(content["verdict"]),
            confidence=content["confidence"],
            reason=content["reason"],
            timetable=timetable_from_json(table) if table else None,
            proposal=timetable_from_json(proposal) if proposal else None,
            doubts=tuple(doubt_from_json(each) for each in content.get("doubts", ())),
        )
