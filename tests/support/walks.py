"""Runs of the deployed state machine, led along a path: its functions do as the run's state says.

The definition, the roles, `save` and the review's steps, the database, the tables, the bus and what
settles runs that ended badly are those that were deployed. What reads is tests/support/scripted.py.
"""

from __future__ import annotations

import contextlib
import io
import json
import time
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lambdas.documents.aws.adapters.reviews import DynamoReviews
from lambdas.documents.aws.adapters.runs import state_of
from lambdas.documents.aws.adapters.waiting_runs import StepFunctionsWaitingRuns
from lambdas.documents.model.event import EventType, event
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.outcome import Run
from lambdas.documents.model.review import Decision, Review, ReviewStatus
from lambdas.documents.use_cases.review import tell
from tests.support import scripted_names as names
from tests.support.deployed import Deployed
from tests.support.local_cloud import eventually
from tests.support.patient import http

AT_ONCE = 3
EVENTBRIDGE = {"Service": "events.amazonaws.com"}
HANDLER = "tests/support/scripted.handler"


@dataclass(frozen=True, kw_only=True)
class Fails:
    """A function that fails with that error in these attempts, counted from one."""

    function: str
    error: str
    first: int = 1
    last: int = 10**6


@dataclass(kw_only=True)
class Walk:
    """One document's run, and what came of it."""

    run: Run
    execution: str
    answer: str | None
    """What the reviewer says; None: nobody comes."""
    status: str = "RUNNING"
    entered: list[str] = field(default_factory=list[str])
    """The states, in order."""
    told: Counter[str] = field(default_factory=Counter[str])
    """What a consumer that drops what it knows by its id has heard, by type."""
    said: set[str] = field(default_factory=set[str])
    """The statuses that were told as the job's."""
    document: dict[str, Any] = field(default_factory=dict[str, Any])
    """Its row: status, reason, and whether there is a timetable."""


