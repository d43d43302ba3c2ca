"""The scorer decides as the truth's rules say."""

import pytest

from samples.score import alike, completed, day_of, score


def block(day="Monday", start="09:00", end="10:00", title="Maths"):
    return {"day": day, "start": start, "end": end, "title": title}


def truth(*blocks, timetable=True):
    return {"is_timetable": timetable, "blocks": list(blocks)}


def test_the_truth_itself_scores_full():
    result = score(
        truth(block(), block(start="10:00", end="11:00")),
        [block(start="10:00", end="11:00"), block()],
    )
    assert (result.matched, result.exact, result.f1) == (2, True, 1.0)


@pytest.mark.parametrize(
    "wrong",
    [block(day="Tuesday"), block(start="09:05"), block(end="10:05"), block(title="English")],
)
def test_another_day_time_or_title_is_one_missed_and_one_invented(wrong):
    result = score(truth(block()), [wrong])
    assert (result.matched, len(result.missed), len(result.extra)) == (0, 1, 1)


def test_case_punctuation_and_a_slip_of_one_letter_are_forgiven():
    assert score(
        truth(block(title="Design & Technology")), [block(title="design and technology")]
    ).exact
    assert score(truth(block(title="Comprehension")), [block(title="Comprehensoin")]).exact
    assert alike("Art", "PE") == 0.0


def test_matching_is_one_to_one_and_as_large_as_possible():
    twins = truth(block(title="Maths set 1"), block(title="Maths set 12"))
    found = [block(title="Maths set 12"), block(title="Maths set 1")]
    assert score(twins, found).exact
    assert len(score(truth(block()), [block(), block()]).extra) == 1


def test_short_names_of_days_are_understood():
    assert [day_of(d) for d in ("mon", "Tues.", "WEDNESDAY", "weds")] == [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Wednesday",
    ]
    assert day_of("T").startswith("?")


def test_only_what_was_completed_can_be_wrong():
    assert completed(truth(block()), "needs_review", []) is None
    assert completed(truth(block()), "completed", [block()]) is True
    assert completed(truth(block()), "completed", []) is False


def test_a_letter_is_never_rightly_completed():
    assert completed(truth(timetable=False), "completed", []) is False
    assert completed(truth(timetable=False), "rejected", []) is None
