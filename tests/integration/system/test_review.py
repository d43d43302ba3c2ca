"""A document that waits for a person, in the deployed system: asked, decided, and answered once."""

from __future__ import annotations

import base64
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pilaster_cli.api import Api, Problem
from pilaster_local.services import platform

from tests.support.deployed import SAMPLES, Deployed
from tests.support.ear import Ear, listening
from tests.support.local_cloud import eventually
from tests.support.patient import http

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

GAPS = SAMPLES / "teacher.pdf"
"""Has free periods, which nobody but a person can tell from lessons that were not read."""
TABLE = "pilaster-local-documents-reviews"
SECONDS = 60
"""Far more than anything here takes; for a busy machine."""


@pytest.fixture(scope="module")
def owner(system: Deployed) -> Api:
    return system.user()


@pytest.fixture(scope="module")
def reviewer(system: Deployed) -> Api:
    return system.user("reviewers")


@pytest.fixture(scope="module")
def colleague(system: Deployed) -> Api:
    return system.user("reviewers")


@pytest.fixture(scope="module")
def ear(system: Deployed) -> Iterator[Ear]:
    with listening(system, "hitl.", "job.", "document.deleted") as heard:
        yield heard


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    """The week as it is: what a reviewer would write."""
    drawn = json.loads(GAPS.with_suffix(".truth.json").read_text())
    blocks = [{**block, "day": block["day"].lower()} for block in drawn["blocks"]]
    return {"title": drawn["title"], "blocks": blocks}


def waiting(system: Deployed, owner: Api) -> str:
    """A document that waits for a person."""
    document = asked(system, owner)
    assert owner.document(document)["status"] == "needs_review"
    return document


def asked(system: Deployed, owner: Api) -> str:
    """A document a person is asked about, this moment."""
    document = owner.upload(GAPS)
    eventually(lambda: item(system, document), SECONDS)
    return document


def answered(owner: Api, document: str) -> dict[str, Any]:
    return owner.wait(document, timeout_seconds=SECONDS, seen=quiet, reviewed=True)


def quiet(_: str) -> None: ...


def item(system: Deployed, document: str) -> dict[str, Any]:
    """The review as it is kept."""
    key = {"document": {"S": document}}
    return system.client("dynamodb").get_item(TableName=TABLE, Key=key).get("Item", {})


def listed(api: Api) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in api.reviews()}


def refused(call: Callable[..., Any], *given: Any, **named: Any) -> tuple[int, str]:
    with pytest.raises(Problem) as problem:
        call(*given, **named)
    return problem.value.status, problem.value.kind


def subject(api: Api) -> str:
    return json.loads(base64.urlsafe_b64decode(api.token.split(".")[1] + "=="))["sub"]


def runs(system: Deployed, document: str) -> list[str]:
    """The statuses of the document's runs."""
    found = system.client("stepfunctions").list_executions(
        stateMachineArn=system.outputs["state_machine_arn"]
    )
    return [each["status"] for each in found["executions"] if each["name"].startswith(document)]


def told(ear: Ear, document: str, *types: str) -> list[dict[str, Any]]:
    """All that was said, once it is this; and it stays at this."""
    eventually(lambda: len(ear.types(document)) >= len(types), SECONDS)
    time.sleep(0.5)
    assert ear.types(document) == list(types)
    return ear.of(document)


def test_a_document_that_waits_is_corrected_and_completed_once(
    system: Deployed, owner: Api, reviewer: Api, ear: Ear, truth: dict[str, Any]
) -> None:
    document = waiting(system, owner)
    [asked] = told(ear, document, "hitl.requested")
    assert asked["escalation"] == 0

    shown = listed(reviewer)[document]
    assert (shown["claimed_until"], shown["claimed_by_me"]) == (None, False)
    review = reviewer.review(document)
    assert review["proposal"]["blocks"]
    assert any("free period" in doubt["why"] for doubt in review["doubts"])
    scan = http.get(review["scan"]["url"])
    assert (scan.status_code, scan.content) == (200, GAPS.read_bytes())

    assert reviewer.claim(document)["claimed_by_me"]
    assert listed(reviewer)[document]["claimed_by_me"]
    decided = reviewer.decide(document, "correct", timetable=truth)
    assert (decided["status"], decided["decided_by"]) == ("corrected", subject(reviewer))

    answer = answered(owner, document)
    assert (answer["status"], answer["route"]) == ("completed", ["ocr", "review"])
    assert answer["reason"] is None
    timetable = answer["timetable"]
    assert timetable["title"] == truth["title"]
    assert [without_notes(each) for each in timetable["blocks"]] == sorted(
        map(without_notes, truth["blocks"]), key=lambda each: (DAYS.index(each[0]), each[1])
    )
    _, said, done = told(ear, document, "hitl.requested", "hitl.completed", "job.completed")
    assert (said["decision"], said["reviewer"]) == ("corrected", subject(reviewer))
    assert (done["status"], done["route"]) == ("completed", ["ocr", "review"])
    assert runs(system, document) == ["SUCCEEDED"]
    assert document not in listed(reviewer)
    assert "token" not in item(system, document)
    assert reviewer.review(document)["decision"]["status"] == "corrected"


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def without_notes(block: dict[str, Any]) -> tuple[str, ...]:
    return tuple(block[name] for name in ("day", "start", "end", "title"))


def test_an_approval_sent_twice_is_one_and_nothing_else_comes_after_it(
    system: Deployed, owner: Api, reviewer: Api, colleague: Api, ear: Ear
) -> None:
    document = waiting(system, owner)
    proposal = reviewer.review(document)["proposal"]
    reviewer.claim(document)
    first = reviewer.decide(document, "approve")
    assert reviewer.decide(document, "approve") == first
    ended = (409, "review-ended")
    assert refused(reviewer.decide, document, "refuse", reason="a menu") == ended
    assert refused(colleague.decide, document, "approve") == ended
    assert refused(colleague.claim, document) == ended
    answer = answered(owner, document)
    assert (answer["status"], answer["timetable"]) == ("completed", proposal)
    assert reviewer.decide(document, "approve") == first, "after the run has ended, too"
    told(ear, document, "hitl.requested", "hitl.completed", "job.completed")


def test_a_refused_document_says_why_and_its_upload_goes(
    system: Deployed, owner: Api, reviewer: Api, ear: Ear
) -> None:
    document = waiting(system, owner)
    reviewer.claim(document)
    reviewer.decide(document, "refuse", reason="This is a menu.")
    answer = answered(owner, document)
    assert (answer["status"], answer["reason"]) == ("rejected", "This is a menu.")
    assert answer["timetable"] is None
    _, said, done = told(ear, document, "hitl.requested", "hitl.completed", "job.completed")
    assert (said["decision"], done["status"]) == ("refused", "rejected")
    pages = system.client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=system.outputs["documents_bucket"])
    of_it = [each for page in found for each in page["Contents"] if document in each["Key"]]
    assert [each["Size"] for each in of_it] == [0], "what keeps the link from being used again"


def test_who_is_no_reviewer_sees_and_decides_nothing(
    system: Deployed, owner: Api, reviewer: Api
) -> None:
    document = waiting(system, owner)
    calls = (
        lambda api: list(api.reviews()),
        lambda api: api.review(document),
        lambda api: api.claim(document),
        lambda api: api.decide(document, "approve"),
    )
    with Api(system.outputs["api_url"]) as nobody:
        for call in calls:
            assert refused(call, owner) == (403, "forbidden"), "its owner is no reviewer either"
            assert refused(call, nobody)[0] == 401
    assert listed(reviewer)[document]["claimed_until"] is None
    owner.delete(document)