class Walks:
    """Starts runs, answers what they ask, and gathers what they came to."""

    def __init__(self, system: Deployed, ear: str) -> None:
        self._outputs = system.outputs
        self._states, self._sqs = system.client("stepfunctions"), system.client("sqs")
        self._sql = Sql(system)
        self._ear = ear
        dynamodb = system.client("dynamodb")
        tables = dynamodb.list_tables()["TableNames"]
        self.reviews = DynamoReviews(
            next(each for each in tables if each.endswith("-reviews")), dynamodb
        )
        self._runs = StepFunctionsWaitingRuns(self._states)
        machine = self._states.describe_state_machine(
            stateMachineArn=self._outputs["state_machine_arn"]
        )
        self.definition: dict[str, Any] = json.loads(machine["definition"])
        self._user = UserId(str(uuid.uuid4()))
        self._sql.do(f"insert into users (id) values ('{self._user}')")

    def start(
        self, way: Mapping[str, Any], failing: Iterable[Fails] = (), *, answer: str | None = None
    ) -> Walk:
        """A run of a new document."""
        document = DocumentId(str(uuid.uuid4()))
        run = Run(
            document=document,
            user=self._user,
            bucket=self._outputs["documents_bucket"],
            key=f"uploads/{self._user}/{document}.png",
            version="1",
        )
        self._sql.do(
            "insert into documents (id, owner_id, name, content_type, size, created_at,"
            f" upload_until) values ('{document}', '{self._user}', 'a.png', 'image/png', 1,"
            " now(), now())"
        )
        uploaded = event(run, EventType.DOCUMENT_UPLOADED, at=datetime.now(UTC))
        script = {
            "way": dict(way),
            "failing": [
                {"function": f.function, "error": f.error, "from": f.first, "to": f.last}
                for f in failing
            ],
        }
        given = {**state_of(run, uploaded, self._outputs["event_bus_name"]), "script": script}
        started = self._states.start_execution(
            stateMachineArn=self._outputs["state_machine_arn"],
            name=run.name,
            input=json.dumps(given),
        )
        return Walk(run=run, execution=started["executionArn"], answer=answer)

    def finish(self, walk: Walk, seconds: float = 60) -> None:
        """Until the run has ended; who is asked answers."""
        deadline, asked = time.monotonic() + seconds, False
        while self.status(walk) == "RUNNING":
            assert time.monotonic() < deadline, f"stuck: {self.entered(walk)}"
            review = None if asked else self.reviews.get(walk.run.document)
            if review is not None and review.status is ReviewStatus.OPEN:
                self._answer(walk, review)
                asked = True
            time.sleep(0.05)
        walk.status, walk.entered = self.status(walk), self.entered(walk)

    def status(self, walk: Walk) -> str:
        found: str = self._states.describe_execution(executionArn=walk.execution)["status"]
        return found

    def history(self, walk: Walk) -> list[dict[str, Any]]:
        pages = self._states.get_paginator("get_execution_history")
        return [
            each for page in pages.paginate(executionArn=walk.execution) for each in page["events"]
        ]

    def entered(self, walk: Walk) -> list[str]:
        found = (each.get("stateEnteredEventDetails") for each in self.history(walk))
        return [each["name"] for each in found if each]

    def settle(self, walks: list[Walk], seconds: float = 60) -> None:
        """Reads what stands of each and was told, once all that is left to hear has come."""
        by_id = {str(walk.run.document): walk for walk in walks}
        heard: dict[str, dict[str, str]] = {each: {} for each in by_id}

        def complete() -> bool:
            for said in self._heard():
                detail = said["detail"]
                if (walk := by_id.get(detail["document"])) is not None:
                    heard[detail["document"]][detail["id"]] = said["detail-type"]
                    if said["detail-type"].startswith("job."):
                        walk.said.add(detail["status"])
            return all(walk.said or walk.entered[-1] == "gone" for walk in walks)

        with contextlib.suppress(AssertionError):  # what was not told is the test's to find
            eventually(complete, seconds)
        time.sleep(1)  # for what is said once too often
        complete()
        for walk in walks:
            walk.told = Counter(heard[str(walk.run.document)].values())
        ids = ", ".join(map("'{}'".format, by_id))
        rows = self._sql.rows(
            "select d.id::text, d.status, d.reason, count(t.id) from documents d"
            " left join timetables t on t.document_id = d.id"
            f" where d.id in ({ids}) group by d.id"
        )
        for document, status, reason, timetables in rows:
            if document in by_id:
                found = {"status": status, "reason": reason, "timetables": timetables}
                by_id[document].document = found

    def _answer(self, walk: Walk, review: Review) -> None:
        document = walk.run.document
        if walk.answer is None:
            # The clock, as the interpreter sees it: the wait is over.
            token = self._token(document)
            self._states.send_task_failure(taskToken=token, error="States.Timeout", cause="")
            return
        now, reviewer = datetime.now(UTC), UserId(str(uuid.uuid4()))
        until = datetime.fromtimestamp(now.timestamp() + 600, UTC)
        assert self.reviews.claim(document, reviewer, now=now, until=until)
        approved = walk.answer == ReviewStatus.APPROVED
        decision = Decision(
            status=ReviewStatus(walk.answer),
            at=now,
            by=reviewer,
            timetable=review.proposal if approved else None,
            reason=None if approved else "a menu",
        )
        assert self.reviews.decide(walk.run, decision)
        assert tell(document, answers=self.reviews, runs=self._runs)

    def _token(self, document: DocumentId) -> str:
        item = self.reviews._item(document)
        assert item is not None
        return str(item["token"]["S"])

    def _heard(self) -> Iterator[dict[str, Any]]:
        while True:
            messages = self._sqs.receive_message(
                QueueUrl=self._ear, MaxNumberOfMessages=10, WaitTimeSeconds=0
            ).get("Messages", [])
            for each in messages:
                yield json.loads(each["Body"])
                self._sqs.delete_message(QueueUrl=self._ear, ReceiptHandle=each["ReceiptHandle"])
            if not messages:
                return


class Sql:
    """The database as its owner, through the Data API."""

    def __init__(self, system: Deployed) -> None:
        self._data = system.client("rds-data")
        [cluster] = system.client("rds").describe_db_clusters()["DBClusters"]
        self._where = {
            "resourceArn": cluster["DBClusterArn"],
            "secretArn": cluster["MasterUserSecret"]["SecretArn"],
            "database": "documents",
        }

    def do(self, sql: str) -> Any:
        return self._data.execute_statement(**self._where, sql=sql)

    def rows(self, sql: str) -> list[list[Any]]:
        found = self.do(sql)["records"]
        return [
            [None if "isNull" in each else next(iter(each.values())) for each in row]
            for row in found
        ]


