"""The process that serves a stack of Azure's here.

python -m pilaster_local.services.azure.serving SETTINGS
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pilaster_local.services import ports
from pilaster_local.services.azure import host
from pilaster_local.services.azure.front import Front, Rules
from pilaster_local.services.azure.identity import PATH, Identity
from pilaster_local.services.stand_ins import apart, serving
from pilaster_local.services.stand_ins.children import Children
from pilaster_local.services.stand_ins.secrets import Store
from pilaster_local.services.stand_ins.tokens import Issuer


def begin(children: Children, told: dict[str, Any]) -> None:
    if told["database"]:
        serving.database(children, told)
    for app in told["apps"]:
        identity = {key: app["identity"][key] for key in ("client_id", "secret", "token")}
        serving.listen(app["identity"]["port"], type("Of", (Identity,), identity))
        _app(children, app, told)
        if app["front"]:
            parts = {"routes": Rules(**app["front"]), "tokens": Issuer(Path(told["tokens"]))}
            serving.listen(app["front_port"], type("Of", (Front,), parts))


def _app(children: Children, app: dict[str, Any], told: dict[str, Any]) -> None:
    """With exactly what Azure adds to an app's own settings, as far as ours reads it."""
    store = Store(Path(told["store"]))
    root = Path(told["authority"]) / "ca.pem"
    environment = {
        **app["environment"],
        **{name: store.value(each["secret"]) for name, each in app["secrets"].items()},
        "PATH": "/usr/bin:/bin",
        "HOME": app["folder"],
        "WEBSITE_SITE_NAME": app["name"],
        "WEBSITE_AUTH_ENABLED": str(bool(app["front"])),
        "IDENTITY_ENDPOINT": f"http://{ports.LOOPBACK}:{app['identity']['port']}{PATH}",
        "IDENTITY_HEADER": app["identity"]["secret"],
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if told["database"]:
        # The private name leads here, and the certificate is this machine's.
        environment |= {
            "DATABASE_HOST": ports.LOOPBACK,
            "DATABASE_PORT": str(told["database"]["port"]),
            "PGSSLROOTCERT": str(root),
        }
    # Nothing of this environment's packages: what is not in the package is not there.
    command = [sys.executable, "-I", "-S", str(Path(host.__file__))]
    command += [app["folder"], str(app["port"])]
    if told["hidden"]:
        command = apart.around(
            command,
            hidden=[Path(each) for each in told["hidden"]],
            shown=[Path(app["folder"]), root],
            mounted={},
        )
    children.start(
        app["name"],
        command,
        environment=environment,
        cwd=Path(app["folder"]),
    )


if __name__ == "__main__":
    serving.main(begin)
