"""The official engine on a project: the `pulumi` command with what `pilaster env` says to set."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PASSPHRASE = "correct horse"


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


@dataclass
class Official:
    """One project folder, one stack of it, and the environment `pulumi` runs in."""

    folder: Path
    stack: str = "local"
    home: Path | None = None
    """Where `pulumi` keeps what is its own; beside the project if none is given."""
    environment: dict[str, str] = field(default_factory=dict)

    def begin(self) -> Official:
        """Sets what `pilaster env` says, and makes the stack."""
        clean = {
            name: text
            for name, text in os.environ.items()
            if not name.startswith(("PULUMI_", "PILASTER_", "AWS_", "PYTHONDONT"))
        }
        home = self.home or self.folder / ".pilaster" / "pulumi-home"
        clean |= {
            "PULUMI_HOME": str(home),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }
        if self.stack != "local":
            clean["PULUMI_CONFIG_PASSPHRASE"] = PASSPHRASE
        self.environment = {**clean, **self.environment}
        told = subprocess.run(
            [sys.executable, "-m", "pilaster_cli.main", "env", "--stack", self.stack, "--json"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        for name, text in json.loads(told.stdout).items():
            if text is None:
                self.environment.pop(name, None)
            else:
                self.environment[name] = text
        self.run("stack", "select", "--create", self.stack)
        return self

    def run(self, *words: str, fails: bool = False, **more: str) -> Answer:
        """Runs `pulumi`; `more` goes into its environment. Fails the test where it does not go as
        expected."""
        done = subprocess.run(
            [shutil.which("pulumi", path=self.environment["PATH"]) or "pulumi", *words],
            cwd=self.folder,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)

    def on_stack(self, command: str, *words: str, **more: Any) -> Answer:
        return self.run(command, "--stack", self.stack, "--non-interactive", *words, **more)

    def preview(self, **more: Any) -> dict[str, int]:
        """How many resources it would do what to."""
        told = self.on_stack("preview", "--json", **more).out
        return counts(json.loads(told)["changeSummary"])

    def up(self, *, fails: bool = False) -> dict[str, int]:
        """How many resources it did what to: from its own history of the stack."""
        self.on_stack("up", "--yes", "--skip-preview", fails=fails)
        return self.last()

    def last(self) -> dict[str, int]:
        history = json.loads(self.run("stack", "history", "-s", self.stack, "--json").out)
        return counts(history[0]["resourceChanges"])

    def registrations(self, log: Path) -> dict[str, dict[str, Any]]:
        """Every RegisterResource request of a preview, by the URN of its answer."""
        log.unlink(missing_ok=True)
        self.on_stack("preview", PULUMI_DEBUG_GRPC=str(log))
        found: dict[str, dict[str, Any]] = {}
        with log.open() as lines:
            for line in lines:
                call = json.loads(line)
                registered = call["method"] == "/pulumirpc.ResourceMonitor/RegisterResource"
                if registered and call["progress"] == "response_completed":
                    found[call["response"]["urn"]] = call["request"]
        return found

    def export(self) -> dict[str, Any]:
        return json.loads(self.run("stack", "export", "-s", self.stack).out)

    def take(self, exported: Path) -> None:
        self.run("stack", "import", "-s", self.stack, "--file", str(exported))


def counts(summary: dict[str, int]) -> dict[str, int]:
    """How many by operation. The three steps of a replacement are one to the stand-in."""
    steps = ("create-replacement", "delete-replaced")
    return {op: n for op, n in sorted(summary.items()) if n and op not in steps}
