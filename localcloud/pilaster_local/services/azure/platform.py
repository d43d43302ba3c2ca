"""Start and stop what stands in for Azure: what runs is what the stack's state says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pilaster_local.services import authority, ports
from pilaster_local.services.azure import vaults
from pilaster_local.services.azure.places import Places
from pilaster_local.services.stand_ins import apart, record, supervising
from pilaster_local.services.stand_ins.postgres import SUPERUSER
from pilaster_local.services.stand_ins.record import Record
from pilaster_local.services.stand_ins.secrets import Store
from pilaster_local.services.stand_ins.state import Resource, of
from pilaster_local.services.stand_ins.supervising import Say

_OWN = ("require_secure_transport", "ssl_min_protocol_version")
"""Settings of Azure's server that TLS before this one keeps."""


def start(
    root: Path, stack: str, resources: Sequence[Resource], packages: Mapping[str, Any], *, say: Say
) -> dict[str, int]:
    """Run what is in the state, and wait until all of it answers; ports by what listens there.

    `packages`: the stack's output of that name, apps and their archives. What runs already and was
    told the same is left alone.
    """
    places = Places(root, stack)
    places.make()
    authority.make(places.authority)
    known = record.read(places)
    told = _settings(places, known, resources, packages)
    answering = [each["port"] for each in told["apps"]]
    answering += [each["front_port"] for each in told["apps"] if each["front"]]
    return supervising.start(
        places,
        known,
        told,
        module=f"{__package__}.serving",
        answering=answering,
        what="the apps in Pilaster's small Functions host, and PostgreSQL",
        say=say,
    )


def _settings(
    places: Places, known: Record, resources: Sequence[Resource], packages: Mapping[str, Any]
) -> dict[str, Any]:
    archives = {each["app"]: places.root / each["file"] for each in packages.values()}
    fronts = {
        each["inputs"]["name"]: each["inputs"]
        for each in of(resources, "azure-native:web:WebAppAuthSettingsV2")
    }
    apps = [
        _app(places, known, resources, each["inputs"], archives[each["inputs"]["name"]], fronts)
        for each in of(resources, "azure-native:web:WebApp")
    ]
    made = vaults.of(resources)
    Store(places.secrets).keep(made)
    return {
        "hidden": apart.hidden(places, made),
        "store": str(places.secrets),
        "authority": str(places.authority),
        "postgres": str(places.postgres),
        "sockets": str(places.sockets),
        "tokens": str(places.authority),
        "apps": apps,
        "database": _database(known, resources, apps),
    }


def _app(
    places: Places,
    known: Record,
    resources: Sequence[Resource],
    inputs: Mapping[str, Any],
    archive: Path,
    fronts: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    name = inputs["name"]
    environment = {each["name"]: each["value"] for each in inputs["siteConfig"]["appSettings"]}
    secrets = vaults.resolved(places, resources, inputs)
    port = known.port(f"app {name}")
    front = fronts.get(name)
    return {
        "name": name,
        "folder": str(_unpacked(places, archive)),
        "port": port,
        # What is referred to is looked up when the app starts, and written down nowhere else.
        "environment": {k: value for k, value in environment.items() if k not in secrets},
        "secrets": secrets,
        "identity": {
            "port": known.port(f"identity {name}"),
            "client_id": environment.get("AZURE_CLIENT_ID", ""),
            "secret": record.drawn(places, f"secret {name}"),
            "token": record.drawn(places, f"token {name}"),
        },
        "front_port": known.ports[f"front {name}"],
        "front": _front(front, port) if front else None,
    }


def _front(settings: Mapping[str, Any], port: int) -> dict[str, Any]:
    entra = settings["identityProviders"]["azureActiveDirectory"]
    return {
        "issuer": entra["registration"]["openIdIssuer"],
        "audiences": entra["validation"]["allowedAudiences"],
        "public": settings["globalValidation"].get("excludedPaths", []),
        "backend": f"http://{ports.LOOPBACK}:{port}",
    }


def _database(
    known: Record, resources: Sequence[Resource], apps: Sequence[Mapping[str, Any]]
) -> dict[str, Any] | None:
    """Each app's user with its token as the password; the administrator's owns the database."""
    administrators = {
        each["inputs"]["principalName"]
        for each in of(resources, "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra")
    }
    database = next(of(resources, "azure-native:dbforpostgresql:Database"), None)
    if database is None:
        return None
    users = {
        each["environment"]["DATABASE_USER"]: each["identity"]["token"]
        for each in apps
        if "DATABASE_USER" in each["environment"]
    }
    return {
        "port": known.ports["database"],
        "name": database["inputs"]["databaseName"],
        "flags": {
            each["inputs"]["configurationName"]: each["inputs"]["value"]
            for each in of(resources, "azure-native:dbforpostgresql:Configuration")
            if each["inputs"]["configurationName"] not in _OWN
        },
        "users": [
            {
                "name": user,
                "password": token,
                "roles": [SUPERUSER] if user in administrators else [],
            }
            for user, token in users.items()
        ],
    }


def _unpacked(places: Places, archive: Path) -> Path:
    """The package as the worker finds it."""
    folder = places.functions / archive.stem
    if not folder.exists():
        supervising.unpack(archive, folder)
    return folder
