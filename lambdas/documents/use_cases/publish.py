"""Say what inside functions wrote down; and what has to be done outside before it is said.

Everything here may be done twice: a publisher that was killed half way begins again, and the same
event keeps its id, by which whoever hears it knows it.
"""

from __future__ import annotations

from datetime import datetime

from lambdas.documents.model.event import Event, EventType
from lambdas.documents.ports.outbox import Bus, Unsaid
from lambdas.documents.ports.reviews import Withdrawals
from lambdas.documents.ports.runs import Stops


def publish(
    event: Event,
    *,
    now: datetime,
    unsaid: Unsaid,
    bus: Bus,
    runs: Stops,
    reviews: Withdrawals,
) -> None:
    """A deleted document's runs end and its review is withdrawn before anybody hears of it."""
    if event.type is EventType.DOCUMENT_DELETED:
        # The review first: a run that is about to ask for one then finds that it may not.
        reviews.withdraw(event.document, now=now)
        runs.stop(event.document)
    bus.say(event)
    unsaid.said(event)
