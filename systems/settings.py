"""The documents system's `Pulumi.<stack>.yaml`, typed. Settings stop at the page.

A key nobody knows, a value of the wrong kind or out of its range is refused before any resource
is made; the message names the key as it stands in the file, the rule and the fix.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta
from pilaster import origins

from systems.stack_file import NAMESPACE, Reader, Section, of_stack
from systems.stack_file import SettingsError as SettingsError

NO_ACCOUNT = "000000000000"
"""The account of the cloud on this machine; no real one has this number."""
FROM_THE_PROVIDER = {"region": "aws:region", "allowed_accounts": "aws:allowedAccountIds"}
"""What the AWS provider is told as well stands under its own key, once."""


class Auth(Section, frozen=True):
    confirm: Literal["email", "at-once"] = "email"
    """How a new account is confirmed: by a code sent by e-mail, or at once (one's own machine)."""


class Data(Section, frozen=True):
    engine_version: Annotated[str, Meta(pattern=r"^[0-9]+[.][0-9]+$")] = "17.7"
    """Aurora PostgreSQL; 17.7 and 16.8 are long-term releases, kept for three years."""
    min_capacity: Annotated[float, Meta(ge=0, le=128, multiple_of=0.5)] = 0
    """Aurora capacity units (2 GiB of memory each) kept when idle; 0 lets the database pause."""
    max_capacity: Annotated[float, Meta(ge=1, le=256, multiple_of=0.5)] = 4
    """Aurora capacity units at the most."""
    pause_after_seconds: Annotated[int, Meta(ge=300, le=86_400)] = 300
    """Idle seconds after which a database with `min_capacity: 0` pauses. AWS's own bounds."""
    backup_days: Annotated[int, Meta(ge=1, le=35)] = 7
    """Days the automatic backups are kept."""
    statement_timeout_seconds: Annotated[int, Meta(ge=1, le=25)] = 8
    """How long a statement of a function may run; a client of the API is answered within 30."""
    idle_session_seconds: Annotated[int, Meta(ge=10, le=3600)] = 240
    """How long a function's connection may lie unused before it is closed, on both ends."""
    proxy: bool = False
    """Whether functions share the database's sessions by way of an RDS Proxy, which bills by the
    hour; only for a database that never pauses (`min_capacity` 0.5 or more)."""
    proxy_connections_percent: Annotated[int, Meta(ge=10, le=100)] = 80
    """Of the sessions the database allows, how many the proxy may take."""


class Cache(Section, frozen=True):
    max_storage_gb: Annotated[int, Meta(ge=1, le=5000)] = 1
    """What it may hold at the most, in GB; AWS bills 0.1 GB at least, some $6 a month."""
    max_ecpu_per_second: Annotated[int, Meta(ge=1000, le=15_000_000)] = 1000
    """Requests of up to 1 KB a second at the most; above it the cache refuses, and is done without.
    """
    readings_days: Annotated[int, Meta(ge=1, le=365)] = 30
    """How long what was read in a file is kept, for when the same file comes again."""


class Limits(Section, frozen=True):
    reads_per_minute: Annotated[int, Meta(ge=10, le=60_000)] = 3000
    """How often a user may list and look a minute; as many at once, if there were none before. A
    client looks once a second for each document under way."""
    writes_per_minute: Annotated[int, Meta(ge=1, le=60_000)] = 240
    """How many documents a user may send or delete a minute; as many at once."""


class Documents(Section, frozen=True):
    max_size_mib: Annotated[int, Meta(ge=1, le=50)] = 20
    """The largest file that may be uploaded, in MiB."""
    upload_minutes: Annotated[int, Meta(ge=1, le=60)] = 15
    """How long an upload URL is good for; a document that never came then shows as expired."""
    keep_days: Annotated[int, Meta(ge=0, le=3650)] = 365
    """After which an uploaded file goes, whatever became of it; its timetable stays. 0 keeps it
    until its document is deleted."""
    complete_at: Annotated[float, Meta(ge=90, le=100)] = 98
    """Confidence, in percent, from which a document completes by itself."""
    model_at: Annotated[float, Meta(ge=0, le=100)] = 80
    """Confidence, in percent, below which a person is asked; a language model takes the rest."""
    ocr: Literal["tesseract", "textract"] = "tesseract"
    """Who reads pictures: Tesseract in a function of its own, or Amazon Textract (by the page)."""
    read_image: Annotated[str, Meta(max_length=512)] = ""
    """A container image that `read` runs in place of the archive made here: its address in ECR by
    digest, in the stack's region (docs/packages.md says how it is made). None is the archive."""
    read_image_account: Annotated[str, Meta(pattern=r"^([0-9]{12})?$")] = ""
    """Whose registry that image is in, if it is another account's."""


class Model(Section, frozen=True):
    service: Literal["none", "anthropic", "stub"] = "none"
    """Who is asked where the reader is not sure: nobody (a person is), Anthropic, or a stub on this
    machine that says what a test tells it to."""
    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{1,128}$")] = "claude-sonnet-4-5"
    """The model, as its service calls it; lambdas/documents/extracting/prices.py has its price."""
    document_budget_cents: Annotated[int, Meta(ge=1, le=1_000)] = 20
    """US cents one document may cost, all its attempts together."""
    day_budget_cents: Annotated[int, Meta(ge=1, le=1_000_000)] = 500
    """US cents all documents of a day (UTC) may cost; then a person is asked."""


class Admission(Section, frozen=True):
    at_once: Annotated[int, Meta(ge=1, le=100)] = 10
    """Documents worked on at once; more wait for their turn. One that waits for a person does not
    count. An account of AWS has 10 to 1,000 functions at a time, and each takes one."""


class Push(Section, frozen=True):
    mail_from: Annotated[str, Meta(pattern=r"^([^\s@<>]{1,64}@[a-z0-9-]+([.][a-z0-9-]+)+)?$")] = ""
    """The address that writes to users whose documents got their answer; none writes nobody."""
    mail_identity: Annotated[str, Meta(pattern=r"^[^\s<>]*$", max_length=320)] = ""
    """What SES knows in this account already: the address's domain, or the address itself. None
    makes an identity of the address; the owner follows the link SES sends there."""


class Events(Section, frozen=True):
    keep_days: Annotated[int, Meta(ge=1, le=365)] = 30
    """Days that all that was said on the bus is kept, to be said again."""
    records_days: Annotated[int, Meta(ge=1, le=3650)] = 730
    """Days that it can be counted what became of documents: ids, routes and durations."""


class Storage(Section, frozen=True):
    tiering_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    """Days after which the originals of completed documents go to Intelligent-Tiering."""
    glacier_days: Annotated[int, Meta(ge=0, le=3650)] = 90
    """Days after which they go to Glacier, from where they come back within hours; 0 is never."""
    old_versions_days: Annotated[int, Meta(ge=1, le=365)] = 30
    """Days that what was overwritten or deleted by mistake can be brought back. Of a document that
    its owner deletes every version goes at once."""
    erase_after_seconds: Annotated[int, Meta(ge=0, le=900)] = 300
    """Seconds from a document's deletion to when its copies go: what still ran has ended then."""


class Review(Section, frozen=True):
    escalate_after_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    """Hours a document waits for a reviewer before it is said once more that it does."""
    timeout_days: Annotated[int, Meta(ge=1, le=90)] = 7
    """Days it waits at the most; it shows as expired then."""
    claim_minutes: Annotated[int, Meta(ge=1, le=480)] = 30
    """Minutes a reviewer has a document to themselves; claiming it again starts them anew."""


class Cdn(Section, frozen=True):
    domain: Annotated[str, Meta(pattern=r"^(([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+[a-z]{2,63})?$")] = (
        ""
    )
    """The site's own name, such as `timetables.example.org`; none is one of cloudfront.net."""
    zone_id: Annotated[str, Meta(pattern=r"^(Z[A-Z0-9]{1,31})?$")] = ""
    """The Route 53 hosted zone the name is kept in; it comes with `domain` and is there already."""
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_100"
    """Where it is served from: North America, Europe and Israel; Asia and Africa too; everywhere.
    """
    firewall: bool = False
    """Whether AWS's managed rules and a count per address stand in front, some $9 a month."""
    requests_per_address: Annotated[int, Meta(ge=100, le=2_000_000)] = 2000
    """Requests of five minutes from one address, if there is a firewall; a school may be one."""
    log_days: Annotated[int, Meta(ge=0, le=3650)] = 30
    """Days a line per request is kept; 0 keeps none."""
    site: str = "web/dist"
    """The folder of the built site, which `make setup` builds; none deploys the API alone."""
    secret_generation: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    """One more draws a new secret between the distribution and the API; the last stays good."""


class Settings(Section, frozen=True):
    system: Literal["documents"]
    """Which page of `systems/` this stack deploys."""
    account: Annotated[str, Meta(pattern=r"^[0-9]{12}$")]
    """The AWS account: names and permissions are derived from it before any resource exists."""
    region: str
    """From `aws:region`, which the AWS provider reads as well."""
    allowed_accounts: tuple[str, ...]
    """From `aws:allowedAccountIds`: the provider works in no other account."""
    zones: Annotated[tuple[str, ...], Meta(min_length=2, max_length=8)]
    """Availability zones of the private subnets; Aurora wants two at least."""
    target: Literal["lambda", "machine"] = "lambda"
    """What packages are built for: AWS Lambda (Python 3.13, arm64) or this machine's Python."""
    protect: bool = True
    """Whether what holds data refuses to be deleted or replaced."""
    log_retention_days: Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365] = 30
    """CloudWatch knows only these."""
    allowed_origins: tuple[str, ...] = ()
    """Pages of these origins (`https://app.example`) may call the API and upload; the API's own
    pages need not be named."""
    auth: Auth = Auth()
    data: Data = Data()
    cache: Cache = Cache()
    limits: Limits = Limits()
    documents: Documents = Documents()
    model: Model = Model()
    admission: Admission = Admission()
    push: Push = Push()
    events: Events = Events()
    storage: Storage = Storage()
    review: Review = Review()
    cdn: Cdn = Cdn()

    @classmethod
    def of_stack(cls) -> Settings:
        """The settings of the stack that is being deployed, from either engine."""
        return load(of_stack())


