"""What the step that reads does, whoever reads the words."""

from __future__ import annotations

from typing import Any

from lambdas.documents.aws.told import was_read
from lambdas.documents.aws.workflow import State
from lambdas.documents.model.outcome import Run
from lambdas.documents.ports.known import KnownReadings
from lambdas.documents.ports.objects import Objects
from lambdas.documents.ports.readings import Readings
from lambdas.documents.ports.sheets import PreparedSheets
from lambdas.documents.reading.kinds import Kind, UnreadableError
from lambdas.documents.use_cases.read import ReadPictures, read


def read_step(
    state: State,
    run: Run,
    *,
    limit: int,
    objects: Objects,
    sheets: PreparedSheets,
    readings: Readings,
    read_pictures: ReadPictures,
    known: KnownReadings | None = None,
) -> dict[str, Any]:
    """What the state gains. `limit`: the largest upload, in bytes; `known`: where readings are
    kept for when the same bytes come again."""
    if "refused" in state:  # by `preprocess`: there is nothing to read
        return {}
    try:
        reading, key = read(
            run,
            Kind(state["kind"]),
            limit=limit,
            objects=objects,
            sheets=sheets,
            readings=readings,
            read_pictures=read_pictures,
        )
    except UnreadableError as error:  # whole by its headers, and damaged further in
        return {"refused": error.reason}
    content = state.get("content")
    if known is not None and content:
        known.remember(content, reading)
    return {"reading": key, "route": [reading.route], "events": [was_read(run, reading)]}
