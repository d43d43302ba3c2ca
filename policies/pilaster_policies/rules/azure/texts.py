"""Azure reads its words without regard to capitals; so do the rules."""

from __future__ import annotations

from pilaster_policies.values import Value


def said(value: Value) -> str:
    """A text, a number or a flag, in lower case; empty for what is not there or not known."""
    return str(value).lower() if isinstance(value, str | int | float) else ""


def below_tls_1_2(value: Value) -> bool:
    """`1.0`, `TLS1_1`, `TLSv1`, `TLSEnforcementDisabled`: anything named that is not 1.2 or 1.3."""
    text = said(value)
    if not text:
        return False
    digits = "".join(letter for letter in text if letter.isdigit())
    return digits not in ("12", "13")
