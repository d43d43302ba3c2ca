"""What may be uploaded: names, types and sizes, refused field by field."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.documents.model.errors import InvalidInputError
from lambdas.documents.model.identity import DocumentId, UserId
from lambdas.documents.model.keys import parse_upload_key, upload_key
from lambdas.documents.model.upload import EXTENSIONS, MAX_NAME, accept

LIMIT = 20 * 2**20


def name_of(name: object) -> str:
    return accept(name, "image/png", 1, limit=LIMIT).name


def fields(*arguments: object) -> list[str]:
    with pytest.raises(InvalidInputError) as refused:
        accept(*arguments, limit=LIMIT)
    return [fault.field for fault in refused.value.faults]


@pytest.mark.parametrize(
    "name",
    [
        "../../outside/stundenplan – ünïcödé 📅.png",
        "..\\..\\outside\\week.pdf",
        "<img src=x onerror=alert(1)>.jpg",
        "'; drop table documents; --.png",
        ".png",
        "week.pdf.png",
        "می\u200cخواهم.png",
        "👩\u200d🏫.png",
        "a" * MAX_NAME,
    ],
)
def test_a_name_that_only_looks_dangerous_is_kept_as_it_is(name: str):
    assert name_of(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "timetable\u202egnp.exe",
        "\u2066week\u2069.png",
        "\u200eweek.png",
        "week\ufeff.png",
        "zero\u200bwidth.png",
        "nul\x00byte.png",
        "line\nbreak.png",
        "delete\x7f.png",
        "c1\x85.png",
        "line\u2028separator.png",
        "half \ud83d of a pair.png",
        "a" * (MAX_NAME + 1),
        "a" * 1_000_000,
        "",
        " \u00a0\u3000",
        None,
        7,
        ["week.png"],
        True,
    ],
)
def test_a_name_that_lies_or_cannot_be_stored_is_refused_by_its_field(name: object):
    assert fields(name, "image/png", 1) == ["name"]


def test_a_refused_character_is_named_and_not_repeated():
    with pytest.raises(InvalidInputError) as refused:
        name_of("timetable\u202egnp.exe")
    (fault,) = refused.value.faults
    assert "U+202E" in fault.message
    assert "\u202e" not in fault.message


def test_a_name_is_composed_so_that_equal_names_are_equal_text():
    assert name_of("Stundenpla\u0308ne.png") == "Stundenpläne.png"


@given(st.text())
def test_every_name_is_kept_safe_or_refused(name: str):
    try:
        kept = name_of(name)
    except InvalidInputError:
        assert fields(name, "image/png", 1) == ["name"]
        return
    assert 1 <= len(kept) <= MAX_NAME
    assert kept == unicodedata.normalize("NFC", name).strip()
    assert not {unicodedata.category(each) for each in kept} & {"Cc", "Cs", "Zl", "Zp"}
    assert json.loads(json.dumps(kept)) == kept
    kept.encode()  # PostgreSQL takes what UTF-8 can say, NUL excepted
    assert name_of(kept) == kept, "a name that was given back can be sent again"


@given(st.text(), st.uuids(), st.uuids(), st.sampled_from(sorted(EXTENSIONS)))
def test_a_key_is_ours_whatever_the_name(name: str, user: object, document: object, kind: str):
    key = upload_key(UserId(str(user)), DocumentId(str(document)), kind)
    assert key == f"uploads/{user}/{document}.{EXTENSIONS[kind]}"
    assert parse_upload_key(key) == (str(user), str(document))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "uploads/",
        "uploads/a/b.png",
        "work/6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f60/v/reading.json",
        "uploads/6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f60/6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f61.exe",
        "uploads/6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f60/6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f61.pngx",
        "xuploads/6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f60/6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f61.png",
        "uploads/6F1C0A3E-0d1e-4c55-9e0a-1b2c3d4e5f60/6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f61.png",
        "uploads/6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f60/6f1c0a3e-0d1e-4c55-9e0a-1b2c3d4e5f61.png\n",
    ],
)
def test_a_key_that_is_not_ours_belongs_to_nobody(key: str):
    assert parse_upload_key(key) is None


@pytest.mark.parametrize("size", [0, -1, LIMIT + 1, 10**400, 1.0, "1", None, True, float("nan")])
def test_a_size_must_be_a_whole_number_within_the_limit(size: object):
    assert fields("week.png", "image/png", size) == ["size"]


@pytest.mark.parametrize("size", [1, LIMIT])
def test_the_limits_themselves_are_allowed(size: int):
    assert accept("week.png", "image/png", size, limit=LIMIT).size == size


@pytest.mark.parametrize(
    "kind", ["image/svg+xml", "image/heic", "text/html", "", None, 3, "image/png; charset=x", "*/*"]
)
def test_a_type_we_do_not_read_is_refused(kind: object):
    assert fields("week.png", kind, 1) == ["content_type"]


def test_all_faults_are_told_at_once():
    assert fields("", "image/gif", 0) == ["name", "content_type", "size"]
