"""Secrets Manager and Parameter Store.

Sources: Secrets Manager user guide, "Quotas"; Systems Manager API reference, PutParameter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import Table, arn, number, one_of, policy, text
from pilaster_local.providers.aws.plan.finding import Said
from pilaster_local.providers.aws.plan.grammars import policies
from pilaster_local.providers.aws.values import UNKNOWN

_VALUE_BYTES = 65_536
_SIZES = {"Standard": 4_096, "Advanced": 8_192, "Intelligent-Tiering": 8_192}


def _version(inputs: Mapping[str, Any]) -> Said:
    given = inputs.keys() & {"secretString", "secretBinary", "secretStringWo"}
    if len(given) != 1:
        yield "secretString", "a version has one value: secretString or secretBinary"
    value = inputs.get("secretString")
    if isinstance(value, str) and len(value.encode()) > _VALUE_BYTES:
        yield "secretString", f"a secret has {_VALUE_BYTES:,} bytes at most"


def _parameter(inputs: Mapping[str, Any]) -> Said:
    tier, value = inputs.get("tier", "Standard"), inputs.get("value", inputs.get("insecureValue"))
    most = _SIZES.get(str(tier))
    if isinstance(value, str) and most and len(value.encode()) > most:
        yield "value", f"a parameter of tier {tier} has {most:,} bytes at most"
    if inputs.get("type") == "SecureString" and "insecureValue" in inputs:
        yield "insecureValue", "a SecureString takes value"
    if inputs.get("type") in ("String", "StringList") and "keyId" in inputs:
        yield "keyId", "a key is for a SecureString"
    if not {"value", "insecureValue", "valueWo"} & inputs.keys():
        yield "value", "a parameter needs a value"
    pattern = inputs.get("allowedPattern")
    if isinstance(pattern, str) and isinstance(value, str):
        try:
            fits = re.search(pattern, value) is not None
        except re.error as error:
            yield "allowedPattern", f"it is no regular expression: {error}"
            return
        if not fits:
            yield "value", "it does not match allowedPattern"


def _secret(inputs: Mapping[str, Any]) -> Said:
    days = inputs.get("recoveryWindowInDays", 30)
    if days is not UNKNOWN and isinstance(days, int) and days != 0 and not 7 <= days <= 30:
        yield "recoveryWindowInDays", f"{days} is neither 0 nor from 7 to 30"


BOUNDS: Mapping[str, Table] = {
    "aws:secretsmanager/secret:Secret": {
        "policy": policy(policies.SECRET),
        "description": text(r".*", "a description", most=2_048),
        "kmsKeyId": text(
            r"alias/[\w/-]+|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)/.+|"
            r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|mrk-[0-9a-f]{32}",
            "a key's id, ARN or alias",
        ),
    },
    "aws:secretsmanager/secretVersion:SecretVersion": {
        "secretId": arn("secretsmanager", resource=r"secret:.+", also=r"[A-Za-z0-9/_+=.@-]+"),
    },
    "aws:ssm/parameter:Parameter": {
        "type": one_of("String", "StringList", "SecureString"),
        "tier": one_of("Standard", "Advanced", "Intelligent-Tiering"),
        "dataType": one_of("text", "aws:ec2:image", "aws:ssm:integration"),
        "description": text(r".*", "a description", most=1_024),
        "version": number(1, 10**9),
    },
}

RULES = {
    "aws:secretsmanager/secretVersion:SecretVersion": (_version,),
    "aws:secretsmanager/secret:Secret": (_secret,),
    "aws:ssm/parameter:Parameter": (_parameter,),
}
