"""The documentation of the rules is what the rules say."""

from __future__ import annotations

from pathlib import Path

import pytest
from pilaster_policies import catalog
from pilaster_policies.controls import CATALOG
from pilaster_policies.registry import RULES

DOCS = Path(__file__).parents[3] / "docs" / "policies.md"


def test_every_rule_is_in_the_catalog_and_no_other() -> None:
    assert set(CATALOG) == set(RULES)


@pytest.mark.parametrize("rule", sorted(CATALOG))
def test_each_example_has_its_verdict(rule: str) -> None:
    entry = CATALOG[rule]
    assert "mandatory" in {said.level for said in catalog.verdicts(rule, entry.broken)}
    assert catalog.verdicts(rule, entry.kept) == []
    unknown = catalog.verdicts(rule, entry.unknown)
    assert {(said.rule, said.level) for said in unknown} == {(f"{rule}-unknown", "advisory")}
    assert all(said.text.startswith("not known yet: ") for said in unknown)


def test_the_page_is_what_the_rules_say_now(tmp_path: Path) -> None:
    """`python -m pilaster_policies.catalog docs/policies.md` writes it."""
    copy = tmp_path / "policies.md"
    copy.write_text(DOCS.read_text())
    catalog.write(copy)
    assert copy.read_text() == DOCS.read_text()
