"""What a thing of Google's comes to on this machine: its id and its outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pilaster_local.services import authority, ports
from pilaster_local.services.google.places import Places
from pilaster_local.services.stand_ins import record

Plain = dict[str, Any]

_NAMES = ("name", "accountId", "secretId", "apiConfigId", "apiId", "gatewayId", "repositoryId")
HOST = ports.LOOPBACK


class Machine:
    """Gives every function, the database and the gateway a port that stays theirs."""

    def __init__(self, root: Path, stack: str) -> None:
        self._places = Places(root, stack)
        self._record = record.read(self._places)

    def made(self, token: str, inputs: Plain) -> tuple[str, Plain]:
        """The id and the outputs of a thing with these inputs."""
        name = next((str(inputs[key]) for key in _NAMES if inputs.get(key)), "it")
        match token.rsplit(":", 1)[-1]:
            case "DatabaseInstance":
                self._port("database")
                ca = authority.make(self._places.authority).read_text()
                return name, {"privateIpAddress": HOST, "serverCaCerts": [{"cert": ca}]}
            case "Function":
                return name, {"url": f"http://{HOST}:{self._port(f'function {name}')}"}
            case "Gateway":
                return name, {"defaultHostname": f"http://{HOST}:{self._port('gateway')}"}
            case "Account":
                return name, {"email": f"{name}@{inputs.get('project')}.iam.gserviceaccount.com"}
            case _:
                return name, {}

    def _port(self, of: str) -> int:
        return record.claimed(self._places, self._record, of)
