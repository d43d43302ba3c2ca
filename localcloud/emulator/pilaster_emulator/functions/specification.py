"""What a function is, read once from the emulator's record of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

Side = Literal["inside", "outside"]


@dataclass(frozen=True, kw_only=True)
class Specification:
    """Everything that makes one function's process differ from another's."""

    name: str
    arn: str
    version: str
    account: str
    region: str
    handler: str
    role: str
    code: str
    """`CodeSha256` as Lambda gives it: base64."""
    timeout_seconds: int
    memory_mib: int
    temporary_mib: int
    side: Side
    environment: dict[str, str]

    @property
    def key(self) -> str:
        """Two calls may share a process if and only if this is equal."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def read(config: dict[str, Any]) -> Specification:
    """From a `FunctionConfiguration` as the emulator keeps it."""
    arn = config["FunctionArn"]
    _, _, _, region, account, _, name = arn.split(":")[:7]
    network = config.get("VpcConfig") or {}
    return Specification(
        name=config.get("FunctionName", name),
        arn=arn,
        version=config.get("Version", "$LATEST"),
        account=account,
        region=region,
        handler=config.get("Handler", ""),
        role=config.get("Role", ""),
        code=config.get("CodeSha256", ""),
        timeout_seconds=int(config.get("Timeout") or 3),
        memory_mib=int(config.get("MemorySize") or 128),
        temporary_mib=int((config.get("EphemeralStorage") or {}).get("Size") or 512),
        side="inside" if network.get("SubnetIds") else "outside",
        environment=dict((config.get("Environment") or {}).get("Variables") or {}),
    )
