"""Start and stop what stands in for Azure: what runs is what the stack's state says."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pilaster_local.services import authority, ports, process
from pilaster_local.services.azure.places import Places
from pilaster_local.services.errors import PlatformError
from pilaster_local.services.google import record
from pilaster_local.services.google.postgres import SUPERUSER
from pilaster_local.services.google.record import Record
from pilaster_local.services.record import write_private

_NATIVE = "azure-native:"
_OWN = ("require_secure_transport", "ssl_min_protocol_version")
"""Settings of Azure's server that TLS before this one keeps."""
_PATIENCE = 120.0
_PATIENCE_TO_STOP = 40.0
Resource = Mapping[str, Any]
Say = Callable[[str], None]


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
    text = json.dumps(told, indent=1, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if known.process and process.is_alive(known.process) and known.told == digest:
        return known.ports
    if known.process:
        process.stop(known.process, patience=_PATIENCE_TO_STOP)
    write_private(places.settings, text)
    say("starting the apps in Pilaster's small Functions host, and PostgreSQL")
    child = process.spawn(
        [sys.executable, "-P", "-m", f"{__package__}.serving", str(places.settings)],
        environment={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(places.folder)},
        cwd=places.folder,
        log=places.log,
    )
    started = Record(ports=known.ports, process=process.identify(child.pid), told=digest)
    record.write(places, started)
    try:
        _await(places, child, told)
    except BaseException:
        if started.process:
            process.stop(started.process, patience=_PATIENCE_TO_STOP)
        raise
    return started.ports


def stop(root: Path, stack: str) -> bool:
    """End it and keep the data; whether anything ran."""
    places = Places(root, stack)
    known = record.read(places)
    if known.process is None:
        return False
    ran = process.stop(known.process, patience=_PATIENCE_TO_STOP)
    record.write(places, Record(ports=known.ports))
    return ran


def purge(root: Path, stack: str) -> None:
    """End it and delete its data."""
    stop(root, stack)
    places = Places(root, stack)
    for folder in (places.sockets, places.folder):
        shutil.rmtree(folder, ignore_errors=True)


def stacks(root: Path) -> list[str]:
    """Those that something was made for here."""
    folder = Places(root, "").folder
    return sorted(each.name for each in folder.glob("*") if each.is_dir())


def _settings(
    places: Places, known: Record, resources: Sequence[Resource], packages: Mapping[str, Any]
) -> dict[str, Any]:
    archives = {each["app"]: places.root / each["file"] for each in packages.values()}
    fronts = {
        each["inputs"]["name"]: each["inputs"]
        for each in _of(resources, "web:WebAppAuthSettingsV2")
    }
    apps = [
        _app(places, known, each["inputs"], archives[each["inputs"]["name"]], fronts)
        for each in _of(resources, "web:WebApp")
    ]
    return {
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
    inputs: Mapping[str, Any],
    archive: Path,
    fronts: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    name = inputs["name"]
    environment = {each["name"]: each["value"] for each in inputs["siteConfig"]["appSettings"]}
    vaults = [n for n, value in environment.items() if value.startswith("@Microsoft.KeyVault(")]
    if vaults:
        raise PlatformError(
            f"app {name!r} reads {vaults[0]} from a vault, and nothing here stands in for Key "
            "Vault: leave it out of the stack on this machine"
        )
    port = _port(known, f"app {name}")
    front = fronts.get(name)
    return {
        "name": name,
        "folder": str(_unpacked(places, archive)),
        "port": port,
        "environment": environment,
        "identity": {
            "port": _port(known, f"identity {name}"),
            "client_id": environment["AZURE_CLIENT_ID"],
            "secret": _drawn(places, f"secret {name}"),
            "token": _drawn(places, f"token {name}"),
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
) -> dict[str, Any]:
    """Each app's user with its token as the password; the administrator's owns the database."""
    administrators = {
        each["inputs"]["principalName"]
        for each in _of(resources, "dbforpostgresql:AdministratorsMicrosoftEntra")
    }
    [database] = _of(resources, "dbforpostgresql:Database")
    users = {each["environment"]["DATABASE_USER"]: each["identity"]["token"] for each in apps}
    return {
        "port": known.ports["database"],
        "name": database["inputs"]["databaseName"],
        "flags": {
            each["inputs"]["configurationName"]: each["inputs"]["value"]
            for each in _of(resources, "dbforpostgresql:Configuration")
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


def _of(resources: Sequence[Resource], type_: str) -> Iterator[Resource]:
    return (each for each in resources if each["type"] == f"{_NATIVE}{type_}")


def _port(known: Record, of: str) -> int:
    if of not in known.ports:
        known.ports[of] = ports.choose(taken=tuple(known.ports.values()))
    return known.ports[of]


def _drawn(places: Places, of: str) -> str:
    """Drawn once, for this user's eyes only."""
    file = places.folder / f"drawn-{hashlib.sha256(of.encode()).hexdigest()[:16]}"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(32))
    return file.read_text()


def _unpacked(places: Places, archive: Path) -> Path:
    """The package as the worker finds it."""
    folder = places.functions / archive.stem
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=places.functions) as scratch:
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(Path(scratch) / "in")
            (Path(scratch) / "in").rename(folder)
    return folder


def _await(places: Places, child: subprocess.Popen[bytes], told: Mapping[str, Any]) -> None:
    """Until somebody listens wherever somebody will be called."""
    waiting = [each["port"] for each in told["apps"]]
    waiting += [each["front_port"] for each in told["apps"] if each["front"]]
    deadline = time.monotonic() + _PATIENCE
    while waiting:
        if child.poll() is None and time.monotonic() < deadline:
            if not ports.is_free(waiting[0]):
                waiting.pop(0)
            else:
                time.sleep(0.05)
            continue
        what = "ended" if child.poll() is not None else "did not answer in time"
        end = places.log.read_text(errors="replace").strip().splitlines()[-15:]
        raise PlatformError(
            f"what stands in for Azure {what}; {places.log} ends:\n" + "\n".join(end)
        )
