"""What travels, as JSON schemas (2020-12). Bounds are the constants the handlers check with."""

from __future__ import annotations

from lambdas.documents.aws.openapi.shapes import (
    ID,
    MOMENT,
    PART,
    PERCENT,
    TIME,
    Schema,
    closed,
    only,
    or_null,
    record,
    ref,
    text,
)
from lambdas.documents.model.account import (
    MAX_CODE,
    MAX_EMAIL,
    MAX_PASSWORD,
    MAX_TOKEN,
    PASSWORD_RULES,
)
from lambdas.documents.model.correction import (
    MAX_BLOCKS,
    MAX_NOTES,
    MAX_REASON,
    MAX_TITLE,
)
from lambdas.documents.model.document import Status
from lambdas.documents.model.doubt import LONGEST_TEXT, LONGEST_WHY
from lambdas.documents.model.review import Choice, ReviewStatus
from lambdas.documents.model.timetable import DAYS
from lambdas.documents.model.upload import EXTENSIONS, MAX_NAME

DEFAULT_UPLOAD_LIMIT_MIB = 20
"""What the settings have where a stack says nothing (`documents.max_size_mib`)."""

_SUMMARY: dict[str, Schema] = {
    "id": ID,
    "name": text(description="As its owner called it: for display, never markup or a path."),
    "status": ref("DocumentStatus"),
    "reason": or_null(text(), "Why it is not completed, in words for its owner."),
    "route": {"type": "array", "items": text(), "description": "How it was read."},
    "confidence": {**PERCENT, "description": "Percent."},
    "created_at": MOMENT,
    "finished_at": or_null(MOMENT),
}
_WAITING: dict[str, Schema] = {
    "id": {**ID, "description": "The document's, and so the review's."},
    "requested_at": MOMENT,
    "until": {**MOMENT, "description": "When the wait times out."},
    "confidence": {**PERCENT, "description": "Percent."},
    "escalated_at": or_null(MOMENT, "When it was said again that nobody had taken it."),
    "claimed_until": or_null(MOMENT, "Null: nobody has it."),
    "claimed_by_me": {"type": "boolean"},
}
_DECISION: dict[str, Schema] = {
    "status": ref("ReviewStatus"),
    "decided_at": MOMENT,
    "decided_by": or_null(ID, "Null where nobody decided in time."),
    "timetable": or_null(ref("Timetable")),
    "reason": or_null(text(), "With `refused`."),
}
_EMAIL = text(least=1, most=MAX_EMAIL, format="email")
_TOKEN = text(least=1, most=MAX_TOKEN)
_BLOCK_DAY: Schema = {"enum": list(DAYS), "type": "string"}


def schemas() -> dict[str, Schema]:
    """By the names clients know them by."""
    return {**_accounts(), **_documents(), **_reviews(), **_besides()}


def _accounts() -> dict[str, Schema]:
    return {
        "Credentials": record(
            "An account's.",
            email=_EMAIL,
            password=text(least=1, most=MAX_PASSWORD, format="password"),
        ),
        "NewCredentials": record(
            "For a new account.",
            email=_EMAIL,
            password={
                **text(most=MAX_PASSWORD, format="password"),
                "description": f"Must have {', '.join(PASSWORD_RULES)}.",
                "allOf": [
                    {"pattern": "^" + rule.replace(".", r"[\s\S]")}
                    for rule in PASSWORD_RULES.values()
                ],
            },
        ),
        "Registration": record(
            "An address that has an account already gets an answer like any other.",
            user=ID,
            confirmed={"type": "boolean", "description": "False: a code was sent by e-mail."},
        ),
        "Confirmation": record(
            "The code from the e-mail.", email=_EMAIL, code=text(least=1, most=MAX_CODE)
        ),
        "RefreshToken": record("Good once.", refresh_token=_TOKEN),
        "Tokens": record(
            "As OAuth names them (RFC 6749).",
            access_token=text(least=1),
            id_token=text(least=1),
            refresh_token=text(least=1, description="The new one: the old one is good no more."),
            expires_in={"type": "integer", "minimum": 1, "description": "Seconds."},
            token_type={"const": "Bearer", "type": "string"},
        ),
    }


def _documents() -> dict[str, Schema]:
    step = record(
        "A step that came to its end.",
        name=text(),
        seconds={"type": "number", "minimum": 0},
        cached={"type": "boolean", "description": "Known before, from the same bytes."},
    )
    return {
        "NewDocument": record(
            "A file to be sent.",
            name=text(
                least=1,
                most=MAX_NAME,
                description="No control, invisible or direction-changing characters.",
            ),
            content_type={"type": "string", "enum": list(EXTENSIONS)},
            size={
                "type": "integer",
                "minimum": 1,
                "maximum": DEFAULT_UPLOAD_LIMIT_MIB * 2**20,
                "description": "Bytes; the upload must have exactly these many.",
            },
        ),
        "Upload": record(
            "Where to send the file: once, with exactly these headers (but for `Content-Length`, "
            "which a browser sets itself).",
            url=text(format="uri"),
            method={"const": "PUT", "type": "string"},
            headers={"type": "object", "additionalProperties": text()},
            expires_at=MOMENT,
        ),
        "CreatedDocument": record(
            "Announced; its file is awaited.",
            id=ID,
            status=ref("DocumentStatus"),
            upload=ref("Upload"),
        ),
        "DocumentStatus": {"type": "string", "enum": [each.value for each in Status]},
        "DocumentSummary": record("A document in a list.", **_SUMMARY),
        "DocumentPage": record(
            "Newest first.",
            items={"type": "array", "items": ref("DocumentSummary")},
            next=or_null(text(), "The next page's `cursor`; null on the last."),
        ),
        "Document": record(
            "A document, with its timetable once there is one.",
            **_SUMMARY,
            steps={"type": "array", "items": ref("Step")},
            timetable=or_null(ref("Timetable")),
        ),
        "Step": step,
        "Day": _BLOCK_DAY,
        "Block": record(
            "One thing that happens on one day.",
            day=ref("Day"),
            start=TIME,
            end={**TIME, "description": "After `start`."},
            title=text(least=1),
            notes=text(),
        ),
        "Timetable": record(
            "Blocks in order of day and time; no two of a day overlap.",
            title=text(),
            blocks={"type": "array", "items": ref("Block")},
        ),
    }


