"""The bus's events about documents that got their answer, told by mail to who wants it."""

from __future__ import annotations

from dataclasses import dataclass

from lambdas.documents.aws.adapters.deliveries import DynamoDeliveries
from lambdas.documents.aws.adapters.post import CognitoAddresses, SesPost
from lambdas.documents.aws.adapters.wishes import DynamoWishes
from lambdas.documents.aws.queue import consumer
from lambdas.documents.model.event import Event
from lambdas.documents.use_cases.notify import mail
from lambdas.shared.logging import Log
from lambdas.shared.settings import load


@dataclass(frozen=True, kw_only=True)
class Settings:
    deliveries_table: str
    wishes_table: str
    user_pool_id: str
    unverified_addresses: bool
    mail_from: str
    configuration_set: str


settings = load(Settings)
deliveries = DynamoDeliveries(settings.deliveries_table, "mail")
wishes = DynamoWishes(settings.wishes_table)
addresses = CognitoAddresses(settings.user_pool_id, unverified=settings.unverified_addresses)
post = SesPost(settings.mail_from, settings.configuration_set)


@consumer
def handler(event: Event, log: Log) -> None:
    sent = mail(event, deliveries=deliveries, addresses=addresses, wishes=wishes, post=post)
    if sent is None:
        log.info("told already", document=event.document, kind=event.type.value)
    else:
        log.info("told", document=event.document, kind=event.type.value, count=sent)
