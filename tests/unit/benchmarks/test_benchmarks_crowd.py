"""What is said of a crowd, by what the API lists of its documents."""

from __future__ import annotations

from typing import Any

from benchmarks.crowd import Outcome


def document(sent: int, answered: int, *route: str) -> dict[str, Any]:
    """One sent and answered in these minutes."""
    at = "2026-11-21T10:{:02}:00+00:00".format
    return {"created_at": at(sent), "finished_at": at(answered), "route": list(route)}


def outcome(*answers: list[dict[str, Any]]) -> Outcome:
    return Outcome(
        seconds=60,
        answers=list(answers),
        sent=[],
        most_at_once=1,
        runs=1,
        cpu={"pipeline-read": 3.0, "pipeline-preprocess": 1.0, "emulator": 2.0},
        load=(0.0, 0.0),
    )


def test_who_is_sent_last_is_not_behind_what_was_answered_before() -> None:
    many = [document(0, minute, "text") for minute in range(1, 11)]
    assert outcome(many, [document(7, 9, "text")]).behind == [0, 1]


def test_a_document_without_ocr_is_no_page_of_it() -> None:
    crowd = outcome(
        [document(0, 1, "text"), document(0, 2, "ocr"), document(0, 3, "ocr", "review")]
    )
    assert crowd.pages == 2
    assert (crowd.cpu_seconds, crowd.reading_seconds) == (6.0, 4.0)