def _reviews() -> dict[str, Schema]:
    block = record(
        "One thing that happens on one day.",
        ("notes",),
        day=ref("Day"),
        start=TIME,
        end={**TIME, "description": "After `start`."},
        title=text(least=1, most=MAX_TITLE),
        notes=text(most=MAX_NOTES),
    )
    correction = record(
        "The week as it is. Blocks of a day do not overlap.",
        ("title",),
        title=text(most=MAX_TITLE),
        blocks={
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_BLOCKS,
            "items": ref("CorrectedBlock"),
        },
    )
    place: dict[str, Schema] = {
        "page": {"type": "integer", "minimum": 1},
        "day": ref("Day"),
        "start": {**TIME, "description": "When the slot begins."},
        "row": text(most=LONGEST_TEXT, description="What the row is called."),
        "text": text(most=LONGEST_TEXT, description="What was read there."),
        "box": {
            "type": "array",
            "prefixItems": [PART] * 4,
            "minItems": 4,
            "maxItems": 4,
            "description": "Left, top, right, bottom as parts of the straightened page, or of the "
            "original where that was read as it came.",
        },
    }
    choice = [each.value for each in Choice]
    return {
        "ReviewStatus": {"type": "string", "enum": [each.value for each in ReviewStatus]},
        "WaitingReview": record("A review in the list.", **_WAITING),
        "ReviewPage": record(
            "Longest waiting first.",
            items={"type": "array", "items": ref("WaitingReview")},
            next=or_null(text(), "The next page's `cursor`; null on the last."),
        ),
        "Doubt": record(
            "One thing to look at. What is not known of its place is left out.",
            tuple(place),
            rule=text(description="The rule that was broken."),
            why=text(most=LONGEST_WHY),
            **place,
        ),
        "Scan": record(
            "The original; ask again for another link.",
            url=text(format="uri"),
            expires_at=MOMENT,
        ),
        "StraightPage": record(
            "A page as it was straightened to be read; ask again for another link.",
            page={"type": "integer", "minimum": 1},
            url=text(format="uri"),
            expires_at=MOMENT,
        ),
        "Review": record(
            "All a reviewer needs.",
            **_WAITING,
            status=ref("ReviewStatus"),
            proposal=or_null(ref("Timetable"), "Null where nothing whole could be made out."),
            doubts={"type": "array", "items": ref("Doubt")},
            scan=ref("Scan"),
            pages={
                "type": "array",
                "items": ref("StraightPage"),
                "description": "What boxes stand on. A page that is missing was read as it came.",
            },
            decision=or_null(ref("Decision"), "Null while it is open."),
        ),
        "Decision": record("How a review ended.", **_DECISION),
        "DecidedReview": record("The decision as it stands.", id=ID, **_DECISION),
        "CorrectedBlock": closed(block),
        "CorrectedTimetable": closed(correction),
        "Approval": record("The proposal is right.", decision=only(choice[0])),
        "Correction": record(
            "The week is this.", decision=only(choice[1]), timetable=ref("CorrectedTimetable")
        ),
        "Refusal": record(
            "This is no timetable, or cannot be read.",
            decision=only(choice[2]),
            reason=text(least=1, most=MAX_REASON, description="For its owner; one line."),
        ),
        "ReviewDecision": {"oneOf": [ref("Approval"), ref("Correction"), ref("Refusal")]},
    }


def _besides() -> dict[str, Schema]:
    return {
        "Health": record("It answers.", status={"const": "ok", "type": "string"}),
        "OpenApi": {"type": "object", "description": "This document."},
        "PushTicket": record(
            "Opens one socket, once, within a minute: `url?ticket=...`.",
            ticket=text(least=1),
            url=text(format="uri"),
            expires_at=MOMENT,
        ),
        "MailWishes": record("Whether somebody wants mail.", mail={"type": "boolean"}),
        "FieldError": record(
            "What is wrong with one field.",
            field=text(examples=["timetable.blocks[3].end"]),
            message=text(),
        ),
        "Problem": record(
            "A refusal (RFC 9457).",
            ("errors",),
            type=text(description="Stays the same while words may change."),
            title=text(),
            status={"type": "integer"},
            detail=text(),
            request_id=text(description="What the logs call the request."),
            errors={"type": "array", "minItems": 1, "items": ref("FieldError")},
        ),
        "GatewayMessage": record("The gateway's own refusal: read the status.", message=text()),
    }
