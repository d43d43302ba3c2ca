"""What happens to an uploaded document, step by step: the pipeline as data.

A step's answer is the new state, which carries ids, keys, verdicts and the events to be told, never
text. Events leave in two states only: before a person is waited for, and at the end.
"""

from collections.abc import Iterator, Mapping

from pilaster.flow import (
    EVERY_ERROR,
    Ask,
    Catch,
    Choice,
    Fail,
    Flow,
    Publish,
    Retry,
    Step,
    Succeed,
    Task,
    When,
)

PASSING = Retry(
    errors=["DatabaseUnavailableError", "ReaderUnavailableError", "StorageUnavailableError"],
    attempts=8,
)
"""A database wakes from a pause in some 15 seconds and restarts in about a minute. The pauses are
drawn at random below 1, 2, 4, ... 30 seconds: eight come to a minute on average."""

WORK_SECONDS = 1200
"""How long a run may take, beside what it waits for a person."""

NOBODY_WAITS = [Catch(errors=["DocumentGoneError", "OvertakenError"], next="gone")]
"""Deleted while it was worked on, or answered by another upload: there is nothing to say."""


def flow(seconds: Mapping[str, int], *, review_seconds: int) -> Flow:
    """The document's way.

    `seconds`: how long each function may take, by name; `review_seconds`: how long a person may
    take to answer. A step whose function is not given is left out: the system works without
    preprocessing, without a model, and without reviewers.
    """
    return Flow(
        start="classify",
        on_error="save failure",
        timeout_seconds=WORK_SECONDS + review_seconds,
        steps=dict(
            [
                *_reading(seconds),
                *_settling(seconds),
                *_review(seconds, review_seconds),
                *_telling(),
                *_failing(seconds),
            ]
        ),
    )


def _reading(seconds: Mapping[str, int]) -> Iterator[tuple[str, Step]]:
    """From the upload to what is believed."""
    yield "classify", _task("classify", seconds, next="where?")
    yield (
        "where?",
        _choice(
            When(path="refused", present=True, next="save"),
            # Read before, from the same bytes: `classify` found it.
            When(path="reading", present=True, next="interpret"),
            When(path="kind", equals="text_pdf", next="read"),
            default="preprocess" if "preprocess" in seconds else "read",
        ),
    )
    if "preprocess" in seconds:
        yield "preprocess", _task("preprocess", seconds, next="read")
    yield "read", _task("read", seconds, next="interpret")
    # Who is asked looks at the pages, which were never made here of what was read before from the
    # same bytes. It is done before `save` says that a person is asked.
    shown = "request-review" in seconds and "preprocess" in seconds
    after = "to be seen?" if shown else "save"
    settled = (
        When(path="pages", present=True, next="save"),
        When(path="kind", equals="text_pdf", next="save"),
        When(path="verdict", equals="complete", next="save"),
        When(path="verdict", equals="refused", next="save"),
    )
    if "extract" in seconds:
        unsure = When(path="verdict", equals="model", next="extract")
        yield "interpret", _task("interpret", seconds, next="sure?")
        if shown:
            yield "sure?", _choice(unsure, *settled, default="straighten")
        else:
            yield "sure?", _choice(unsure, default="save")
        # Whatever is wrong with the model, a person can still answer.
        caught = [Catch(errors=[EVERY_ERROR], next=after, into="unextracted")]
        yield "extract", _task("extract", seconds, next=after, catch=caught)
    else:
        yield "interpret", _task("interpret", seconds, next=after)
    if shown:
        yield "to be seen?", _choice(*settled, default="straighten")
        # Whatever becomes of the pages, a person can still answer.
        caught = [Catch(errors=[EVERY_ERROR], next="save", into="unstraightened")]
        yield "straighten", _task("preprocess", seconds, next="save", catch=caught)


def _settling(seconds: Mapping[str, int]) -> Iterator[tuple[str, Step]]:
    yield "save", _task("save", seconds, next="answered?", catch=NOBODY_WAITS)
    # The status that *stands*: an earlier attempt may have settled it.
    waiting = When(
        path="status",
        equals="needs_review",
        next="say waiting" if "request-review" in seconds else "tell",
    )
    yield "answered?", _choice(waiting, default="tell")


def _review(seconds: Mapping[str, int], review_seconds: int) -> Iterator[tuple[str, Step]]:
    """A person is asked. Whatever comes of it, `save` settles by what the review says."""
    if "request-review" not in seconds:
        return
    # Where the bus does not listen, the review is still in the list, and all is told at the end.
    yield (
        "say waiting",
        Step(publish=Publish(entries="events", told="told", next="ask", or_else="ask")),
    )
    yield (
        "ask",
        Step(
            ask=Ask(
                function="request-review",
                answer="decision",
                timeout_seconds=review_seconds,
                retry=[PASSING],
                catch=[Catch(errors=[EVERY_ERROR], next="close review", into="unanswered")],
                next="save decision",
            )
        ),
    )
    yield "close review", _task("close-review", seconds, next="save decision")
    yield "save decision", _task("save", seconds, next="tell", catch=NOBODY_WAITS)


def _telling() -> Iterator[tuple[str, Step]]:
    yield "tell", Step(publish=Publish(entries="events", next="well?"))
    yield "well?", _choice(When(path="status", equals="failed", next="stop"), default="done")
    yield (
        "stop",
        Step(
            fail=Fail(
                error="DocumentFailed",
                cause="A step failed for good: this run's history says which, and why.",
            )
        ),
    )
    yield "done", Step(succeed=Succeed())


def _failing(seconds: Mapping[str, int]) -> Iterator[tuple[str, Step]]:
    yield "save failure", _task("save", seconds, next="tell", catch=NOBODY_WAITS)
    yield "gone", Step(succeed=Succeed())


def _task(
    function: str, seconds: Mapping[str, int], *, next: str, catch: list[Catch] | None = None
) -> Step:
    return Step(
        task=Task(
            function=function,
            timeout_seconds=seconds[function],
            retry=[PASSING],
            catch=catch or [],
            next=next,
        )
    )


def _choice(*when: When, default: str) -> Step:
    return Step(choice=Choice(when=when, default=default))
