"""A shaded band across a table holds one cell of every day."""

from lambdas.documents.reading.classify import classify
from lambdas.documents.reading.interpret import interpret
from lambdas.documents.reading.read import read
from samples.generator.series import orders


def test_a_shaded_row_without_rules_between_its_days_is_not_one_lesson_of_all_days() -> None:
    (order,) = orders(
        seed=995116, count=1, set_name="held-out", kinds=["png_scan"], families=["open-rows"]
    )
    document = order.draw()
    found = interpret(read(document.data, classify(document.data)))
    assert found.confidence < 98
    assert any("reads like several cells in a row" in doubt.why for doubt in found.doubts)
