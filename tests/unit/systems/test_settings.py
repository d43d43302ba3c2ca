"""What a wrong line in Pulumi.<stack>.yaml is answered with."""

from __future__ import annotations

import json

import pytest

from systems.settings import SettingsError, load

GOOD = {
    "aws:region": "eu-west-2",
    "pilaster:system": "documents",
    "aws:allowedAccountIds": '["000000000000"]',
    "pilaster:account": "000000000000",
    "pilaster:target": "machine",
    "pilaster:zones": '["eu-west-2a", "eu-west-2b"]',
}


def test_a_stack_needs_four_lines_and_the_rest_has_safe_defaults():
    settings = load(GOOD)
    assert settings.zones == ("eu-west-2a", "eu-west-2b")
    assert settings.protect is True
    assert settings.auth.confirm == "email"
    assert settings.data.min_capacity == 0


def test_a_database_that_never_pauses_may_have_a_proxy_and_long_sessions():
    data = '{"min_capacity": 0.5, "proxy": true, "idle_session_seconds": 3600}'
    assert load({**GOOD, "pilaster:data": data}).data.proxy


def test_values_arrive_as_text_and_are_read_as_what_they_are():
    settings = load({**GOOD, "pilaster:protect": "false", "pilaster:log_retention_days": "7"})
    assert settings.protect is False
    assert settings.log_retention_days == 7


def test_origins_are_exact_and_there_are_none_by_default():
    assert load(GOOD).allowed_origins == ()
    named = ["https://app.example", "https://app.example:8443", "http://localhost:5173"]
    given = load({**GOOD, "pilaster:allowed_origins": json.dumps(named)})
    assert given.allowed_origins == tuple(named)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pilaster:acount": "1"}, "pilaster:acount is not a setting: did you mean 'account'?"),
        ({"pilaster:qqq": "1"}, "pilaster:qqq is not a setting: known are system, account, zones"),
        (
            {"pilaster:data": '{"min_capacty": 1}'},
            "pilaster:data.min_capacty is not a setting: did you mean 'min_capacity'?",
        ),
        (
            {"pilaster:system": "document"},
            "pilaster:system 'document' cannot be used: it is one of documents",
        ),
        ({"pilaster:account": "12"}, "pilaster:account '12' cannot be used"),
        ({"pilaster:zones": '["eu-west-2a"]'}, "pilaster:zones ['eu-west-2a'] cannot be used"),
        (
            {"pilaster:zones": '["eu-west-2a", "us-east-1a"]'},
            "pilaster:zones 'us-east-1a' is not in aws:region 'eu-west-2'",
        ),
        ({"pilaster:zones": '["eu-west-2a", "eu-west-2a"]'}, "names a zone twice"),
        (
            {"pilaster:data": '{"pause_after_seconds": 60}'},
            "pilaster:data.pause_after_seconds 60 cannot be used",
        ),
        (
            {"pilaster:data": '{"proxy": true}'},
            "pilaster:data.proxy True does not go with data.min_capacity 0: a proxy keeps",
        ),
        (
            {"pilaster:data": '{"idle_session_seconds": 300}'},
            "pilaster:data.idle_session_seconds 300 is not less than data.pause_after_seconds",
        ),
        (
            {"pilaster:data": '{"statement_timeout_seconds": 26}'},
            "pilaster:data.statement_timeout_seconds 26 cannot be used",
        ),
        ({"pilaster:data": '{"min_capacity": 8}'}, "is more than data.max_capacity (4)"),
        (
            {"pilaster:documents": '{"keep_days": 7}'},
            "pilaster:review.timeout_days 7 is not less than documents.keep_days (7)",
        ),
        (
            {"pilaster:review": '{"escalate_after_hours": 48, "timeout_days": 2}'},
            "pilaster:review.escalate_after_hours 48",
        ),
        ({"pilaster:documents": '{"ocr": "abbyy"}'}, "it is one of tesseract, textract"),
        (
            {"pilaster:target": "machine", "pilaster:documents": '{"ocr": "textract"}'},
            "pilaster:documents.ocr 'textract' is a service of AWS",
        ),
        (
            {"pilaster:target": "machine", "pilaster:documents": '{"read_image": "any"}'},
            "this machine runs none: leave it out here",
        ),
        (
            {"pilaster:documents": '{"read_image_account": "123412341234"}'},
            "pilaster:documents.read_image_account '123412341234' stands alone",
        ),
        ({"pilaster:documents": '{"model_at": 99}'}, "is more than documents.complete_at (98)"),
        ({"pilaster:auth": '{"confirm": "never"}'}, "it is one of email, at-once"),
        ({"pilaster:log_retention_days": "31"}, "it is one of 1, 3, 5"),
        ({"pilaster:region": "eu-west-1"}, "say aws:region"),
        ({"aws:allowedAccountIds": '["111111111111"]'}, "must be exactly ['000000000000']"),
        (
            {"pilaster:data": '{"min_capacity": 0.3}'},
            "pilaster:data.min_capacity 0.3 cannot be used",
        ),
        (
            {"pilaster:zones": "[eu-west-2a, eu-west-2b]"},
            "pilaster:zones '[eu-west-2a, eu-west-2b]'",
        ),
        ({"pilaster:zones": json.dumps([f"eu-west-2{z}" for z in "abcdefghi"])}, "pilaster:zones"),
        *(
            (
                {"pilaster:allowed_origins": json.dumps([wrong])},
                f"pilaster:allowed_origins: origin {wrong!r}",
            )
            for wrong in (
                "*",
                "https://*.example",
                "https://app.example:443",
                "http://localhost:80",
                "https://app.example:0",
                "https://app.example:65536",
                "https://app..example",
                "https://-app.example",
                "https://.",
                "https://app.example/",
                "https://App.example",
                "http://app.example",
                "app.example",
                "null",
            )
        ),
        (
            {"pilaster:allowed_origins": json.dumps(["https://a.example"] * 2)},
            "pilaster:allowed_origins: origins ['https://a.example', 'https://a.example'] name one",
        ),
        ({"pilaster:target": "lambda"}, "does not go with account 000000000000"),
    ],
)
def test_a_wrong_setting_names_the_key_and_the_fix(change: dict[str, str], said: str):
    with pytest.raises(SettingsError) as refused:
        load({**GOOD, **change})
    assert said in str(refused.value)


@pytest.mark.parametrize("key", sorted(set(GOOD) - {"pilaster:target"}))
def test_a_missing_setting_is_named(key: str):
    with pytest.raises(SettingsError, match=f"{key} is missing: set it in"):
        load({each: value for each, value in GOOD.items() if each != key})


def test_nobody_asks_a_model_unless_a_service_is_named():
    assert load(GOOD).model.service == "none"
    given = load({**GOOD, "pilaster:model": '{"service": "stub", "day_budget_cents": 7}'})
    assert (given.model.service, given.model.day_budget_cents) == ("stub", 7)


def test_the_stub_is_for_this_machine_alone():
    aws = {
        **GOOD,
        "pilaster:account": "111111111111",
        "aws:allowedAccountIds": '["111111111111"]',
        "pilaster:target": "lambda",
        "pilaster:model": '{"service": "stub"}',
    }
    with pytest.raises(SettingsError, match="the stub is on this machine alone"):
        load(aws)


@pytest.mark.parametrize(
    "model", ['{"service": "other"}', '{"name": "a model"}', '{"document_budget_cents": 0}']
)
def test_a_model_that_cannot_be_asked_or_paid_is_refused(model: str):
    with pytest.raises(SettingsError, match="pilaster:model"):
        load({**GOOD, "pilaster:model": model})
