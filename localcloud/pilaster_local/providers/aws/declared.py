"""What pulumi_aws declares of a type."""

from __future__ import annotations

from pilaster_local.providers.declared import Sdk, alternatives, fields

__all__ = ["alternatives", "failures", "fields", "inputs", "is_known", "is_tagged", "types"]

_SDK = Sdk(
    "aws",
    "pulumi_aws",
    modules={"lambda": "lambda_"},
    added=frozenset({"tagsAll", "region"}),
)
failures = _SDK.failures
is_known = _SDK.is_known
inputs = _SDK.inputs
is_tagged = _SDK.is_tagged


def types() -> frozenset[str]:
    """Every type pulumi_aws has."""
    return _SDK.types
