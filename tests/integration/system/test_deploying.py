"""What a second `up`, a change and a mistake do to a system that is deployed."""

from __future__ import annotations

import re

import pytest

from tests.support.deployed import Deployed
from tests.support.patient import http

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

PAGE = "systems/documents/aws/page.py"
ACCOUNTS = "systems/documents/aws/accounts.py"


def test_health_answers_through_the_api(system: Deployed) -> None:
    answer = http.get(system.outputs["api_url"] + "/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_second_up_changes_nothing(system: Deployed) -> None:
    assert set(system.up()) == {"same"}


def test_a_changed_handler_is_an_update_of_that_function_alone(system: Deployed) -> None:
    handler = "lambdas/documents/aws/health/show.py"
    with system.changed(handler, lambda text: text.replace('"ok"', '"fine"')):
        counts = system.up()
        assert {op: count for op, count in counts.items() if op != "same"} == {"update": 1}
        assert http.get(system.outputs["api_url"] + "/health").json() == {"status": "fine"}
    assert system.up()["update"] == 1


def test_what_is_taken_out_of_the_program_is_deleted_and_nothing_else(system: Deployed) -> None:
    def without(text: str) -> str:
        """The route's own entry, and its throttle."""
        entry = r' +"POST /api/v1/auth/confirm": (confirm\(\n.*\n +\)|Throttle\(.*\)),\n'
        return re.sub(entry, "", text)

    url = system.outputs["api_url"]
    with system.changed(ACCOUNTS, without):
        counts = system.up()
        # Route, integration, permission; the component, its function, role, policy and logs. The
        # stage forgets its throttle, and the function of all the rest that there was such a route.
        changes = {op: count for op, count in counts.items() if op != "same"}
        assert changes == {"delete": 8, "update": 2}
        assert http.post(url + "/api/v1/auth/confirm", json={}).status_code == 404
        assert http.get(url + "/health").status_code == 200
    assert system.up()["create"] == 8


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("pilaster:protect", "pilaster:protct", "did you mean 'protect'?"),
        ('"000000000000"', '"00"', "pilaster:account '00' cannot be used"),
        ('"000000000000"', '"123456789012"', "123456789012"),
    ],
)
def test_a_wrong_setting_stops_before_anything_is_made(
    system: Deployed, before: str, after: str, said: str
) -> None:
    with system.changed("Pulumi.local.yaml", lambda text: text.replace(before, after)):
        ran = system.pilaster("up")
    assert ran.code == 1
    assert said in ran.err
    assert "create" not in ran.err
    assert "Traceback" not in ran.err
    assert set(system.up()) == {"same"}


def test_a_function_without_the_grant_is_refused_by_name(system: Deployed) -> None:
    """The document fails with a plain reason; the log of the step names the action."""
    from tests.support.deployed import SAMPLES

    grant = 'files.read_objects("uploads/"), files.write_objects("work/"), look]'
    less = 'files.write_objects("work/"), look]'
    with system.changed(PAGE, lambda text: text.replace(grant, less, 1)):
        system.up()
        [answer] = system.process(SAMPLES / "list.png")
        log = system.folder / ".pilaster/local/logs/functions"
        told = (log / "pilaster-local-documents-pipeline-classify.log").read_text()
    system.up()
    assert answer["status"] == "failed"
    assert "our side" in answer["reason"]
    assert "AccessDenied" in told
