"""What a call costs, in millionths of a US dollar.

Prices in US dollars per million tokens, as listed on the service's public price page
(https://docs.claude.com/en/docs/about-claude/pricing), written down in November 2026 from memory of
that page and not fetched: look before you rely on a bill. A model that is not listed is charged
at the dearest rate here, so that a budget ends early and never late.
"""

from __future__ import annotations

from dataclasses import dataclass

DATED = "2026-11-21"
IMAGE_TOKENS = 1_600
"""The most a picture of up to 1568 pixels a side counts for (width x height / 750, bounded)."""
LETTERS_PER_TOKEN = 2
"""JSON full of numbers: far below the four of prose, so an estimate errs upwards."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, which is micro-dollars per token."""

    per_input: float
    per_output: float


PRICES = {
    "claude-haiku-4-5": Price(1, 5),
    "claude-sonnet-4-5": Price(3, 15),
    "claude-opus-4-5": Price(5, 25),
}
DEAREST = Price(15, 75)


def price_of(model: str) -> Price:
    """By the longest listed name the model's begins with: names carry a date at their end."""
    fitting = [name for name in PRICES if model == name or model.startswith(f"{name}-")]
    return PRICES[max(fitting, key=len)] if fitting else DEAREST


def cost(model: str, *, input_tokens: int, output_tokens: int) -> int:
    """Of a call that was made, rounded up."""
    price = price_of(model)
    return -int(-(input_tokens * price.per_input + output_tokens * price.per_output) // 1)


def most(model: str, *, letters: int, images: int, output_tokens: int) -> int:
    """What a call that is about to be made can cost at the most."""
    tokens = letters // LETTERS_PER_TOKEN + 1 + images * IMAGE_TOKENS
    return cost(model, input_tokens=tokens, output_tokens=output_tokens)
