"""Step four: is it a timetable, which one, and how sure are we?"""

from __future__ import annotations

from lambdas.documents.model.errors import DocumentGoneError
from lambdas.documents.model.judgement import Judgement, judge
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.judgements import Judgements
from lambdas.documents.ports.readings import Readings
from lambdas.documents.reading.interpret import interpret as interpretation_of


def interpret(
    run: Run,
    *,
    complete_at: float,
    model_at: float,
    readings: Readings,
    judgements: Judgements,
) -> tuple[Judgement, str]:
    """The judgement, and where it was put."""
    reading = readings.get(run)
    if reading is None:  # work files go with their document
        raise DocumentGoneError(f"the reading of document {run.document} was deleted")
    found = interpretation_of(reading)
    judgement = judge(
        found.timetable,
        is_timetable=found.is_timetable,
        confidence=found.confidence,
        doubts=found.doubts,
        complete_at=complete_at,
        model_at=model_at,
    )
    return judgement, judgements.keep(run, judgement)
