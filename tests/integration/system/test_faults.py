"""The cache and the database taken away under the deployed system, and what users see of it."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image, PngImagePlugin
from pilaster_cli.api import Api

from lambdas.documents.aws.adapters.limits import WINDOW_MILLISECONDS
from lambdas.documents.aws.adapters.valkey import CacheLogin, CacheSettings, Valkey
from lambdas.shared.aws.signing import Keys
from tests.support.deployed import SAMPLES, Deployed
from tests.support.local_cloud import eventually
from tests.support.tokens import subject_of

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


def unseen(folder: Path) -> Path:
    """A picture that completes, and whose bytes nobody has sent before."""
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", uuid.uuid4().hex)
    file = folder / f"{uuid.uuid4().hex}.png"
    with Image.open(SAMPLES / "list.png") as picture:
        picture.save(file, pnginfo=told)
    return file


def sent(api: Api, file: Path, seconds: float = 60) -> dict[str, Any]:
    return api.wait(api.upload(file), timeout_seconds=seconds, seen=lambda _: None)


def steps(document: dict[str, Any]) -> list[str]:
    return [each["name"] + (" cached" * each.get("cached", False)) for each in document["steps"]]


def asked(api: Api, path: str, **more: Any) -> httpx.Response:
    """As it is answered the first time: no second try hides it."""
    headers = {"Authorization": f"Bearer {api.token}"}
    return api._http.request(more.pop("method", "GET"), path, headers=headers, **more)


def announced(api: Api) -> httpx.Response:
    new = {"name": "week.png", "content_type": "image/png", "size": 10}
    return asked(api, "/api/v1/documents", method="POST", json=new)


def process(system: Deployed, kind: str) -> int:
    """The pid of the server behind the cache (`valkey`) or the database (`postgres`); or 0."""
    running = system.status["processes"]
    return next((pid for name, pid in running.items() if name.startswith(f"{kind} ")), 0)


def killed(system: Deployed, kind: str) -> Callable[[], bool]:
    """Kills it; whether another is there."""
    before = process(system, kind)
    os.kill(before, signal.SIGKILL)
    return lambda: process(system, kind) not in (0, before)


def test_the_same_bytes_are_read_once(system: Deployed, tmp_path: Path) -> None:
    """Also for another user: what counts is the content."""
    ann, ben = system.user(), system.user()
    file = unseen(tmp_path)
    first, second = sent(ann, file), sent(ben, file)
    assert steps(first) == ["classify", "preprocess", "read", "interpret"]
    assert steps(second) == ["classify cached", "interpret"]
    assert [each["status"] for each in (first, second)] == ["completed"] * 2
    assert second["timetable"] == first["timetable"]
    assert second["route"] == first["route"] == ["ocr"]


def test_one_user_over_the_limit_waits_and_another_does_not(system: Deployed) -> None:
    ann, ben = system.user(), system.user()
    # As if 240 had come at once and 16 more: sent one by one they would take half a minute.
    full_again = int(time.time() * 1000) + WINDOW_MILLISECONDS + 4_000
    key = f"limit:write:{subject_of(ann)}"
    valkey(system, "limits").ask("SET", key, full_again, "PX", WINDOW_MILLISECONDS + 4_000)
    refused = announced(ann)
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"].endswith("too-many-requests")
    wait = int(refused.headers["retry-after"])
    assert 1 <= wait <= 5
    assert announced(ben).status_code == 201
    assert asked(ann, "/api/v1/documents").status_code == 200, "looking is counted apart"
    time.sleep(wait)
    assert announced(ann).status_code == 201


def valkey(system: Deployed, user: str) -> Valkey:
    """The cache as one of its users, with the account owner's keys."""
    [cache] = system.client("elasticache").describe_serverless_caches()["ServerlessCaches"]
    name, user = cache["ServerlessCacheName"], f"pilaster-local-documents-cache-{user}"
    settings = CacheSettings(
        cache_name=name,
        cache_host=cache["Endpoint"]["Address"],
        cache_port=cache["Endpoint"]["Port"],
        cache_user=user,
    )
    keys = Keys("test", "test")
    login = CacheLogin(keys=keys, region="eu-west-2", cache=name, user=user)
    return Valkey(settings, login.token, connect=_over_tls(system))