READER = Reader(Settings, FROM_THE_PROVIDER)


def load(config: Mapping[str, Any]) -> Settings:
    """Settings from Pulumi's flat configuration, where lists and sections are JSON in text."""
    settings = READER.read(config)
    _check(settings)
    return settings


def _check(settings: Settings) -> None:
    """The rules that concern more than one key."""
    if settings.allowed_accounts != (settings.account,):
        raise SettingsError(
            f"aws:allowedAccountIds {list(settings.allowed_accounts)!r} must be exactly "
            f"[{settings.account!r}], which pilaster:account says: write the same number in both "
            "(in Pulumi.<stack>.yaml)"
        )
    if (settings.target == "machine") != (settings.account == NO_ACCOUNT):
        raise READER.refused(
            "target",
            settings.target,
            f"does not go with account {settings.account}",
            f"'machine' is for the stack on this machine (account {NO_ACCOUNT}), 'lambda' for AWS",
        )
    if len(set(settings.zones)) < len(settings.zones):
        raise READER.refused("zones", list(settings.zones), "names a zone twice", "name each once")
    try:
        origins.check(settings.allowed_origins)
    except ValueError as error:
        raise SettingsError(
            f"{NAMESPACE}:allowed_origins: {error} (in Pulumi.<stack>.yaml)"
        ) from None
    for zone in settings.zones:
        if not re.fullmatch(rf"{re.escape(settings.region)}[a-z]", zone):
            raise READER.refused(
                "zones",
                zone,
                f"is not in aws:region {settings.region!r}",
                "name zones of that region",
            )
    if bool(settings.cdn.domain) != bool(settings.cdn.zone_id):
        raise READER.refused(
            "cdn.domain" if settings.cdn.domain else "cdn.zone_id",
            settings.cdn.domain or settings.cdn.zone_id,
            "stands alone: a name is kept in a zone",
            "say both cdn.domain and cdn.zone_id, or neither",
        )
    if settings.data.min_capacity > settings.data.max_capacity:
        raise READER.refused(
            "data.min_capacity",
            settings.data.min_capacity,
            f"is more than data.max_capacity ({settings.data.max_capacity:g})",
            "raise the one or lower the other",
        )
    if settings.data.min_capacity == 0:
        if settings.data.proxy:
            raise READER.refused(
                "data.proxy",
                True,
                "does not go with data.min_capacity 0: a proxy keeps sessions open, and a database "
                "with an open session never pauses",
                "say data.min_capacity 0.5 or more, or data.proxy false",
            )
        if settings.data.idle_session_seconds >= settings.data.pause_after_seconds:
            raise READER.refused(
                "data.idle_session_seconds",
                settings.data.idle_session_seconds,
                f"is not less than data.pause_after_seconds ({settings.data.pause_after_seconds}): "
                "the connection of a function that sleeps would keep the database awake",
                "lower the one or raise the other",
            )
    if settings.model.service == "stub" and settings.account != NO_ACCOUNT:
        raise READER.refused(
            "model.service",
            settings.model.service,
            f"does not go with account {settings.account}",
            "the stub is on this machine alone; say 'anthropic' or 'none'",
        )
    if settings.documents.ocr == "textract" and settings.target == "machine":
        raise READER.refused(
            "documents.ocr",
            settings.documents.ocr,
            "is a service of AWS, and this machine has none",
            "'tesseract' reads the same words here",
        )
    _check_image(settings)
    kept = settings.documents.keep_days
    if kept and settings.review.timeout_days >= kept:
        raise READER.refused(
            "review.timeout_days",
            settings.review.timeout_days,
            f"is not less than documents.keep_days ({kept}): the scan would go before its reviewer",
            "lower the one or raise the other",
        )
    if settings.review.escalate_after_hours >= settings.review.timeout_days * 24:
        raise READER.refused(
            "review.escalate_after_hours",
            settings.review.escalate_after_hours,
            f"is not before review.timeout_days ({settings.review.timeout_days}) are over",
            "lower the one or raise the other",
        )
    if settings.documents.model_at > settings.documents.complete_at:
        raise READER.refused(
            "documents.model_at",
            settings.documents.model_at,
            f"is more than documents.complete_at ({settings.documents.complete_at:g})",
            "lower it; below it a person is asked",
        )


def _check_image(settings: Settings) -> None:
    image, account = settings.documents.read_image, settings.documents.read_image_account
    if account and not image:
        raise READER.refused(
            "documents.read_image_account",
            account,
            "stands alone",
            "say documents.read_image too, or neither",
        )
    if not image:
        return
    if settings.documents.ocr == "textract":
        raise READER.refused(
            "documents.read_image",
            image,
            "has nothing to do with documents.ocr 'textract': Textract reads, and not the image",
            "say one of the two",
        )
    if settings.target == "machine":
        raise READER.refused(
            "documents.read_image",
            image,
            "is a container image, and this machine runs none",
            "leave it out here; the archive runs the same code",
        )