@contextmanager
def scripted(system: Deployed) -> Iterator[Walks]:
    """The deployed functions of the flow, until the block ends, as the script of each run says."""
    with listening(system) as ear, _counting(system), _replaced(system), _no_pauses(system):
        yield Walks(system, ear)


@contextmanager
def _replaced(system: Deployed) -> Iterator[None]:
    functions, iam = system.client("lambda"), system.client("iam")
    before: dict[str, tuple[bytes, str]] = {}
    prefix = names_of(system)
    code = {each: _code(functions, prefix + each) for each in (*names.REAL, "interpret")}
    try:
        for each in (*names.REAL, *names.TOLD):
            name = prefix + each
            known = functions.get_function(FunctionName=name)["Configuration"]
            before[name] = (_code(functions, name), known["Handler"])
            zipped = _with_script(code.get(each, code["interpret"]))
            functions.update_function_code(FunctionName=name, ZipFile=zipped)
            functions.update_function_configuration(FunctionName=name, Handler=HANDLER)
            iam.put_role_policy(
                RoleName=_role(known),
                PolicyName="scripted",
                PolicyDocument=json.dumps(names.COUNTING),
            )
        yield
    finally:
        for name, (zipped, handler) in before.items():
            functions.update_function_code(FunctionName=name, ZipFile=zipped)
            functions.update_function_configuration(FunctionName=name, Handler=handler)
            known = functions.get_function(FunctionName=name)["Configuration"]
            iam.delete_role_policy(RoleName=_role(known), PolicyName="scripted")


def names_of(system: Deployed) -> str:
    """What the names of the flow's functions begin with."""
    machine = system.outputs["state_machine_arn"].rpartition(":")[2]
    return machine.removesuffix("workflow")


def _role(configuration: Mapping[str, Any]) -> str:
    return str(configuration["Role"]).rpartition("/")[2]


def _code(functions: Any, name: str) -> bytes:
    found = functions.get_function(FunctionName=name)["Code"]["Location"]
    return http.get(found).raise_for_status().content


def _with_script(zipped: bytes) -> bytes:
    content = io.BytesIO(zipped)
    here = Path(__file__).parent
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as packed:
        for name in ("scripted.py", "scripted_names.py"):
            packed.writestr(f"tests/support/{name}", (here / name).read_text())
    return content.getvalue()


@contextmanager
def _counting(system: Deployed) -> Iterator[None]:
    dynamodb = system.client("dynamodb")
    dynamodb.create_table(
        TableName=names.COUNTS,
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    try:
        yield
    finally:
        dynamodb.delete_table(TableName=names.COUNTS)


@contextmanager
def listening(system: Deployed) -> Iterator[str]:
    """A queue that hears what is said on the bus of documents."""
    events, sqs = system.client("events"), system.client("sqs")
    bus = system.outputs["event_bus_name"]
    queue = sqs.create_queue(QueueName=f"ear-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    about = {"AttributeNames": ["QueueArn"]}
    arn = sqs.get_queue_attributes(QueueUrl=queue, **about)["Attributes"]["QueueArn"]
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}
    policy = {"Version": "2012-10-17", "Statement": [{**send, "Principal": EVENTBRIDGE}]}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    rule = {"Name": "ear", "EventBusName": bus}
    events.put_rule(**rule, EventPattern=json.dumps({"source": ["pilaster.documents"]}))
    events.put_targets(Rule="ear", EventBusName=bus, Targets=[{"Id": "ear", "Arn": arn}])
    try:
        yield queue
    finally:
        events.remove_targets(Rule="ear", EventBusName=bus, Ids=["ear"])
        events.delete_rule(**rule)
        sqs.delete_queue(QueueUrl=queue)


@contextmanager
def _no_pauses(system: Deployed) -> Iterator[None]:
    """Retries follow at once: the interpreter's own switch, for tests."""
    url = f"{system.platform.endpoint}/_ministack/config"
    name = "stepfunctions._SFN_WAIT_SCALE"
    try:
        assert http.post(url, json={name: 0}).json()["applied"] == {name: 0.0}
        yield
    finally:
        http.post(url, json={name: 1})
