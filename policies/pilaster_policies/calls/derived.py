"""The IAM actions a function's code can call, each with its call sites.

A call is a method of a client's, by its name: `client("s3")` anywhere in what is reached, and
`.get_object(...)`. 94 % of operations need the action of the same name; the others stand in tables.
What is signed instead of called (a presigned upload, a database login) counts where it is signed.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pilaster_policies.actions import of_service
from pilaster_policies.calls.reach import reached

_MAKERS = ("client", "create_client", "resource")
_PREFIXES = {
    "apigatewaymanagementapi": "execute-api",
    "elbv2": "elasticloadbalancing",
    "logs": "logs",
    "sesv2": "ses",
    "stepfunctions": "states",
    "bedrock-runtime": "bedrock",
}
"""Clients whose actions carry another prefix than their name."""
_OTHERWISE: dict[str, dict[str, tuple[str, ...]]] = {
    "s3": {
        # Without ListBucket S3 answers Forbidden for what is not there.
        "get_object": ("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"),
        "head_object": ("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"),
        "copy_object": ("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"),
        "list_objects": ("s3:ListBucket",),
        "list_objects_v2": ("s3:ListBucket",),
        "head_bucket": ("s3:ListBucket",),
        "list_object_versions": ("s3:ListBucketVersions",),
        "delete_object": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
        "delete_objects": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
        "upload_part": ("s3:PutObject",),
        "create_multipart_upload": ("s3:PutObject",),
        "complete_multipart_upload": ("s3:PutObject",),
    },
    "dynamodb": {
        "transact_write_items": (
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ),
        "transact_get_items": ("dynamodb:GetItem",),
    },
    "lambda": {"invoke": ("lambda:InvokeFunction",)},
    # The Data API logs in with a secret of the caller's.
    "rds-data": {
        operation: (f"rds-data:{action}", "secretsmanager:GetSecretValue")
        for operation, action in (
            ("batch_execute_statement", "BatchExecuteStatement"),
            ("begin_transaction", "BeginTransaction"),
            ("commit_transaction", "CommitTransaction"),
            ("execute_statement", "ExecuteStatement"),
            ("rollback_transaction", "RollbackTransaction"),
        )
    },
    "events": {"put_events": ("events:PutEvents",)},
    "sqs": {
        "send_message_batch": ("sqs:SendMessage",),
        "delete_message_batch": ("sqs:DeleteMessage",),
        "change_message_visibility_batch": ("sqs:ChangeMessageVisibility",),
    },
    "sesv2": {"send_email": ("ses:SendEmail", "ses:SendRawEmail")},
    "apigatewaymanagementapi": dict.fromkeys(
        ("post_to_connection", "delete_connection", "get_connection"),
        ("execute-api:ManageConnections",),
    ),
}
_SIGNED = {
    ("s3", "PUT"): ("s3:PutObject",),
    ("s3", "GET"): ("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"),
    ("rds-db", "GET"): ("rds-db:connect",),
    ("elasticache", "GET"): ("elasticache:Connect",),
}


@dataclass
class Derived:
    actions: dict[str, list[str]] = field(default_factory=dict)
    """By action, where it is called: `file.py:12`."""
    dynamic: list[str] = field(default_factory=list)
    """Where a client or an operation is named at run time: nothing can be said of it."""

    def add(self, action: str, where: str) -> None:
        sites = self.actions.setdefault(action, [])
        if where not in sites:
            sites.append(where)


@cache
def derive(root: Path, entry: str) -> Derived | None:
    """What the function at `entry` can call; None if its source is not below `root`."""
    code = reached(root, entry)
    if code is None:
        return None
    found = Derived()
    services: set[str] = set()
    signed: set[str] = set()
    for piece, call in code.calls():
        where = f"{piece.path.relative_to(root)}:{call.lineno}"
        made = _made(call)
        if made:
            services.add(made)
        if service := _signer(call):
            signed.add(service)
        if piece.knows_clients and _is_dynamic(call):
            found.dynamic.append(where)
    for piece, call in code.calls():
        where = f"{piece.path.relative_to(root)}:{call.lineno}"
        if not isinstance(call.func, ast.Attribute):
            continue
        operation = call.func.attr
        if operation == "get_paginator" and call.args:
            operation = str(getattr(call.args[0], "value", ""))
        for service in services:
            for action in _actions(service, operation):
                found.add(action, where)
        if operation == "presign" and call.args:
            method = getattr(call.args[0], "value", None)
            for service in signed:
                for action in _SIGNED.get((service, str(method)), ()):
                    found.add(action, where)
    return found


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else _name(call.func)


def _made(call: ast.Call) -> str | None:
    """The service a call makes a client of."""
    if _called(call) not in _MAKERS or not call.args:
        return None
    first = call.args[0]
    named = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return str(first.value) if named and isinstance(first, ast.Constant) else None


def _is_dynamic(call: ast.Call) -> bool:
    """A client or an operation whose name is composed. Who makes all clients is handed the name."""
    if _called(call) == "getattr" and len(call.args) > 1:
        return not isinstance(call.args[1], ast.Constant)
    if _called(call) in _MAKERS and call.args and _made(call) is None:
        return not (isinstance(call.args[0], ast.Name) and call.args[0].id == "service")
    return False


def _actions(service: str, operation: str) -> tuple[str, ...]:
    otherwise = _OTHERWISE.get(service, {})
    if operation in otherwise:
        return otherwise[operation]
    prefix = _PREFIXES.get(service, service)
    action = of_service(prefix).get(operation.replace("_", "").lower())
    return (f"{prefix}:{action}",) if action else ()


def _signer(call: ast.Call) -> str | None:
    if _name(call.func) != "Signer":
        return None
    for keyword in call.keywords:
        if keyword.arg == "service" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return None


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
