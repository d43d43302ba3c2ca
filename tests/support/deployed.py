"""The project as a person has it: a copy of the checkout, deployed with the `pilaster` command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from pilaster_cli import grants, project
from pilaster_cli.api import Api
from pilaster_local.services import platform
from pilaster_local.services.platform import Platform
from pilaster_policies.calls import recorded

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "timetables"
PASSWORD = "Correct-horse-1"
CALLS = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Deployed:
    """One project folder and the command in it."""

    folder: Path
    first: dict[str, list[str]] = field(default_factory=dict, repr=False)
    """What the provider called in the first `up`, where that was noted."""

    def pilaster(self, *words: str, timeout: float = 300) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "pilaster_cli.main", *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def up(self) -> dict[str, int]:
        """Deploys; what was done, by operation. Fails the test where the command failed."""
        ran = self.pilaster("up")
        assert ran.code == 0, ran.err
        counts = next(line for line in ran.err.splitlines() if line.startswith("Deployed in"))
        told = counts.partition(": ")[2].split(", ")
        return {op: int(count) for count, op in (each.split() for each in told)}

    def record(self) -> None:
        """Add what was called here to the checkout's `calls.json`, which the policies read; but
        what tests put in a function's place is not the function's."""
        ran = self.pilaster("policy", "--record")
        assert ran.code == 0, ran.err
        seen = recorded.read(self.folder / "calls.json")
        own = {
            handler: {
                action: kept
                for action, resources in actions.items()
                if (kept := [each for each in resources if "/scripted-" not in each])
            }
            for handler, actions in seen.items()
        }
        recorded.write(ROOT / "calls.json", own)
        shutil.copy(self.folder / "deployer.json", ROOT / "deployer.json")

    @property
    def deploying(self) -> dict[str, list[str]]:
        """What the provider called here so far: by action, the resources."""
        return grants.called(self.platform)["deployer"]

    @property
    def status(self) -> dict[str, Any]:
        return json.loads(self.pilaster("status", "--json").out)

    @property
    def outputs(self) -> dict[str, str]:
        return project.outputs(self.folder)

    @property
    def platform(self) -> Platform:
        """What runs now."""
        running = platform.running(self.folder)
        assert running is not None, f"nothing runs in {self.folder}"
        return running

    def process(self, *files: Path) -> list[dict[str, Any]]:
        ran = self.pilaster("process", "--json", *map(str, files))
        assert ran.code == 0, ran.err
        return json.loads(ran.out)

    def client(self, service: str) -> Any:
        """The account's owner, looking at what is there."""
        return boto3.client(
            service,
            endpoint_url=self.platform.endpoint,
            region_name="eu-west-2",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=CALLS,
        )

    def account(self, *groups: str) -> str:
        """A new user's address, in these groups of the user pool; the password is PASSWORD."""
        outputs = self.outputs
        email = f"{uuid.uuid4().hex[:12]}@example.com"
        with Api(outputs["api_url"]) as api:
            api.register(email, PASSWORD)
        for group in groups:
            self.client("cognito-idp").admin_add_user_to_group(
                UserPoolId=outputs["user_pool_id"], Username=email, GroupName=group
            )
        return email

    def signed_in(self, email: str) -> Api:
        api = Api(self.outputs["api_url"])
        api.login(email, PASSWORD)
        return api

    def user(self, *groups: str) -> Api:
        """A new user, signed in, in these groups of the user pool."""
        return self.signed_in(self.account(*groups))

    @contextmanager
    def changed(self, file: str, change: Callable[[str], str]) -> Iterator[None]:
        """The project with one file changed, until the block ends."""
        path = self.folder / file
        before = path.read_text()
        after = change(before)
        assert after != before, f"the change to {file} changed nothing"
        path.write_text(after)
        try:
            yield
        finally:
            path.write_text(before)


def copy(folder: Path) -> Deployed:
    """The project's files; what was built of them before is shared."""
    apart = shutil.ignore_patterns(
        ".venv", ".git", ".pilaster", "tests", "node_modules", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, folder, ignore=apart, dirs_exist_ok=True)
    packages = ROOT / ".pilaster" / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    (folder / ".pilaster").mkdir()
    # Packages are addressed by their content: sharing them saves time and changes nothing.
    (folder / ".pilaster" / "packages").symlink_to(packages)
    return Deployed(folder)
