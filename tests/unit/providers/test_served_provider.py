"""The resource provider service: what the official engine is answered, without a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pilaster_local.engine.capabilities import (
    DeleteWithInputs,
    DiffWithInputs,
    FindRequest,
    NoAnswerError,
    ResourceInitError,
    UpdateWithInputs,
)
from pilaster_local.engine.conversion import ElidedArchive, from_struct, to_struct
from pilaster_local.engine.values import ARCHIVE, SIGNATURE, UNKNOWN, secret
from pilaster_local.providers.served.messages import UNFINISHED
from pilaster_local.providers.served.servicer import Servicer
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckRequest,
    CheckResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    InvokeRequest,
    InvokeResponse,
    PropertyDiff,
    PropertyDiffKind,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)
from pulumi.runtime.proto import provider_pb2, status_pb2

URN = "urn:pulumi:local::p::demo:index:Parent$shelf:index:Box::box"


class Desk(Provider):
    """Notes what it is asked; fails with `failure`, and then finds `made`."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.failure: Exception | None = None
        self.made: str | None = None
        self.is_gone = False

    def _note(self, request: Any) -> Any:
        self.asked.append(request)
        if self.failure:
            raise self.failure
        return request

    async def check(self, request: CheckRequest) -> CheckResponse:
        return CheckResponse(self._note(request).new_inputs)

    async def diff(self, request: DiffRequest) -> DiffResponse:
        self._note(request)
        detail = PropertyDiff(PropertyDiffKind.UPDATE_REPLACE, True)
        return DiffResponse(True, ["name"], [], True, ["name"], {"name": detail})

    async def create(self, request: CreateRequest) -> CreateResponse:
        return CreateResponse("id", self._note(request).properties)

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        return UpdateResponse(self._note(request).news)

    async def delete(self, request: DeleteRequest) -> None:
        self._note(request)

    async def read(self, request: ReadRequest) -> ReadResponse:
        self._note(request)
        if self.is_gone:
            return ReadResponse()
        return ReadResponse(request.resource_id, request.properties, request.inputs)

    async def invoke(self, request: InvokeRequest) -> InvokeResponse:
        return InvokeResponse(self._note(request).args)

    async def find(self, request: FindRequest) -> str | None:
        return self.made


class Refused(Exception):
    def __init__(self, code: grpc.StatusCode, text: str, details: Any) -> None:
        super().__init__(text)
        self.code, self.text, self.details = code, text, details


class Context:
    async def abort(self, code: grpc.StatusCode, text: str, details: Any = ()) -> None:
        raise Refused(code, text, details)


class Line:
    """Calls the service of a desk."""

    def __init__(self) -> None:
        self.desk = Desk()
        self._servicer = Servicer(self.desk, "1.2.3")

    def __call__(self, method: str, request: Any) -> Any:
        return asyncio.run(getattr(self._servicer, method)(request, Context()))


@pytest.fixture
def line() -> Line:
    return Line()


def update(**fields: Any) -> Any:
    given = {name: to_struct(value) for name, value in fields.items()}
    return provider_pb2.UpdateRequest(urn=URN, id="id", **given)


def half_made(refused: Refused) -> provider_pb2.ErrorResourceInitFailed:
    [(key, packed)] = refused.details
    assert key == "grpc-status-details-bin"
    status = status_pb2.Status.FromString(packed)
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    return detail


def test_old_inputs_reach_a_diff_an_update_and_a_delete(line: Line) -> None:
    old, state = to_struct({"gone": 1}), to_struct({"arn": "a"})
    line("Diff", provider_pb2.DiffRequest(urn=URN, id="i", old_inputs=old, olds=state))
    line("Update", provider_pb2.UpdateRequest(urn=URN, id="i", old_inputs=old, olds=state))
    line("Delete", provider_pb2.DeleteRequest(urn=URN, id="i", old_inputs=old, properties=state))
    assert [type(r) for r in line.desk.asked] == [
        DiffWithInputs,
        UpdateWithInputs,
        DeleteWithInputs,
    ]
    assert [r.old_inputs for r in line.desk.asked] == [{"gone": PropertyValue(1.0)}] * 3


