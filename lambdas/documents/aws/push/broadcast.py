"""The bus's events about documents, told on every socket of their user."""

from __future__ import annotations

import json
from dataclasses import dataclass

from lambdas.documents.aws.adapters.connections import DynamoConnections
from lambdas.documents.aws.adapters.deliveries import DynamoDeliveries
from lambdas.documents.aws.adapters.sockets import GatewaySockets
from lambdas.documents.aws.queue import consumer
from lambdas.documents.aws.wire import moment
from lambdas.documents.model.event import Event
from lambdas.documents.use_cases.notify import push
from lambdas.shared.logging import Log
from lambdas.shared.settings import load

TOLD = ("status", "route", "confidence", "seconds", "pages", "error", "escalation", "decision")
"""Facts that are the user's business; who reviewed is not."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    connections_table: str
    deliveries_table: str
    sockets_url: str


settings = load(Settings)
connections = DynamoConnections(settings.connections_table)
deliveries = DynamoDeliveries(settings.deliveries_table, "push")
sockets = GatewaySockets(settings.sockets_url)


@consumer
def handler(event: Event, log: Log) -> None:
    reached = push(
        event,
        message(event),
        deliveries=deliveries,
        connections=connections,
        sockets=sockets,
    )
    if reached is None:
        log.info("told already", document=event.document, kind=event.type.value)
    else:
        log.info("told", document=event.document, kind=event.type.value, count=reached)


def message(event: Event) -> str:
    """What a client gets: which event, about which document, and what is known of it."""
    facts = {name: event.facts[name] for name in TOLD if name in event.facts}
    said = {
        "type": event.type.value,
        "id": str(event.id),
        "at": moment(event.at),
        "document": event.document,
        **facts,
    }
    return json.dumps(said, separators=(",", ":"))
