"""Mail this cloud sends: random codes for new users, and a mailbox where they can be read.

ministack sends everybody the code 123456.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

_shut = False
"""Whether the mailbox refuses what comes."""


def install() -> None:
    """Put these in the place of ministack's own functions."""
    _random_codes()
    _refusing_when_shut()
    _letters_are_of_an_identity()
    _identities_show_their_tags()


def shut(refuses: bool) -> dict[str, Any]:
    """Shut or open the mailbox for letters, as a test of what happens then."""
    global _shut
    _shut = refuses
    return {"shut": _shut}


def _refusing_when_shut() -> None:
    from ministack.services import ses, ses_v2

    stock = ses._message_rejection

    def rejection(*asked: Any, **named: Any) -> str | None:
        return "The mailbox of this machine is shut." if _shut else stock(*asked, **named)

    ses._message_rejection = ses_v2._message_rejection = rejection


def _letters_are_of_an_identity() -> None:
    """Who may send may send as somebody: ministack asks for leave to send as everybody."""
    from ministack.core import iam_actions
    from ministack.services import ses, ses_v2

    stock = iam_actions._ses_v2_resource_arn

    def resource(method: str, path: str, body: bytes, region: str, account: str) -> str:
        if (method, path.rstrip("/")) != ("POST", "/v2/email/outbound-emails"):
            return stock(method, path, body, region, account)
        try:
            said = str(json.loads(body).get("FromEmailAddress", ""))
        except (ValueError, AttributeError):
            return "*"
        address = ses.parseaddr(said)[1]
        own = address in ses_v2._identities
        identity = address if own else address.rpartition("@")[2]
        return f"arn:aws:ses:{region}:{account}:identity/{identity}" if identity else "*"

    iam_actions._ses_v2_resource_arn = resource


def _identities_show_their_tags() -> None:
    """ministack shows an identity with the tags it was made with, whatever became of them."""
    from ministack.services import ses_v2

    stock = ses_v2.handle_request

    async def handle(method: str, path: str, headers: Any, body: Any, query: Any) -> Any:
        for name, identity in list(ses_v2._identities.items()):
            arn = ses_v2._resource_arn("identity", name)
            identity["Tags"] = ses_v2._ses_tags.get(arn, identity.get("Tags", []))
        return await stock(method, path, headers, body, query)

    ses_v2.handle_request = handle


def _random_codes() -> None:
    """It is checked because `AUTH` is on."""
    from ministack.services import cognito

    stock = cognito._send_verification_email

    def send(pool: Any, username: str, attributes: Any, code: str, *more: Any, **named: Any) -> Any:
        user = pool["_users"].get(username)
        if user is None:
            user, _ = cognito._resolve_user(pool, username)
        for field in ("_confirmation_code", "_reset_code"):
            if user is not None and user.get(field) == code:
                code = user[field] = f"{secrets.randbelow(1_000_000):06d}"
                break
        return stock(pool, username, attributes, code, *more, **named)

    cognito._send_verification_email = send


def messages() -> list[dict[str, Any]]:
    """Every mail that waits: codes not yet used, and what was sent with SES. The newest first."""
    from ministack.services import cognito, ses

    found: list[dict[str, Any]] = []
    for pool in list(cognito._user_pools._data.values()):
        for user in list(pool["_users"].values()):
            attributes = cognito._attr_list_to_dict(user.get("Attributes", []))
            for field, subject in (
                ("_confirmation_code", "Your verification code"),
                ("_reset_code", "Your password reset code"),
            ):
                waits = field != "_confirmation_code" or user.get("UserStatus") == "UNCONFIRMED"
                if (code := user.get(field)) and waits:
                    found.append(
                        {
                            "to": attributes.get("email", ""),
                            "subject": subject,
                            "body": f"Your code is {code}",
                            "code": code,
                        }
                    )
    for entries in list(ses._sent_emails._data.values()):
        for mail in entries if isinstance(entries, list) else []:
            found += [
                {
                    "to": to,
                    "subject": mail.get("RenderedSubject") or mail.get("Subject", ""),
                    "body": mail.get("RenderedBodyText") or mail.get("BodyText", ""),
                }
                for to in mail.get("To", [])
            ]
    return found[::-1]