def test_an_archive_of_which_only_the_hash_comes_goes_back_with_it(line: Line) -> None:
    bare = {"code": {SIGNATURE: ARCHIVE, "hash": "abc"}}
    state = to_struct(bare)
    answer = line("Read", provider_pb2.ReadRequest(urn=URN, id="i", properties=state, inputs=state))
    assert isinstance(line.desk.asked[0].properties["code"].value, ElidedArchive)
    empty = {"code": {SIGNATURE: ARCHIVE, "assets": {}, "hash": "abc"}}
    assert from_struct(answer.properties) == from_struct(answer.inputs) == empty


def test_an_archive_keeps_its_hash_through_a_check(line: Line) -> None:
    whole = {"code": {SIGNATURE: ARCHIVE, "path": "a.zip", "hash": "abc"}}
    answer = line("Check", provider_pb2.CheckRequest(urn=URN, news=to_struct(whole)))
    assert from_struct(answer.inputs) == whole


def test_unknowns_and_secrets_go_in_and_come_out(line: Line) -> None:
    inputs = {"arn": UNKNOWN, "pin": secret("1234"), "deep": {"in": [UNKNOWN, secret(5)]}}
    answer = line("Check", provider_pb2.CheckRequest(urn=URN, news=to_struct(inputs)))
    assert from_struct(answer.inputs) == inputs


def test_a_diff_says_what_changes_what_replaces_and_in_which_order(line: Line) -> None:
    answer = line("Diff", provider_pb2.DiffRequest(urn=URN, id="i"))
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert (list(answer.replaces), list(answer.diffs)) == (["name"], ["name"])
    assert answer.deleteBeforeReplace
    assert answer.detailedDiff["name"].kind == provider_pb2.PropertyDiff.UPDATE_REPLACE


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (ValueError("no such name"), grpc.StatusCode.FAILED_PRECONDITION, "no such name"),
        (
            NoAnswerError("it broke"),
            grpc.StatusCode.UNKNOWN,
            "the service did not answer: it broke",
        ),
        (KeyError("name"), grpc.StatusCode.FAILED_PRECONDITION, "KeyError: 'name'"),
    ],
)
def test_an_error_is_a_sentence_and_says_whether_anything_was_done(
    line: Line, error: Exception, code: grpc.StatusCode, text: str
) -> None:
    line.desk.failure = error
    with pytest.raises(Refused) as refused:
        line("Delete", provider_pb2.DeleteRequest(urn=URN, id="i"))
    assert (refused.value.code, refused.value.text) == (code, text)
    assert refused.value.details == ()


def test_a_mistake_of_ours_leaves_its_trace_where_it_is_seen(
    line: Line, capsys: pytest.CaptureFixture[str]
) -> None:
    line.desk.failure = KeyError("name")
    with pytest.raises(Refused):
        line("Delete", provider_pb2.DeleteRequest(urn=URN, id="i"))
    assert "Traceback" in capsys.readouterr().err


def test_an_error_repeats_no_secret(line: Line) -> None:
    line.desk.failure = ValueError("the service refused 'hunter22'")
    inputs = to_struct({"password": secret("hunter22")})
    with pytest.raises(Refused, match=r"^the service refused '\[secret\]'$"):
        line("Create", provider_pb2.CreateRequest(urn=URN, properties=inputs))


def test_what_is_made_and_not_finished_is_kept_with_its_reasons(line: Line) -> None:
    made = {"arn": PropertyValue("a")}
    line.desk.failure = ResourceInitError("made", ["the lid is missing"], made)
    with pytest.raises(Refused) as refused:
        line("Create", provider_pb2.CreateRequest(urn=URN))
    detail = half_made(refused.value)
    assert (detail.id, list(detail.reasons)) == ("made", ["the lid is missing"])
    assert from_struct(detail.properties) == {"arn": "a", UNFINISHED: True}


def test_a_create_without_an_answer_looks_for_what_it_made(line: Line) -> None:
    line.desk.failure, line.desk.made = NoAnswerError("it broke"), "made"
    with pytest.raises(Refused) as refused:
        line("Create", provider_pb2.CreateRequest(urn=URN))
    assert half_made(refused.value).id == "made"


