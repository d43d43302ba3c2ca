"""What tests of Google Cloud's part share: whether its types are here, and the stack as a plan."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from pilaster_local import engine
from pilaster_local.providers.gcp.provider import GcpProvider

ROOT = Path(__file__).parents[2]

needs_types = pytest.mark.skipif(
    find_spec("pulumi_gcp") is None,
    reason="pulumi_gcp is not installed: `cli/setup.sh clouds` installs it",
)


@cache
def plan(stack: str = "dev-gcp") -> engine.Plan:
    """The stack's preview, made once."""
    return engine.preview(ROOT, stack, provider={"gcp": GcpProvider()})


def resources(stack: str = "dev-gcp") -> list[tuple[str, str, dict[str, Any]]]:
    """Type, logical name and inputs of every resource of Google's."""
    return [
        (step.type, step.urn.rsplit("::", 1)[-1], dict(step.new.inputs))
        for step in plan(stack).steps
        if step.new is not None and step.type.startswith("gcp:")
    ]
