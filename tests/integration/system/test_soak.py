"""Many documents of several people at once: none lost, none doubled, nobody sees another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.deployed import SAMPLES, Deployed

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket, pytest.mark.long]

PEOPLE, EACH = 3, 12
FILES = ("nursery.pdf", "list.png", "letter.pdf", "pupil.pdf")


def test_every_document_of_everybody_gets_one_answer(system: Deployed) -> None:
    people = [system.user() for _ in range(PEOPLE)]
    sent = [
        (person, SAMPLES / FILES[number % len(FILES)])
        for number in range(EACH)
        for person in range(PEOPLE)
    ]
    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(lambda each: people[each[0]].upload(each[1]), sent))
    answers = [
        people[person].wait(document, timeout_seconds=400, seen=lambda _: None)
        for (person, _), document in zip(sent, ids, strict=True)
    ]
    assert len(set(ids)) == PEOPLE * EACH
    wrong = [
        (file.name, answer["status"])
        for (_, file), answer in zip(sent, answers, strict=True)
        if (answer["status"] == "completed") != (file.name != "letter.pdf")
    ]
    assert wrong == []
    for person, api in enumerate(people):
        mine = {document for (owner, _), document in zip(sent, ids, strict=True) if owner == person}
        assert {each["id"] for each in api.documents(page=5)} == mine
