"""What is on disk for one stack, and how it is read and written as one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pilaster_local.engine import journal, statefile
from pilaster_local.engine.config import Project, StackConfig, load_stack, open_vault
from pilaster_local.engine.journal import Journal
from pilaster_local.engine.secrets import Vault
from pilaster_local.engine.state import State


@dataclass(frozen=True, kw_only=True)
class Stack:
    project: Project
    name: str
    config: StackConfig
    vault: Vault
    state: State
    path: Path
    journal_path: Path
    interrupted: bool
    """There was a journal: the last run did not get to write the state."""


def open_stack(folder: Path, stack: str) -> Stack:
    """The stack as its last run left it. One that was never deployed is empty."""
    project = Project.load(folder)
    config = load_stack(project, stack)
    path = path_of(folder, project.name, stack)
    vault, state, interrupted = read(project, stack, path, config)
    return Stack(
        project=project,
        name=stack,
        config=config,
        vault=vault,
        state=state,
        path=path,
        journal_path=path.with_suffix(".journal"),
        interrupted=interrupted,
    )


def read(
    project: Project, stack: str, path: Path, config: StackConfig | None = None
) -> tuple[Vault, State, bool]:
    """The vault and the state at `path`, and whether its last run was cut off."""
    journal_path = path.with_suffix(".journal")
    while True:
        before = statefile.version(path)
        deployment = statefile.load(path)
        # The state keeps its own salt: the settings may have got another one since.
        salt = statefile.salt_of(deployment) or journal.salt_of(journal_path)
        # A new one shares that of the settings where they have secrets. A salt without any may have
        # been left there by the official engine on another machine, under another passphrase.
        if config and (salt == config.salt or (salt is None and config.secret_keys)):
            vault = config.vault
        else:
            vault = open_vault(project, stack, salt)
        state = statefile.opened(deployment, vault)
        interrupted = journal.replay(journal_path, state, vault)
        # A run that ended in between has put its journal into a new state: what was read is half.
        if statefile.version(path) == before:
            return vault, state, interrupted


def save(opened: Stack) -> None:
    """First the state, then away with the journal: between the two it may be replayed again."""
    statefile.write(opened.path, opened.state, opened.vault)
    opened.journal_path.unlink(missing_ok=True)


@contextmanager
def journal_of(opened: Stack) -> Iterator[Journal]:
    """The journal of this run; whatever happens, what is in it becomes the state."""
    written = Journal(opened.journal_path, opened.state, opened.vault)
    try:
        yield written
    finally:
        written.close()
        if written.used:
            save(opened)


def folder_of(project: Path, name: str) -> Path:
    return project.resolve() / ".pilaster" / "stacks" / name


def path_of(project: Path, name: str, stack: str) -> Path:
    return folder_of(project, name) / f"{stack}.json"