def _over_tls(system: Deployed) -> Callable[[str, int], Any]:
    import socket
    import ssl

    authority = system.folder / ".pilaster/local/authority/ca.pem"
    context = ssl.create_default_context(cafile=str(authority))

    def connect(host: str, port: int) -> Any:
        return context.wrap_socket(socket.create_connection((host, port), 5), server_hostname=host)

    return connect


def test_a_cache_that_dies_under_documents_makes_them_no_worse(
    system: Deployed, tmp_path: Path
) -> None:
    """It comes back by itself, and then knows what is read again."""
    ann = system.user()
    files = [unseen(tmp_path) for _ in range(3)]
    sent(ann, files[0])
    documents = [ann.upload(file) for file in files]
    back = killed(system, "valkey")
    assert announced(ann).status_code == 201, "without the cache everybody is let through"
    answers = [ann.wait(each, timeout_seconds=90, seen=lambda _: None) for each in documents]
    assert [each["status"] for each in answers] == ["completed"] * 3
    assert answers[1]["timetable"] == answers[0]["timetable"]
    eventually(back, 30)
    # A function that found it gone does not ask for ten seconds; then it is read, kept and found.
    file = unseen(tmp_path)
    eventually(lambda: "classify cached" in steps(sent(ann, file)), 60)


def test_a_database_that_dies_is_a_503_with_a_time_and_comes_back(system: Deployed) -> None:
    ann = system.user()
    assert asked(ann, "/api/v1/documents").status_code == 200
    back = killed(system, "postgres")
    for answer in (asked(ann, "/api/v1/documents"), announced(ann)):
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json()["type"].endswith("unavailable")
    assert asked(ann, "/health").status_code == 200
    eventually(back, 30)
    eventually(lambda: asked(ann, "/api/v1/documents").status_code == 200, 15)
    assert announced(ann).status_code == 201


def test_a_database_restarted_under_load_leaves_every_document_one_answer(
    system: Deployed, tmp_path: Path
) -> None:
    users = [system.user() for _ in range(3)]
    instance = f"{database(system)}-1"
    owners = {
        user.upload(file): user
        for user in users
        for file in (unseen(tmp_path), unseen(tmp_path), SAMPLES / "letter.pdf")
    }
    seen: Counter[int] = Counter()

    def ended(document: str) -> dict[str, Any]:
        deadline = time.monotonic() + 150
        while time.monotonic() < deadline:
            answer = asked(owners[document], f"/api/v1/documents/{document}")
            seen[answer.status_code] += 1
            if answer.status_code == 503:
                assert "retry-after" in answer.headers
                assert answer.headers["content-type"] == "application/problem+json"
            elif (found := answer.json())["status"] != "pending":
                return found
            time.sleep(0.3)
        raise AssertionError(f"{document} has no answer")

    rds = system.client("rds")
    with ThreadPoolExecutor(len(owners)) as pool:
        answers = pool.map(ended, owners)
        for _ in range(3):
            before = process(system, "postgres")
            rds.reboot_db_instance(DBInstanceIdentifier=instance)
            eventually(lambda before=before: process(system, "postgres") not in (0, before), 30)
            time.sleep(1.5)
        found = list(answers)
    assert set(seen) <= {200, 503}
    statuses = Counter(each["status"] for each in found)
    assert statuses["completed"] == 6
    assert statuses["rejected"] + statuses["needs_review"] == 3
    stored = rows(system, list(owners))
    assert stored == {
        each["id"]: (each["status"], int(each["status"] == "completed")) for each in found
    }


def database(system: Deployed) -> str:
    [cluster] = system.client("rds").describe_db_clusters()["DBClusters"]
    return cluster["DBClusterIdentifier"]


def rows(system: Deployed, documents: list[str]) -> dict[str, tuple[str, int]]:
    """Status and number of timetables, asked of the database itself."""
    [cluster] = system.client("rds").describe_db_clusters()["DBClusters"]
    answer = system.client("rds-data").execute_statement(
        resourceArn=cluster["DBClusterArn"],
        secretArn=cluster["MasterUserSecret"]["SecretArn"],
        database="documents",
        sql="SELECT d.id::text, d.status, (SELECT count(*) FROM timetables t "
        "WHERE t.document_id = d.id) FROM documents d "
        "WHERE d.id = ANY(string_to_array(:ids, ',')::uuid[])",
        parameters=[{"name": "ids", "value": {"stringValue": ",".join(documents)}}],
    )
    return {
        row[0]["stringValue"]: (row[1]["stringValue"], row[2]["longValue"])
        for row in answer["records"]
    }
