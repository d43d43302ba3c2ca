"""A reading in the cache is another reader's as soon as anything changes that makes one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from systems.documents.aws.cache import READER, reader_version
from systems.settings import Settings, load

ROOT = Path(__file__).parents[3]
CHANGES = (
    "lambdas/documents/reading/seen.py",
    "lambdas/documents/preprocessing/streaks.py",
    "lambdas/documents/use_cases/preprocess.py",
    "lambdas/documents/use_cases/read.py",
    "lambdas/documents/aws/adapters/textract.py",
)


@pytest.fixture
def settings() -> Settings:
    config = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text())["config"]
    return load({k: v if isinstance(v, str) else json.dumps(v) for k, v in config.items()})


@pytest.mark.parametrize("changed", CHANGES)
def test_a_change_of_the_reader_is_another_version(
    changed: str, settings: Settings, tmp_path: Path
) -> None:
    for place in READER:
        whole, to = ROOT / place, tmp_path / place
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(whole, to) if whole.is_dir() else shutil.copy(whole, to)
    before = reader_version(tmp_path, settings)
    assert before == reader_version(tmp_path, settings)
    with (tmp_path / changed).open("a") as file:
        file.write("\n# another\n")
    assert reader_version(tmp_path, settings) != before