def test_of_two_reviewers_at_once_one_has_it(
    system: Deployed, owner: Api, reviewer: Api, colleague: Api
) -> None:
    document = waiting(system, owner)
    unclaimed = refused(reviewer.decide, document, "approve")
    assert unclaimed == (409, "review-not-claimed")
    both = at_once(
        lambda: reviewer.claim(document)["claimed_by_me"],
        lambda: colleague.claim(document)["claimed_by_me"],
    )
    assert sorted(both, key=str) == [(409, "review-taken"), True]
    holder, other = (reviewer, colleague) if both[0] is True else (colleague, reviewer)
    assert refused(other.decide, document, "approve") == (409, "review-taken")
    assert listed(other)[document]["claimed_until"]
    assert not listed(other)[document]["claimed_by_me"]
    words = at_once(
        lambda: holder.decide(document, "approve")["status"],
        lambda: holder.decide(document, "refuse", reason="a menu")["status"],
    )
    [won] = [each for each in words if isinstance(each, str)]
    assert (409, "review-ended") in words
    expected = {"approved": "completed", "refused": "rejected"}[won]
    assert answered(owner, document)["status"] == expected


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each answers, or the status and kind of its refusal."""
    answers: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(number: int) -> None:
        start.wait()
        try:
            answers[number] = calls[number]()
        except Problem as problem:
            answers[number] = (problem.status, problem.kind)

    threads = [threading.Thread(target=run, args=(each,)) for each in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@contextmanager
def impatient(system: Deployed, seconds: int) -> Iterator[None]:
    """Runs that begin meanwhile wait for a person for seconds, not days."""
    states, machine = system.client("stepfunctions"), system.outputs["state_machine_arn"]
    before = states.describe_state_machine(stateMachineArn=machine)["definition"]
    changed = json.loads(before)
    assert changed["States"]["ask"]["TimeoutSeconds"] > 3600
    changed["States"]["ask"]["TimeoutSeconds"] = seconds
    states.update_state_machine(stateMachineArn=machine, definition=json.dumps(changed))
    try:
        yield
    finally:
        states.update_state_machine(stateMachineArn=machine, definition=before)


def test_a_document_nobody_looks_at_in_time_expires_and_a_late_decision_is_refused(
    system: Deployed, owner: Api, reviewer: Api, ear: Ear
) -> None:
    with impatient(system, 2):
        document = asked(system, owner)
    answer = answered(owner, document)
    assert (answer["status"], answer["timetable"]) == ("expired", None)
    assert "in time" in answer["reason"]
    assert refused(reviewer.decide, document, "approve") == (409, "review-ended")
    assert document not in listed(reviewer)
    _, said, done = told(ear, document, "hitl.requested", "hitl.completed", "job.completed")
    assert (said["decision"], done["status"]) == ("timed_out", "expired")
    assert "reviewer" not in said


def test_a_decision_against_the_timeout_ends_as_one_of_both(
    system: Deployed, owner: Api, reviewer: Api, ear: Ear
) -> None:
    """Decided some moments before and after: what the reviewer was answered is what came of it.

    Which of them are in time is the machine's affair.
    """
    wait, moments = 4, (-0.5, -0.2, 0.0, 0.2, 0.5)
    documents: dict[float, str] = {}

    def decide(moment: float) -> Callable[[], str]:
        def call() -> str:
            document = documents[moment] = asked(system, owner)
            reviewer.claim(document)
            since = datetime.fromisoformat(item(system, document)["requested_at"]["S"])
            due = since + timedelta(seconds=wait + moment)
            time.sleep(max((due - datetime.now(UTC)).total_seconds(), 0))
            return reviewer.decide(document, "approve")["status"]

        return call

    with impatient(system, wait):
        answers = at_once(*map(decide, moments))
    for moment, said in zip(moments, answers, strict=True):
        document = documents[moment]
        assert said in ("approved", (409, "review-ended"))
        status = answered(owner, document)["status"]
        assert status == ("completed" if said == "approved" else "expired")
        _, ended, done = told(ear, document, "hitl.requested", "hitl.completed", "job.completed")
        assert ended["decision"] == ("approved" if said == "approved" else "timed_out")
        assert done["status"] == status
        assert runs(system, document) == ["SUCCEEDED"]


def test_a_document_that_is_deleted_while_it_waits_leaves_no_run_and_no_review(
    system: Deployed, owner: Api, reviewer: Api, ear: Ear
) -> None:
    document = waiting(system, owner)
    reviewer.claim(document)
    owner.delete(document)
    eventually(lambda: runs(system, document) == ["ABORTED"], SECONDS)
    eventually(lambda: item(system, document)["status"]["S"] == "withdrawn", SECONDS)
    assert document not in listed(reviewer)
    for call in (reviewer.review, reviewer.claim):
        assert refused(call, document) == (404, "not-found")
    assert refused(reviewer.decide, document, "approve") == (404, "not-found")
    assert set(item(system, document)) == {"document", "status", "decided_at", "expires"}
    told(ear, document, "hitl.requested", "document.deleted")


def watch(system: Deployed) -> dict[str, int]:
    """The clock's call, now."""
    client = system.client("lambda")
    names = [each["FunctionName"] for each in client.list_functions()["Functions"]]
    [name] = [each for each in names if each.endswith("review-watch")]
    answer = client.invoke(FunctionName=name, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
    return json.loads(answer["Payload"].read())


def change(system: Deployed, document: str, **attributes: str) -> None:
    """What time or a crash would have made of the review."""
    system.client("dynamodb").update_item(
        TableName=TABLE,
        Key={"document": {"S": document}},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
        ExpressionAttributeNames={f"#{name}": name for name in attributes},
        ExpressionAttributeValues={f":{name}": {"S": text} for name, text in attributes.items()},
    )


def long_ago(hours: float) -> str:
    return f"{datetime.now(UTC) - timedelta(hours=hours):%Y-%m-%dT%H:%M:%S.%fZ}"


def test_what_nobody_takes_is_said_once_more(
    system: Deployed, owner: Api, reviewer: Api, ear: Ear
) -> None:
    forgotten, taken = waiting(system, owner), waiting(system, owner)
    reviewer.claim(taken)
    change(system, forgotten, requested_at=long_ago(25))
    change(system, taken, requested_at=long_ago(25))
    assert watch(system)["escalated"] == 1
    _, again = told(ear, forgotten, "hitl.requested", "hitl.requested")
    assert again["escalation"] == 1
    assert listed(reviewer)[forgotten]["escalated_at"]
    assert watch(system)["escalated"] == 0
    told(ear, taken, "hitl.requested")
    for document in (forgotten, taken):
        owner.delete(document)


def test_a_run_that_was_not_told_of_its_decision_is_told_by_the_watch(
    system: Deployed, owner: Api, reviewer: Api, ear: Ear
) -> None:
    """The function died between writing the decision and answering the run."""
    document = waiting(system, owner)
    reviewer.claim(document)
    change(
        system,
        document,
        status="refused",
        reason="a menu",
        decided_by=subject(reviewer),
        decided_at=long_ago(0),
        queue="unanswered",
    )
    assert runs(system, document) == ["RUNNING"]
    assert watch(system)["answered"] == 1
    assert answered(owner, document)["status"] == "rejected"
    told(ear, document, "hitl.requested", "hitl.completed", "job.completed")
    assert watch(system)["answered"] == 0


def test_the_command_shows_what_waits_and_decides_on_it(
    system: Deployed, tmp_path: Path, truth: dict[str, Any]
) -> None:
    ran = system.pilaster("process", str(GAPS))
    assert ran.code == 0, ran.err
    document = ran.out.partition("`pilaster review show ")[2].partition("`")[0]
    ran = system.pilaster("review", "list", "--json")
    assert document in [each["id"] for each in json.loads(ran.out)], ran.err
    ran = system.pilaster("review", "show", document)
    assert "free period" in ran.out
    week = tmp_path / "week.json"
    week.write_text(json.dumps(truth))
    for _ in range(2):  # the second time it is the same decision
        ran = system.pilaster("review", "correct", document, str(week))
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.endswith(f"{document}: corrected\n")
    ran = system.pilaster("review", "refuse", document, "a menu")
    assert ran.code == 1
    assert "the first decision stands" in " ".join(ran.err.split())


def test_a_review_outlives_the_platform_stopped_or_killed_and_completes_after_it(
    system: Deployed, owner: Api, reviewer: Api, ear: Ear
) -> None:
    """The last test here: the next document of these bytes is read anew."""
    first, second = documents = [waiting(system, owner) for _ in range(2)]
    for document in documents:
        reviewer.claim(document)
    before = {document: item(system, document) for document in documents}

    def goes_on(document: str) -> None:
        assert set(system.up()) == {"same"}
        assert runs(system, document) == ["RUNNING"]
        assert item(system, document) == before[document], "nobody was asked again"
        assert reviewer.decide(document, "approve")["status"] == "approved"
        assert answered(owner, document)["status"] == "completed"
        told(ear, document, "hitl.requested", "hitl.completed", "job.completed")
        assert runs(system, document) == ["SUCCEEDED"]

    assert system.pilaster("down").code == 0
    goes_on(first)
    assert platform.snapshot(system.platform)
    os.kill(system.platform.processes["emulator"], signal.SIGKILL)
    goes_on(second)