def test_a_create_without_an_answer_that_made_nothing_is_one_without_an_answer(line: Line) -> None:
    line.desk.failure = NoAnswerError("it broke")
    with pytest.raises(Refused) as refused:
        line("Create", provider_pb2.CreateRequest(urn=URN))
    assert (refused.value.code, refused.value.details) == (grpc.StatusCode.UNKNOWN, ())


@pytest.mark.parametrize(
    ("olds", "old_inputs", "news", "incomplete"),
    [
        ({}, {"a": 1}, {"a": 2}, False),
        ({UNFINISHED: True}, {"a": 1}, {"a": 2}, True),
        ({}, {"a": 1}, {"a": 1}, True),
    ],
)
def test_an_update_says_whether_an_earlier_step_did_not_finish(
    line: Line, olds: Any, old_inputs: Any, news: Any, incomplete: bool
) -> None:
    line("Update", update(olds=olds, old_inputs=old_inputs, news=news))
    [asked] = line.desk.asked
    assert asked.incomplete is incomplete
    assert asked.olds == {}, "the mark is the service's own"


def test_an_update_that_is_refused_half_way_is_begun_anew_by_the_next(line: Line) -> None:
    line.desk.failure = ValueError("too many tags")
    with pytest.raises(Refused) as refused:
        line("Update", update(olds={"arn": "a"}, old_inputs={"a": 1}, news={"a": 2}))
    detail = half_made(refused.value)
    assert list(detail.reasons) == ["too many tags"]
    assert from_struct(detail.properties) == {"arn": "a", UNFINISHED: True}


def test_a_refresh_does_not_take_what_is_unfinished_for_finished(line: Line) -> None:
    state = to_struct({"arn": "a", UNFINISHED: True})
    with pytest.raises(Refused) as refused:
        line("Read", provider_pb2.ReadRequest(urn=URN, id="i", properties=state))
    assert from_struct(half_made(refused.value).properties) == {"arn": "a", UNFINISHED: True}


def test_what_is_not_there_is_read_as_nothing_at_all(line: Line) -> None:
    """Empty properties would be a thing to the official engine: it would import it."""
    line.desk.is_gone = True
    answer = line("Read", provider_pb2.ReadRequest(urn=URN, id="i"))
    assert answer.id == ""
    assert not answer.HasField("properties")
    assert not answer.HasField("inputs")


def test_other_settings_are_an_update_of_the_provider_and_replace_nothing(line: Line) -> None:
    old = to_struct({"region": "a", "x": 1})
    new = to_struct({"region": "b", "x": 1, "__internal": {}})
    answer = line("DiffConfig", provider_pb2.DiffRequest(urn=URN, old_inputs=old, news=new))
    assert (list(answer.diffs), list(answer.replaces)) == (["region"], [])


@pytest.mark.parametrize(
    ("method", "request_type"),
    [
        ("GetPluginInfo", None),
        ("Handshake", provider_pb2.ProviderHandshakeRequest),
        ("GetSchema", provider_pb2.GetSchemaRequest),
        ("GetMapping", provider_pb2.GetMappingRequest),
        ("GetMappings", provider_pb2.GetMappingsRequest),
        ("CheckConfig", provider_pb2.CheckRequest),
        ("Configure", provider_pb2.ConfigureRequest),
        ("Cancel", None),
    ],
)
def test_what_the_engine_asks_of_a_plugin_is_answered(
    line: Line, method: str, request_type: Callable[[], Any] | None
) -> None:

    line(method, (request_type or empty_pb2.Empty)())


@pytest.mark.parametrize(
    ("method", "request_type"),
    [
        ("Construct", provider_pb2.ConstructRequest),
        ("Call", provider_pb2.CallRequest),
        ("Parameterize", provider_pb2.ParameterizeRequest),
    ],
)
def test_what_a_provider_of_resources_does_not_do_is_said(
    line: Line, method: str, request_type: Callable[[], Any]
) -> None:
    with pytest.raises(Refused) as refused:
        line(method, request_type())
    assert refused.value.code == grpc.StatusCode.UNIMPLEMENTED
