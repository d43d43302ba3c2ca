"""Log lines: JSON, with the request's id, and no room for secrets or text."""

from __future__ import annotations

import json

import pytest

from lambdas.shared.logging import FIELDS, Log, chain
from tests.support.documents_aws import Context


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_a_line_is_json_and_names_its_call_and_its_request(capsys: pytest.CaptureFixture[str]):
    log = Log(Context(), request_id="request-1", client_request_id="mine")
    log.info("document created", document="d1", size=3)
    line = logged(capsys)
    assert line.pop("time")
    assert line == {
        "level": "INFO",
        "message": "document created",
        "function": "documents-test",
        "invocation_id": "invocation-1",
        "request_id": "request-1",
        "client_request_id": "mine",
        "document": "d1",
        "size": 3,
    }


def test_a_call_that_no_request_asked_for_names_none(capsys: pytest.CaptureFixture[str]):
    Log(Context()).info("step done")
    assert not {"request_id", "client_request_id"} & set(logged(capsys))


@pytest.mark.parametrize(
    "field",
    ["password", "token", "access_token", "authorization", "email", "text", "title"],
)
def test_a_field_that_could_hold_a_secret_or_a_text_is_refused(
    capsys: pytest.CaptureFixture[str], field: str
):
    assert field not in FIELDS
    with pytest.raises(ValueError, match=f"{field}.*may not be logged"):
        Log().info("x", **{field: "hunter2"})
    assert capsys.readouterr().out == ""


def test_a_failure_is_told_by_name_and_place_and_not_by_its_words(
    capsys: pytest.CaptureFixture[str],
):
    try:
        try:
            raise KeyError("row (secret)")
        except KeyError as cause:
            raise RuntimeError("detail: (secret)") from cause
    except RuntimeError as error:
        Log(Context()).failure("request failed", error)
    line = logged(capsys)
    assert line["error"] == "RuntimeError < KeyError"
    assert "secret" not in json.dumps(line)
    assert "test_log_lines.py" in str(line["where"])


def test_a_chain_of_causes_ends():
    error: BaseException = ValueError()
    for _ in range(9):
        following = RuntimeError()
        following.__cause__ = error
        error = following
    assert chain(error).count("RuntimeError") == 5
