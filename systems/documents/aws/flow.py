"""What happens to an uploaded document, step by step: the pipeline as data.

A step's answer is the new state, which carries ids, keys and verdicts, never text.
"""

from collections.abc import Mapping

from pilaster.flow import Catch, Choice, Fail, Flow, Publish, Retry, Step, Succeed, Task, When

SOURCE = "pilaster.documents"
"""Who our events are from; `lambdas/documents/events` has their schemas."""

PASSING = Retry(errors=["DatabaseUnavailableError", "StorageUnavailableError"], attempts=8)
"""A database wakes from a pause in some 15 seconds and restarts in about a minute. The pauses are
drawn at random below 1, 2, 4, ... 30 seconds: eight come to a minute on average."""


def flow(seconds: Mapping[str, int]) -> Flow:
    """The document's way; `seconds`: how long each task's function may take."""

    def task(function: str, *, next: str) -> Step:
        return Step(
            task=Task(
                function=function,
                timeout_seconds=seconds[function],
                retry=[PASSING],
                next=next,
            )
        )

    return Flow(
        start="classify",
        on_error="save failure",
        timeout_seconds=1200,
        steps={
            "classify": task("classify", next="readable?"),
            "readable?": Step(
                choice=Choice(
                    when=[
                        When(path="refused", present=True, next="save"),
                        When(path="kind", equals="text_pdf", next="read"),
                    ],
                    default="preprocess",
                )
            ),
            "preprocess": task("preprocess", next="read"),
            "read": task("read", next="interpret"),
            "interpret": task("interpret", next="save"),
            "save": task("save", next="answered?"),
            # The status that *stands*: an earlier run of the same upload may have settled it.
            "answered?": Step(
                choice=Choice(
                    when=[When(path="status", equals="failed", next="failed")],
                    default="completed",
                )
            ),
            "completed": Step(
                publish=Publish(
                    event="job.completed",
                    source=SOURCE,
                    detail={
                        "document": "document",
                        "user": "user",
                        "status": "status",
                        "confidence": "confidence",
                    },
                )
            ),
            "save failure": Step(
                task=Task(
                    function="save",
                    timeout_seconds=seconds["save"],
                    retry=[PASSING],
                    # Deleted while it was being read: nobody waits for an answer.
                    catch=[Catch(errors=["DocumentGoneError"], next="gone")],
                    next="answered?",
                )
            ),
            "failed": Step(
                publish=Publish(
                    event="job.failed",
                    source=SOURCE,
                    detail={"document": "document", "user": "user", "status": "status"},
                    next="stop",
                )
            ),
            "stop": Step(
                fail=Fail(
                    error="DocumentFailed",
                    cause="A step failed for good: this run's history says which, and why.",
                )
            ),
            "gone": Step(succeed=Succeed()),
        },
    )
