"""What holds for the repository as a whole."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "common", "base", "misc", "types", "manager"}


def tracked(*patterns: str) -> list[Path]:
    command = ["git", "ls-files", "-z", *patterns]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: which files belong to the repository is not known")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_nothing_names_a_path_of_the_machine_it_was_written_on():
    here = (f"{ROOT}/", f"{Path.home()}/")
    found = [
        f"{path.relative_to(ROOT)}: {place}"
        for path in tracked("*.py", "*.md", "*.toml", "*.yaml", "*.yml", "*.sh", "Makefile", ".ci")
        for place in here
        if place in path.read_text(errors="replace")
    ]
    assert found == []


def test_the_readme_and_ci_name_the_commands_that_do_everything():
    readme = (ROOT / "README.md").read_text()
    assert "make demo" in readme
    assert "make test" in readme
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_the_program_stays_a_page_of_thirty_lines():
    assert len((ROOT / "__main__.py").read_text().splitlines()) <= 30


def test_every_python_file_has_a_name_that_says_what_is_in_it():
    assert [path.name for path in tracked("*.py") if path.stem in NAMES_THAT_SAY_NOTHING] == []


def test_every_link_in_the_documents_leads_to_a_file():
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in tracked("*.md")
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []
