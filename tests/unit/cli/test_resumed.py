"""What `process` says of runs that went on."""

from __future__ import annotations

from typing import Any

import pytest
from pilaster_cli import resumed


def answer(document: str | None, *route: str) -> dict[str, Any]:
    steps = [{"name": name, "seconds": 1.0} for name in ("classify", "read", "save")]
    return {"document_id": document, "route": list(route), "steps": steps}


NOTED = {"at": "2026-11-21T12:00:00Z", "kept": ["classify"], "again": ["read"], "waiting": []}


def test_an_interruption_is_noted_of_the_document_whose_run_it_was():
    one, other, refused = answer("d1", "ocr"), answer("d11", "ocr"), answer(None)
    resumed.note([one, other, refused], {"d1-v1": [NOTED]})
    assert one["resumed"] == [{"after": "interruption", **NOTED}]
    assert other["resumed"] == refused["resumed"] == []


def test_a_review_keeps_what_was_done_before_it():
    reviewed = answer("d1", "ocr", "review")
    resumed.note([reviewed], {})
    assert reviewed["resumed"] == [{"after": "review", "kept": ["classify", "read", "save"]}]


@pytest.mark.parametrize(
    ("went_on", "sentence"),
    [
        (
            {"after": "interruption", **NOTED},
            "went on after an interruption: classify was kept, read was done again",
        ),
        (
            {
                "after": "interruption",
                "kept": ["classify", "read"],
                "again": [],
                "waiting": ["ask"],
            },
            "went on after an interruption: classify and read were kept, ask was waited for",
        ),
        (
            {"after": "interruption", "kept": [], "again": [], "waiting": []},
            "went on after an interruption: from its beginning",
        ),
        ({"after": "review", "kept": ["read"]}, "went on after a review: read was kept"),
    ],
)
def test_where_a_run_went_on_is_a_sentence(went_on: dict[str, Any], sentence: str):
    assert resumed.said(went_on) == sentence
