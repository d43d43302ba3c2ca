from __future__ import annotations

from lambdas.documents.reading.chain import doubts_of, starts_doubts


def minutes(*clock: str) -> list[int]:
    return [int(c[:2]) * 60 + int(c[3:]) for c in clock]


def spans(*clock: str) -> list[tuple[int, int]]:
    return [tuple(minutes(*c.split("-"))) for c in clock]  # type: ignore[misc]


DAY = spans(
    "08:45-09:00", "09:00-10:00", "10:00-10:20", "10:20-11:20", "11:20-12:20", "13:15-15:15"
)


def rules(found: object) -> set[str]:
    return {doubt.rule for doubt in found}  # type: ignore[attr-defined]


def test_an_ordinary_day_is_believed() -> None:
    assert rules(doubts_of(DAY, where="The day", twelve=False)) == set()


def test_an_end_after_the_next_start_is_a_doubt() -> None:
    odd = [*DAY[:1], *spans("09:00-10:10"), *DAY[2:]]
    assert "time-order" in rules(doubts_of(odd, where="The day", twelve=False))


def test_a_time_off_the_five_minute_marks_is_a_doubt() -> None:
    odd = [*DAY[:-1], *spans("13:15-15:51")]
    assert "time-odd" in rules(doubts_of(odd, where="The day", twelve=False))


def test_a_last_end_that_could_be_swapped_is_a_doubt() -> None:
    odd = [*DAY[:-1], *spans("13:15-14:15", "14:15-15:05")]
    assert "time-swappable" in rules(doubts_of(odd, where="The day", twelve=False))


def test_it_is_believed_when_another_print_confirms_it() -> None:
    odd = [*DAY[:-1], *spans("13:15-14:15", "14:15-15:05")]
    confirmed = minutes("15:05")
    assert rules(doubts_of(odd, where="The day", twelve=False, confirmed=confirmed)) == set()


def test_a_lone_column_of_starts_is_held_by_regular_lengths() -> None:
    good = minutes("09:00", "10:00", "10:15", "11:15", "12:15")
    assert not list(starts_doubts(good, minutes("13:15")[0], where="Starts", twelve=False))
    # 10:50 for 10:05: both stand between their neighbours.
    bad = minutes("09:00", "09:50", "10:50", "11:05", "12:15")
    found = starts_doubts(bad, minutes("13:15")[0], where="Starts", twelve=False)
    assert rules(found) == {"time-swappable"}
