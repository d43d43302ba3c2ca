"""A pipeline as data: tasks, choices, questions to people, events, retries. No cloud in it.

The decision taken here: a flow is checked when it is written down. A step nobody reaches, a name
that leads nowhere or a condition that says two things is refused before anything is deployed.
State carries ids and keys, never text; it travels from step to step whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

EVERY_ERROR = "States.ALL"
"""What a catch names that takes every error. A flow's timeout and its end are none."""
LONGEST_WAIT_SECONDS = 365 * 24 * 3600
"""A run that takes longer than a year ends, whatever it waits for."""


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Tries a task again, for errors that pass."""

    errors: Sequence[str]
    """Names of the handler's own errors; the platform's passing errors are always retried."""
    attempts: int = 3
    """How often after the first time."""
    first_after_seconds: int = 1
    """The first pause."""
    backoff: float = 2.0
    """What each further pause is multiplied with."""
    longest_seconds: int = 30
    """No pause is longer."""

    def __post_init__(self) -> None:
        if not self.errors:
            raise ValueError("a retry names no error: say which errors pass")
        if self.attempts < 1 or self.first_after_seconds < 1 or self.backoff < 1:
            raise ValueError(
                f"retry of {list(self.errors)} needs attempts, first_after_seconds and backoff "
                "of 1 or more"
            )
        if self.longest_seconds <= self.first_after_seconds:
            raise ValueError(
                f"retry of {list(self.errors)}: longest_seconds {self.longest_seconds} must be "
                f"more than first_after_seconds {self.first_after_seconds}"
            )


@dataclass(frozen=True, kw_only=True)
class Catch:
    """Where a task goes when an error stays."""

    errors: Sequence[str]
    """Names of the errors, as the handler raises them; `States.ALL` alone: whichever it is."""
    next: str
    """The step that follows; it finds the error in its state."""
    into: str = "error"
    """Under which key it finds the error."""

    def __post_init__(self) -> None:
        if not self.errors:
            raise ValueError(f"a catch that leads to {self.next!r} names no error: say which")
        if EVERY_ERROR in self.errors and len(self.errors) > 1:
            raise ValueError(f"{EVERY_ERROR} stands alone: name the others in a catch before it")


@dataclass(frozen=True, kw_only=True)
class Task:
    """Calls a function with the state; what it answers is the new state."""

    function: str
    """The function's name among those the pipeline is given; several tasks may share one."""
    next: str | None = None
    """The step that follows; none ends the run."""
    timeout_seconds: int = 60
    """After which the call counts as failed. Not below the function's own timeout."""
    retry: Sequence[Retry] = ()
    """The handler's errors that pass."""
    catch: Sequence[Catch] = ()
    """The handler's errors that lead elsewhere; the flow's `on_error` takes the rest."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Asks a person and waits: the run stands still until somebody answers with the token.

    The function is called with `{"state": ..., "token": ...}`; it keeps the token where whoever
    answers will find it. What it returns is not looked at: the answer is what comes with the token.
    """

    function: str
    """The function's name among those the pipeline is given."""
    next: str
    """The step that follows the answer."""
    timeout_seconds: int
    """How long an answer may take; then the error is `States.Timeout`."""
    answer: str = "answer"
    """Under which key of the state the answer is found."""
    retry: Sequence[Retry] = ()
    """The function's errors that pass; each attempt has a token of its own."""
    catch: Sequence[Catch] = ()
    """Errors that lead elsewhere; the flow's `on_error` takes the rest."""

    def __post_init__(self) -> None:
        if not 1 <= self.timeout_seconds <= LONGEST_WAIT_SECONDS:
            raise ValueError(
                f"a question to {self.function!r} waits for {self.timeout_seconds} seconds: "
                f"it may wait from 1 to {LONGEST_WAIT_SECONDS} (a year)"
            )


