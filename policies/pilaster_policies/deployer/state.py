"""What reading and writing the state of a stack takes, where it lies with AWS: said apart, since
state often lies in another account.

https://www.pulumi.com/docs/iac/concepts/state-and-backends/ (S3),
https://www.pulumi.com/docs/iac/concepts/secrets/ (awskms)
"""

from __future__ import annotations

import re
from typing import Any


def statements(backend: str, secrets: str, *, region: str, account: str) -> list[dict[str, Any]]:
    """`backend`: as `s3://bucket/path`; `secrets`: as `awskms://alias/name?region=...`."""
    found: list[dict[str, Any]] = []
    if bucket := re.match(r"s3://([^/?]+)", backend):
        arn = f"arn:aws:s3:::{bucket[1]}"
        objects = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        found.append({"Effect": "Allow", "Action": objects, "Resource": [f"{arn}/*"]})
        found.append({"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [arn]})
    if key := re.match(r"awskms://(?:/)?([^?]+)", secrets):
        found.append(
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:Encrypt"],
                **_key(key[1], region, account),
            }
        )
    return found


def _key(name: str, region: str, account: str) -> dict[str, Any]:
    if name.startswith("arn:") and ":alias/" not in name:
        return {"Resource": [name]}
    keys = f"arn:aws:kms:{region}:{account}:key/"
    if not name.startswith(("alias/", "arn:")):
        return {"Resource": [f"{keys}{name}"]}
    # An alias is no resource of these actions: a condition names it.
    alias = name.rpartition(":")[2]
    return {
        "Resource": [f"{keys}*"],
        "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": [alias]}},
    }
