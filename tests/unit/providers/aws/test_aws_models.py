"""Service models, read as botocore reads them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from botocore.session import Session
from pilaster_local.providers.aws.models import Shape, input_shape
from pilaster_local.providers.aws.table import TYPES

OPERATIONS = sorted(
    {
        (row.service, operation)
        for row in TYPES.values()
        if row.service
        for operation in (row.create, row.update, *(part.put for part in row.parts))
        if operation
    }
)


def assert_same(ours: Shape, botocores: Any, path: str, seen: frozenset[str]) -> None:
    assert ours.type_name == botocores.type_name, path
    assert ours.metadata.get("min") == botocores.metadata.get("min"), path
    assert hasattr(ours, "members") == hasattr(botocores, "members"), path
    if botocores.name in seen:
        return
    seen |= {botocores.name}
    if ours.type_name == "structure":
        assert list(ours.members) == list(botocores.members), path
        for name, member in ours.members.items():
            assert_same(member, botocores.members[name], f"{path}.{name}", seen)
    elif ours.type_name == "list":
        assert_same(ours.member, botocores.member, f"{path}[]", seen)
    elif ours.type_name == "map":
        assert_same(ours.value, botocores.value, f"{path}{{}}", seen)


@pytest.mark.parametrize("service", sorted({service for service, _ in OPERATIONS}))
def test_a_service_s_operations_take_what_botocore_says(service: str) -> None:
    model = Session().get_service_model(service)
    for of, operation in OPERATIONS:
        if of == service:
            theirs = model.operation_model(operation).input_shape
            assert_same(input_shape(service, operation), theirs, operation, frozenset())


def test_a_check_without_a_cloud_does_not_import_botocore() -> None:
    program = (
        "import sys\n"
        "from pilaster_local.providers.aws import checking\n"
        "from pilaster_local.providers.aws.table import kind_of\n"
        "found = checking.failures(kind_of('aws:sqs/queue:Queue'), {'colour': 'red'})\n"
        "assert [name for name, _ in found] == ['colour'], found\n"
        "assert 'botocore' not in sys.modules, 'it costs every preview 0.2 s'\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
