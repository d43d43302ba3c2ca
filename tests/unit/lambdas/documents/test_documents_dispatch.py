"""The dispatcher: word of a free place starts who is next, whatever else it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambdas.documents.aws.adapters.admission import DynamoAdmission
from lambdas.documents.aws.adapters.runs import PAGES, StepFunctionsRuns
from lambdas.documents.aws.entries import detail
from lambdas.documents.model.admission import GRACE_SECONDS, Lease, Slots, Waiting
from lambdas.documents.model.errors import AdmissionUnavailableError
from lambdas.documents.model.event import EventType, event
from lambdas.documents.model.outcome import Run
from lambdas.documents.use_cases import admit as use
from tests.support.documents_aws import LAMBDA, Context, Service, client_error
from tests.support.documents_examples import NOON, a_document, a_job, a_run
from tests.support.waiting_room import WaitingRoom, Workshop


@pytest.fixture
def dispatch(monkeypatch: pytest.MonkeyPatch) -> Any:
    own = {
        "STATE_MACHINE_ARN": "arn:machine",
        "EVENT_BUS": "the-bus",
        "ADMISSION_TABLE": "admission",
        "AT_ONCE": "1",
    }
    for name, value in {**LAMBDA, **own}.items():
        monkeypatch.setenv(name, value)
    from lambdas.documents.aws import dispatch

    monkeypatch.setattr(dispatch, "admission", WaitingRoom())
    monkeypatch.setattr(dispatch, "runs", Workshop())
    return dispatch


def ended(run: Run) -> dict[str, Any]:
    """What Step Functions says by way of EventBridge."""
    return {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {"name": run.name, "status": "SUCCEEDED"},
    }


def asks(run: Run) -> dict[str, Any]:
    said = event(run, EventType.HITL_REQUESTED, at=NOON)
    return {"source": "pilaster.documents", "detail-type": said.type.value, "detail": detail(said)}


MINUTE = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


def call(dispatch: Any, *notices: Any) -> list[str]:
    records = [
        {"messageId": str(n), "body": each if isinstance(each, str) else json.dumps(each)}
        for n, each in enumerate(notices)
    ]
    answer = dispatch.handler({"Records": records}, Context())
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def two(dispatch: Any) -> tuple[Run, Run]:
    """One that runs, and one that waits for it."""
    first, second = a_run(a_document()), a_run(a_document())
    for run in (first, second):
        use.enter(a_job(run), admission=dispatch.admission)
        use.admit(at_once=1, admission=dispatch.admission, runs=dispatch.runs)
    assert dispatch.runs.started == [first]
    return first, second


@pytest.mark.parametrize("word", [ended, asks])
def test_a_run_that_ended_or_asks_a_person_makes_room_for_the_next(dispatch: Any, word: Any):
    first, second = two(dispatch)
    assert call(dispatch, word(first)) == []
    assert dispatch.runs.started == [first, second]
    assert call(dispatch, word(first), word(first)) == [], "told again, it changes nothing"
    assert dispatch.admission.stands.leases.keys() == {second.name}


def test_the_end_of_a_run_without_a_place_gives_nobody_else_s_away(dispatch: Any):
    first, _ = two(dispatch)
    call(dispatch, ended(a_run(a_document())))
    assert dispatch.runs.started == [first]


def test_every_minute_it_looks_for_itself(dispatch: Any, monkeypatch: pytest.MonkeyPatch):
    first, second = two(dispatch)
    dispatch.runs.end(first.name)
    call(dispatch, MINUTE)
    assert dispatch.runs.started == [first], "too early to ask"
    lease = dispatch.admission.stands.leases[first.name]
    old = Lease(since=lease.since - GRACE_SECONDS, until=lease.until)
    dispatch.admission.stands = Slots(leases={first.name: old}, version=1)
    call(dispatch, MINUTE)
    assert dispatch.runs.started == [first, second]


def test_what_nobody_understands_is_put_aside_alone(dispatch: Any):
    first, second = two(dispatch)
    stranger = {"source": "aws.s3", "detail": {}}
    assert call(dispatch, "{", ended(first), stranger, {"source": "aws.states"}) == ["0", "2", "3"]
    assert dispatch.runs.started == [first, second]


def test_an_ended_run_is_looked_for_among_those_that_run():
    pages = [
        {"executions": [{"name": "a"}, {"name": "x"}], "nextToken": "more"},
        {"executions": [{"name": "b"}]},
    ]
    states = Service(list_executions=pages)
    assert StepFunctionsRuns("m", "bus", states).running(["a", "b", "c"]) == {"a", "b"}
    assert [each.get("nextToken") for _, each in states.calls] == [None, "more"]
    assert {each["statusFilter"] for _, each in states.calls} == {"RUNNING"}


def test_in_a_list_too_long_to_read_nobody_is_called_ended():
    states = Service(list_executions={"executions": [{"name": "a"}], "nextToken": "more"})
    assert StepFunctionsRuns("m", "bus", states).running(["a", "c"]) == {"a", "c"}
    assert len(states.calls) == PAGES


@pytest.mark.parametrize(
    ("reasons", "wrote"),
    [(["None", "ConditionalCheckFailed"], False), (["TransactionConflict"], False)],
)
def test_a_write_somebody_else_was_faster_with_says_so(reasons: list[str], wrote: bool):
    error = client_error("TransactionCanceledException")
    error.response["CancellationReasons"] = [{"Code": each} for each in reasons]
    table = DynamoAdmission("t", Service(transact_write_items=error))
    assert table.replace(Slots(), Slots(version=1)) is wrote
    waiting = Waiting(job=a_job(a_run(a_document())), turn=0, arrived=0)
    assert table.enter(waiting, after=None) is wrote


def test_a_write_that_is_refused_for_another_reason_is_an_error():
    error = client_error("TransactionCanceledException")
    error.response["CancellationReasons"] = [{"Code": "ValidationError"}]
    table = DynamoAdmission("t", Service(transact_write_items=error))
    with pytest.raises(Exception, match="TransactionCanceledException"):
        table.replace(Slots(), Slots(version=1))


@pytest.mark.parametrize(
    "error",
    [
        client_error("ProvisionedThroughputExceededException"),
        client_error("InternalServerError", status=500),
        client_error("ThrottlingException"),
    ],
)
def test_a_table_that_does_not_answer_is_an_error_that_passes(error: Exception):
    table = DynamoAdmission("t", Service(get_item=error, query=error, transact_write_items=error))
    for ask in (
        table.slots,
        lambda: table.next(3),
        lambda: table.known("x"),
        lambda: table.replace(Slots(), Slots(version=1)),
    ):
        with pytest.raises(AdmissionUnavailableError):
            ask()
