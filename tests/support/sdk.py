"""boto3 as a function's archive carries it, with the services somebody calls and no others."""

from __future__ import annotations

from pathlib import Path

import boto3

SDK = Path(boto3.__file__).parents[1]
PARTS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")


def sdk_files(*services: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name in PARTS:
        found = SDK / name
        for path in [found] if found.is_file() else found.rglob("*"):
            parts = path.relative_to(SDK).parts
            data = parts[:2] == ("botocore", "data") and len(parts) > 3 and parts[2] not in services
            if path.is_file() and not data and "__pycache__" not in parts:
                files["/".join(parts)] = path.read_bytes()
    return files
