"""The language model: the function that asks it, the place of its key, and what is remembered.

Without a service there is nothing of it, and what a model would be asked goes to a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from pilaster.aws import Bucket, FunctionArgs, Secret, SecretArgs, Table, TableArgs
from pulumi import Input, Output

from systems.documents.aws import functions as fn
from systems.settings import Settings

URLS = {"anthropic": "https://api.anthropic.com", "stub": "http://model.stub"}
"""By service. The stub is the local cloud's own, and answers to functions of it alone."""
MODEL_SECONDS = 150
"""How long an answer is waited for, with all retries; a service that is down for a minute is
outlasted."""
EXTRACT_SECONDS = 180
"""The same with the pages drawn, and the work files read and written."""
MICRO_DOLLARS_PER_CENT = 10_000


@dataclass(frozen=True, kw_only=True)
class Model:
    """The part, as the page sees it."""

    extract: FunctionArgs
    """The workflow's step."""
    key_secret: Output[str]
    """Where the key belongs: an output of the stack."""
    books: Table
    """Answers that are kept by content, among what else is remembered."""


def model_part(base: fn.Base, name: str, settings: Settings, files: Bucket) -> Model | None:
    """None where no service is set."""
    if settings.model.service == "none":
        return None
    place = base.place
    key = Secret(
        f"{name}-model-key",
        SecretArgs(
            place=place,
            description="The key of the language model's service. Stored by hand.",
            protect=settings.protect,
        ),
    )
    books = Table(
        f"{name}-model",
        TableArgs(
            place=place,
            partition_key="key",
            expires_at="expires_at",
            # Counters of days and answers that can be asked for again.
            recoverable=False,
            protect=False,
        ),
    )
    step = extract(
        base,
        bucket=files.name,
        table=books.name,
        key_secret=key.arn,
        settings=settings,
        grants=[
            files.read_objects("uploads/"),
            files.read_objects("preprocessed/"),
            files.read_objects("work/"),
            files.write_objects("work/"),
            files.list_objects(),
            books.get_items(),
            books.put_items(),
            books.update_items(),
            key.read_value(),
        ],
    )
    return Model(extract=step, key_secret=key.name, books=books)


def extract(
    base: fn.Base,
    *,
    bucket: Input[str],
    table: Input[str],
    key_secret: Input[str],
    settings: Settings,
    grants: list[fn.Grant],
) -> FunctionArgs:
    """The step that asks. Grants: read the document's files, write work/, list the bucket; get, put
    and update items of the table; read the secret."""
    wanted = settings.model
    return fn.function(
        base,
        "steps.extract",
        dependencies="extracting",
        environment={
            "DOCUMENTS_BUCKET": bucket,
            "UPLOAD_LIMIT_MIB": str(settings.documents.max_size_mib),
            "MODEL_TABLE": table,
            "MODEL_URL": URLS[wanted.service],
            "MODEL_NAME": wanted.name,
            "MODEL_KEY_SECRET_ARN": key_secret,
            "MODEL_SECONDS": str(MODEL_SECONDS),
            "DOCUMENT_BUDGET_MICRO_DOLLARS": str(
                wanted.document_budget_cents * MICRO_DOLLARS_PER_CENT
            ),
            "DAY_BUDGET_MICRO_DOLLARS": str(wanted.day_budget_cents * MICRO_DOLLARS_PER_CENT),
        },
        grants=grants,
        memory_mib=1024,
        timeout_seconds=EXTRACT_SECONDS,
    )
