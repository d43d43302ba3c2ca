"""The process that serves a stack of Google's here.

python -m pilaster_local.services.google.serving SETTINGS
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pilaster_local.services import ports
from pilaster_local.services.google.gateway import Gateway, Routes
from pilaster_local.services.google.metadata import Metadata
from pilaster_local.services.stand_ins import apart, serving
from pilaster_local.services.stand_ins.children import Children
from pilaster_local.services.stand_ins.tokens import Issuer


def begin(children: Children, told: dict[str, Any]) -> None:
    if told["database"]:
        serving.database(children, told)
    for function in told["functions"]:
        serving.listen(
            function["metadata_port"],
            type("Of", (Metadata,), {k: function[k] for k in ("email", "token")}),
        )
        _function(children, function, told)
    if gateway := told["gateway"]:
        parts = {
            "routes": Routes(gateway["document"]),
            "tokens": Issuer(Path(told["tokens"])),
        }
        serving.listen(gateway["port"], type("Of", (Gateway,), parts))


def _function(children: Children, function: dict[str, Any], told: dict[str, Any]) -> None:
    """In Google's own host, with what Cloud Run adds to a function's own variables."""
    database = told["database"]
    environment = {
        **function["environment"],
        "K_SERVICE": function["name"],
        "FUNCTION_TARGET": "handler",
        "PORT": str(function["port"]),
        "PATH": "/usr/bin:/bin",
        "HOME": function["folder"],
        "GCE_METADATA_HOST": f"{ports.LOOPBACK}:{function['metadata_port']}",
        "PYTHONDONTWRITEBYTECODE": "1",
        # On Google it is always 5432; here another may have taken that.
        **({"DATABASE_PORT": str(database["port"])} if database else {}),
    }
    command = [function["host"], "--target", "handler", "--source", "main.py"]
    command += ["--host", ports.LOOPBACK]
    if told["hidden"]:
        command = apart.around(
            command,
            hidden=[Path(each) for each in told["hidden"]],
            shown=[Path(each) for each in (*told["shown"], function["folder"])],
            mounted={w: Path(each["folder"]) for w, each in function["mounts"].items()},
        )
    children.start(
        function["name"],
        command,
        environment=environment,
        cwd=Path(function["folder"]),
    )


if __name__ == "__main__":
    serving.main(begin)