@dataclass(frozen=True, kw_only=True)
class When:
    """One condition on the state; exactly one of the four."""

    path: str
    """Keys into the state, with dots between them."""
    next: str
    """The step that follows where the condition holds."""
    present: bool | None = None
    """The key is there, or is not."""
    equals: str | None = None
    """The value is this text. A key that is not there does not match."""
    at_least: float | None = None
    """The value is this number or more."""
    less_than: float | None = None
    """The value is less than this number."""

    def __post_init__(self) -> None:
        said = [self.present, self.equals, self.at_least, self.less_than]
        if sum(value is not None for value in said) != 1:
            raise ValueError(
                f"condition on {self.path!r} says {'two things' if any(said) else 'nothing'}: "
                "give one of present, equals, at_least, less_than"
            )


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Goes on by what the state says: the first condition that holds."""

    when: Sequence[When]
    """The conditions, in order."""
    default: str
    """The step that follows where none holds."""


@dataclass(frozen=True, kw_only=True)
class Publish:
    """Tells the bus: one event of its own, or those the steps before it left in the state."""

    event: str | None = None
    """The event's name, such as `job.completed`; goes with `source` and `detail`."""
    source: str | None = None
    """Who says it."""
    detail: Mapping[str, str] = field(default_factory=dict[str, str])
    """What it says: name -> path into the state. Every path must be there."""
    entries: str | None = None
    """Path to the events in the state, one to ten, as the bus takes them; instead of `event`."""
    told: str | None = None
    """Under which key of the state it is noted that they were told; none: nowhere."""
    next: str | None = None
    """The step that follows; none ends the run."""
    or_else: str | None = None
    """The step that follows where the bus did not listen; none: that is an error."""

    def __post_init__(self) -> None:
        own = self.event is not None and self.source is not None
        if own == (self.entries is not None) or (self.event is None) != (self.source is None):
            raise ValueError("an event has `event` and `source`, or stands in the state: `entries`")


@dataclass(frozen=True, kw_only=True)
class Fail:
    """Ends the run as failed."""

    error: str
    """The error's name."""
    cause: str
    """What somebody who finds the failed run should know."""


@dataclass(frozen=True, kw_only=True)
class Succeed:
    """Ends the run; for a choice that has nothing left to do."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step is exactly one of these."""

    task: Task | None = None
    """Calls a function."""
    ask: Ask | None = None
    """Asks a person and waits for the answer."""
    choice: Choice | None = None
    """Goes on by what the state says."""
    publish: Publish | None = None
    """Tells the bus."""
    fail: Fail | None = None
    """Ends the run as failed."""
    succeed: Succeed | None = None
    """Ends the run."""

    def __post_init__(self) -> None:
        kinds = [self.task, self.ask, self.choice, self.publish, self.fail, self.succeed]
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("a step is exactly one of task, ask, choice, publish, fail, succeed")

    def follows(self) -> Iterator[str]:
        """The steps this one may lead to by itself (`on_error` aside)."""
        if called := self.calls():
            yield from (caught.next for caught in called.catch)
        if self.choice:
            yield from (when.next for when in self.choice.when)
            yield self.choice.default
        if self.publish and self.publish.or_else:
            yield self.publish.or_else
        straight = called or self.publish
        if straight and straight.next:
            yield straight.next

    def calls(self) -> Task | Ask | None:
        """What calls a function, if this step does."""
        return self.task or self.ask


@dataclass(frozen=True, kw_only=True)
class Flow:
    """The steps of a pipeline."""

    start: str
    """The first step."""
    steps: Mapping[str, Step]
    """All steps by name."""
    on_error: str | None = None
    """Where an error leads that a task does not catch by name; not for tasks of that branch."""
    timeout_seconds: int = 900
    """After which a run counts as failed, whatever it waits for."""

    def __post_init__(self) -> None:
        for name, step in self.steps.items():
            for following in step.follows():
                self._known(following, f"step {name!r}")
        for name, role in ((self.start, "start"), (self.on_error, "on_error")):
            if name is not None:
                self._known(name, role)
        reached = self.reach(self.start)
        if self.on_error:
            reached |= self.reach(self.on_error)
        if lost := sorted(set(self.steps) - reached):
            raise ValueError(
                f"no step leads to {', '.join(map(repr, lost))}: remove it or lead there"
            )

    def _known(self, name: str, who: str) -> None:
        if name not in self.steps:
            raise ValueError(
                f"{who} leads to {name!r}, which is no step; there are {', '.join(self.steps)}"
            )

    def reach(self, start: str) -> set[str]:
        """The steps one can come to from `start`, itself included."""
        found, open_ = {start}, [start]
        while open_:
            for name in self.steps[open_.pop()].follows():
                if name not in found:
                    found.add(name)
                    open_.append(name)
        return found

    def falls_to_error(self, name: str) -> bool:
        """Whether an error of that step leads to `on_error`: not from the error branch itself."""
        return self.on_error is not None and name not in self.reach(self.on_error)

    def functions(self) -> list[str]:
        """The functions the steps call, each once, in the order of the steps."""
        called = (step.calls() for step in self.steps.values())
        return list(dict.fromkeys(each.function for each in called if each))

    def publishes(self) -> bool:
        """Whether a step tells the bus."""
        return any(step.publish for step in self.steps.values())
