"""Cursors and limits, as they stand in a query string."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.documents.aws.api.paging import decode_cursor, decode_limit, encode_cursor
from lambdas.documents.model.document import Position
from lambdas.documents.model.errors import InvalidQueryError
from lambdas.documents.model.identity import DocumentId

moments = st.datetimes(timezones=st.just(UTC))


@given(moments, st.uuids())
def test_a_cursor_leads_back_to_its_place(moment: datetime, id: object):
    position = Position(moment, DocumentId(str(id)))
    assert decode_cursor(encode_cursor(position)) == position


@given(moments, st.uuids())
def test_a_cursor_needs_no_escaping_in_a_url(moment: datetime, id: object):
    cursor = encode_cursor(Position(moment, DocumentId(str(id))))
    assert cursor.isascii()
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_anything_else_is_a_bad_cursor_and_no_crash(text: str):
    with pytest.raises(InvalidQueryError) as refused:
        decode_cursor(text)
    assert [fault.field for fault in refused.value.faults] == ["cursor"]


def test_a_cursor_that_was_changed_is_refused():
    id = DocumentId("6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f60")
    cursor = encode_cursor(Position(datetime(2026, 11, 21, tzinfo=UTC), id))
    assert decode_cursor(cursor) is not None
    for changed in (cursor + "=", cursor + "A", cursor[:-1], f" {cursor}", cursor.lower()):
        with pytest.raises(InvalidQueryError):
            decode_cursor(changed)


def test_no_cursor_is_the_beginning():
    assert decode_cursor(None) is None


@pytest.mark.parametrize(("text", "limit"), [(None, 20), ("1", 1), ("100", 100), ("007", 7)])
def test_a_limit_within_bounds_is_taken(text: str | None, limit: int):
    assert decode_limit(text) == limit


@pytest.mark.parametrize("text", ["0", "101", "-1", "", "1.5", "ten", "٣", "9" * 5000, " 1"])
def test_a_limit_out_of_bounds_is_refused(text: str):
    with pytest.raises(InvalidQueryError) as refused:
        decode_limit(text)
    assert [fault.field for fault in refused.value.faults] == ["limit"]
