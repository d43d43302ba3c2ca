"""Where botocore's models are known to be wrong or out of date, dated and with the reason.

Every line is a check given up; a line whose reason has gone should go with it.
"""

from __future__ import annotations

PATTERNS: dict[tuple[str, str], str] = {}
"""(service, shape) -> why its pattern is not held against values."""

ENUMS: dict[tuple[str, str], str] = {
    # 2026-11-21: Lambda adds a runtime every few months, and retires some; the message says
    # that it is botocore which does not know it.
}
"""(service, shape) -> why its list of values is not held against values."""

LIMITS: dict[tuple[str, str], str] = {
    # 2026-11-21: the model has 5,400 s and 32,768 MB, which are for capacity providers only;
    # `rules` holds the ordinary 900 s and 10,240 MB.
}
"""(service, shape) -> why its length or range is not held against values."""
