"""One small project on one platform, deployed by both engines, each to a stack of its own."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pilaster_local import engine
from pilaster_local.engine import RunFailedError
from pilaster_local.providers.aws.provider import AwsProvider
from pilaster_local.services import platform

from tests.support.local_cloud import Cloud
from tests.support.official import Official

PROJECT = Path(__file__).parent / "small_project"
OURS, THEIRS = "local", "official"
REGION = "eu-central-1"
SETTINGS = f'config:\n  aws:region: {REGION}\n  aws:allowedAccountIds: ["000000000000"]\n'
RUNTIME = """name: small
runtime:
  name: python
  options:
    toolchain: uv
    virtualenv: {environment}
"""

Counts = Mapping[str, int]


class Small:
    """The project `small`: what `change.json` says is otherwise than at the beginning."""

    ALL = 39
    """Resources of the project, the stack and two components included."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(PROJECT, folder, dirs_exist_ok=True)
        # The environment of the tests. From the lock the official engine only reads which
        # packages there are; without a pyproject.toml it leaves the environment as it is.
        shutil.copy(PROJECT.parents[2] / "uv.lock", folder)
        (folder / "Pulumi.yaml").write_text(RUNTIME.format(environment=sys.prefix))
        for stack in (OURS, THEIRS):
            (folder / f"Pulumi.{stack}.yaml").write_text(SETTINGS)
        self.now()
        self.platform = platform.start(folder, say=lambda _: None)
        self.provider = AwsProvider(self.platform.endpoint, region=REGION)
        self.ssm = Cloud(self.platform).client("ssm")
        self.official = Official(folder, THEIRS).begin()
        # `pilaster env` knows the stack `local` alone as one of this machine.
        self.official.environment.pop("PILASTER_PREVIEW_ONLY")

    def as_at_the_beginning(self) -> None:
        self.now()
        shutil.copy(PROJECT / "app.py.txt", self.folder)

    def now(self, **change: Any) -> None:
        """From here on the program differs in this from the first one, and in nothing else."""
        (self.folder / "change.json").write_text(json.dumps(change))

    def code(self, text: str) -> None:
        (self.folder / "app.py.txt").write_text(text)

    def take_names(self, name: str) -> None:
        """Makes the parameter that the program wants to make under a fixed name."""
        for stack in (OURS, THEIRS):
            self.ssm.put_parameter(Name=f"/small-{stack}/{name}", Value="x", Type="String")

    def free_names(self, name: str) -> None:
        for stack in (OURS, THEIRS):
            self.ssm.delete_parameter(Name=f"/small-{stack}/{name}")

    def preview(self, stack: str = OURS) -> Counts:
        return engine.preview(self.folder, stack, provider=self.provider).counts

    def ours(self, *, fails: bool = False) -> Counts:
        try:
            outcome = engine.up(self.folder, OURS, provider=self.provider)
        except RunFailedError as error:
            if not fails:
                raise
            return error.outcome.counts
        assert not fails, f"it was to fail and did {outcome.counts}"
        return outcome.counts

    def theirs(self, *, fails: bool = False) -> Counts:
        return self.official.up(fails=fails)

    def both(self, *, fails: bool = False) -> tuple[Counts, Counts]:
        return self.ours(fails=fails), self.theirs(fails=fails)
