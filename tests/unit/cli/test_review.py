"""`pilaster review` against an API in memory."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pilaster_cli import review
from pilaster_cli.api import Api
from pilaster_cli.main import main
from pilaster_cli.process import _show
from pilaster_local import engine
from pilaster_local.services import groups, platform
from rich.console import Console

from tests.support.clerk import Clerk

WEEK = {
    "title": "Week",
    "blocks": [{"day": "monday", "start": "09:00", "end": "10:00", "title": "Maths", "notes": ""}],
}


def waiting(**changes: Any) -> dict[str, Any]:
    return {
        "id": "d1",
        "requested_at": "2026-11-21T12:00:00Z",
        "until": "2026-11-28T12:00:00Z",
        "confidence": 71.5,
        "escalated_at": None,
        "claimed_until": None,
        "claimed_by_me": False,
        "status": "open",
        "proposal": WEEK,
        "doubts": [{"rule": "slot-empty", "why": "Monday 11:55 [Lunch] is empty."}],
        "scan": {"url": "http://store/scan?X=1", "expires_at": "2026-11-21T12:05:00Z"},
        "decision": None,
        **changes,
    }


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """Where somebody waits, and who runs `pilaster review` is no reviewer yet."""
    (tmp_path / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    clerk = Clerk()
    clerk.reviews["d1"] = waiting()

    def join(running: Any, pool: str, group: str, email: str, *, region: str) -> None:
        assert (pool, group, region) == ("the-pool", "reviewers", "eu-west-2")
        clerk.reviewers.add(email)

    outputs = {"api_url": "http://clerk", "user_pool_id": "the-pool"}
    monkeypatch.setattr(engine, "outputs", lambda *_: outputs)
    monkeypatch.setattr(engine, "settings", lambda *_: {"aws:region": "eu-west-2"})
    monkeypatch.setattr(platform, "running", lambda _: SimpleNamespace())
    monkeypatch.setattr(groups, "join", join)
    monkeypatch.setattr(review, "Api", lambda url: Api(url, transport=clerk.transport))
    return clerk


def test_the_machines_own_account_is_made_a_reviewer_once(
    clerk: Clerk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["review", "list", "--json"]) == 0
    assert [each["id"] for each in json.loads(capsys.readouterr().out)] == ["d1"]
    assert clerk.reviewers == set(clerk.accounts)
    monkeypatch.setattr(groups, "join", None)
    assert main(["review", "list"]) == 0
    assert "71.5 %" in capsys.readouterr().out


def test_nothing_that_waits_is_said_so(clerk: Clerk, capsys: pytest.CaptureFixture[str]) -> None:
    clerk.reviews.clear()
    assert main(["review", "list"]) == 0
    assert capsys.readouterr().out == "Nothing waits for a person.\n"


def test_a_review_is_shown_with_its_doubts_as_they_are_written_and_where_the_scan_is(
    clerk: Clerk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", "show", "d1"]) == 0
    shown = capsys.readouterr().out
    for part in ("Maths", "Monday 11:55 [Lunch] is empty.", "http://store/scan?X=1"):
        assert part in shown


def test_a_proposal_goes_back_as_a_correction(
    clerk: Clerk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["review", "show", "d1", "--proposal"]) == 0
    proposal = json.loads(capsys.readouterr().out)
    proposal["blocks"][0]["title"] = "Music"
    file = tmp_path / "week.json"
    file.write_text(json.dumps(proposal))
    assert main(["review", "correct", "d1", str(file)]) == 0
    assert clerk.reviews["d1"]["decision"]["timetable"] == proposal
    shown = capsys.readouterr().out
    assert "Music" in shown
    assert "d1: corrected" in shown


def test_without_a_proposal_there_is_none_to_print(
    clerk: Clerk, capsys: pytest.CaptureFixture[str]
) -> None:
    clerk.reviews["d1"] = waiting(proposal=None)
    assert main(["review", "show", "d1", "--proposal"]) == 1
    assert "has no proposal" in capsys.readouterr().err


def test_who_approves_takes_the_review_first_and_may_say_it_twice(
    clerk: Clerk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", "approve", "d1"]) == 0
    assert main(["review", "approve", "d1"]) == 0
    assert clerk.reviews["d1"]["status"] == "approved"


def test_who_refuses_says_why(clerk: Clerk) -> None:
    assert main(["review", "refuse", "d1", "This is a menu."]) == 0
    assert clerk.reviews["d1"]["decision"]["reason"] == "This is a menu."


def test_what_another_reviewer_has_is_left_to_them(
    clerk: Clerk, capsys: pytest.CaptureFixture[str]
) -> None:
    clerk.reviews["d1"] = waiting(claimed_until="2026-11-21T13:00:00Z")
    assert main(["review", "approve", "d1"]) == 1
    assert "it is taken" in capsys.readouterr().err
    assert clerk.reviews["d1"]["status"] == "open"


def test_a_document_nobody_was_asked_about_is_an_error(
    clerk: Clerk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", "show", "d2"]) == 1
    assert "nobody was asked about it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read"),
        ("{", "is not JSON"),
        ("[]", "is no timetable"),
        (" " * (review.LARGEST_FILE + 1), "has more than"),
    ],
)
def test_what_is_no_timetable_is_not_sent(
    clerk: Clerk, capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str | None, said: str
) -> None:
    file = tmp_path / "w.json"
    if text is not None:
        file.write_text(text)
    assert main(["review", "correct", "d1", str(file)]) == 1
    assert said in " ".join(capsys.readouterr().err.split())
    assert clerk.accounts == {}, "nobody was asked anything"


def test_process_says_how_to_review_what_waits(capsys: pytest.CaptureFixture[str]) -> None:
    answer = {
        "file": "a.pdf",
        "document_id": "d1",
        "status": "needs_review",
        "reason": None,
        "route": ["ocr"],
        "confidence": 30.0,
        "blocks": [],
        "steps": [],
        "resumed": [],
        "seconds": 1.0,
        "told": False,
    }
    _show(Console(), answer)
    assert "`pilaster review show d1`" in capsys.readouterr().out
