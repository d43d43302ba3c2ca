"""Mail this cloud sends: random codes for new users, and a mailbox where they can be read.

ministack sends everybody the code 123456.
"""

from __future__ import annotations

import secrets
from typing import Any


def install() -> None:
    """Put a random code in the place of ministack's; it is checked because `AUTH` is on."""
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
