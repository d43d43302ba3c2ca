"""What a thing of Azure's comes to on this machine: its id and its outputs."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from pilaster_local.services import ports
from pilaster_local.services.azure.places import Places
from pilaster_local.services.stand_ins import record

Plain = dict[str, Any]

_NAMES = (
    *("name", "resourceName", "serverName", "accountName", "subnetName", "virtualNetworkName"),
    *(
        "vaultName",
        "networkSecurityGroupName",
        "privateZoneName",
        "workspaceName",
        "resourceGroupName",
    ),
)


class Machine:
    """Gives every app and the database a port that stays theirs."""

    def __init__(self, root: Path, stack: str) -> None:
        self._places = Places(root, stack)
        self._record = record.read(self._places)

    def made(self, token: str, inputs: Plain) -> tuple[str, Plain]:
        """The id and the outputs of a thing with these inputs."""
        type_ = token.rsplit(":", 1)[-1]
        name = next((str(inputs[key]) for key in _NAMES if inputs.get(key)), "it")
        match type_:
            case "Server":
                self._port("database")
            case "WebApp":
                host = f"{ports.LOOPBACK}:{self._port(f'front {name}')}"
                return f"{type_}/{name}", {"defaultHostName": host}
            case "UserAssignedIdentity":
                drawn = {key: _drawn(f"{key} {name}") for key in ("clientId", "principalId")}
                return f"{type_}/{name}", drawn
            case "Component":
                return f"{type_}/{name}", {"connectionString": "none on this machine"}
            case _:
                pass
        return f"{type_}/{name}", {}

    def _port(self, of: str) -> int:
        return record.claimed(self._places, self._record, of)


def _drawn(of: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, of))
