"""Mail: letters about documents that got their answer, and who wants none. Functions and wiring.

All outside: SES, Cognito, DynamoDB. Without an address to write from there is no mail and nothing
of this is deployed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pilaster.aws import Consumer, ConsumerArgs, Mail, MailArgs, Table, TableArgs, Users
from pilaster.aws.function import FunctionArgs
from pilaster.aws.iam import Grant
from pulumi import Input, Output

from systems.documents.aws.functions import Base, at_the_edge, function
from systems.documents.aws.push import SOURCE, TELL_SECONDS
from systems.settings import Settings

WRITTEN = ("job.completed", "job.failed")
"""What a user gets a letter about."""


@dataclass(frozen=True, kw_only=True)
class MailPart:
    """What others need of it."""

    routes: Mapping[str, FunctionArgs]
    """Routes of the API."""
    dead_letter_url: Output[str] | None
    """Where events lie whose letter nobody took; None without mail."""


def mail_part(
    base: Base,
    name: str,
    settings: Settings,
    *,
    users: Users,
    deliveries: Table,
    bus_name: Input[str],
) -> MailPart:
    """Declares it, where the settings say who writes."""
    sender = settings.push.mail_from
    if not sender:
        return MailPart(routes={}, dead_letter_url=None)
    place = base.place
    wishes = Table(
        f"{name}-wishes",
        TableArgs(place=place, partition_key="user", protect=settings.protect),
    )
    mail = Mail(
        f"{name}-mail",
        MailArgs(place=place, sender=sender, identity=settings.push.mail_identity or None),
    )
    written = Consumer(
        f"{name}-write",
        ConsumerArgs(
            place=place,
            source=SOURCE,
            types=WRITTEN,
            bus_name=bus_name,
            function=send(
                base,
                deliveries=deliveries.name,
                wishes=wishes.name,
                user_pool=users.pool_id,
                unverified=settings.auth.confirm == "at-once",
                mail_from=mail.sender,
                configuration_set=mail.configuration_set,
                grants=[
                    deliveries.put_items(),
                    deliveries.delete_items(),
                    wishes.get_items(),
                    users.find(),
                    mail.send(),
                ],
            ),
        ),
    )
    return MailPart(
        routes={
            "GET /api/v1/mail/wishes": wished(
                base, wishes=wishes.name, grants=[wishes.get_items()]
            ),
            "PUT /api/v1/mail/wishes": wish(base, wishes=wishes.name, grants=[wishes.put_items()]),
        },
        dead_letter_url=written.dead_letter_url,
    )


def send(
    base: Base,
    *,
    deliveries: Input[str],
    wishes: Input[str],
    user_pool: Input[str],
    unverified: bool,
    mail_from: Input[str],
    configuration_set: Input[str],
    grants: Sequence[Grant],
) -> FunctionArgs:
    """Letters. Grants: put and delete deliveries, get wishes, AdminGetUser, SendEmail."""
    return function(
        base,
        "mail.send",
        dependencies="edge",
        environment={
            "DELIVERIES_TABLE": deliveries,
            "WISHES_TABLE": wishes,
            "USER_POOL_ID": user_pool,
            "UNVERIFIED_ADDRESSES": str(unverified).lower(),
            "MAIL_FROM": mail_from,
            "CONFIGURATION_SET": configuration_set,
        },
        grants=grants,
        memory_mib=512,
        timeout_seconds=TELL_SECONDS,
    )


def wish(base: Base, *, wishes: Input[str], grants: Sequence[Grant]) -> FunctionArgs:
    """PUT /api/v1/mail/wishes. Grants: put wishes."""
    return _small(base, "mail.wish", wishes, grants)


def wished(base: Base, *, wishes: Input[str], grants: Sequence[Grant]) -> FunctionArgs:
    """GET /api/v1/mail/wishes. Grants: get wishes."""
    return _small(base, "mail.wished", wishes, grants)


def _small(base: Base, entry: str, wishes: Input[str], grants: Sequence[Grant]) -> FunctionArgs:
    return at_the_edge(
        base,
        entry,
        dependencies="edge",
        environment={"WISHES_TABLE": wishes},
        grants=grants,
        memory_mib=512,
        timeout_seconds=10,
    )
