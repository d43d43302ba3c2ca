"""Start and stop what stands in for Google Cloud: what runs is what the stack's state says."""

from __future__ import annotations

import base64
import hashlib
import json
import os
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

import uv

from pilaster_local.services import ports, process
from pilaster_local.services.errors import PlatformError
from pilaster_local.services.google import record
from pilaster_local.services.google.record import Places, Record
from pilaster_local.services.record import write_private

SERVING = "pilaster_local.services.google.serving"
_PATIENCE = 120.0
_PATIENCE_TO_STOP = 40.0
Resource = Mapping[str, Any]
Say = Callable[[str], None]


def start(root: Path, stack: str, resources: Sequence[Resource], *, say: Say) -> dict[str, int]:
    """Run what is in the state, and wait until all of it answers; ports by what listens there.

    What runs already and was told the same is left alone.
    """
    places = Places(root, stack)
    places.make()
    known = record.read(places)
    told = _settings(places, known, resources, say)
    text = json.dumps(told, indent=1, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if known.process and process.is_alive(known.process) and known.told == digest:
        return known.ports
    if known.process:
        process.stop(known.process, patience=_PATIENCE_TO_STOP)
    write_private(places.settings, text)
    say("starting the functions in Google's functions-framework, and PostgreSQL")
    child = process.spawn(
        [
            sys.executable,
            "-P",
            "-m",
            "pilaster_local.services.google.serving",
            str(places.settings),
        ],
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
    places: Places, known: Record, resources: Sequence[Resource], say: Say
) -> dict[str, Any]:
    functions = list(_functions(places, known, resources, say))
    return {
        "authority": str(places.authority),
        "postgres": str(places.postgres),
        "sockets": str(places.sockets),
        "tokens": str(places.authority),
        "functions": functions,
        "database": _database(known, resources, functions),
        "gateway": _gateway(known, resources),
    }


def _functions(
    places: Places, known: Record, resources: Sequence[Resource], say: Say
) -> Iterator[dict[str, Any]]:
    archives = {
        each["inputs"]["name"]: _path(each["inputs"]["source"])
        for each in _of(resources, "gcp:storage/bucketObject:BucketObject")
    }
    for each in _of(resources, "gcp:cloudfunctionsv2/function:Function"):
        inputs = each["inputs"]
        name, service = inputs["name"], inputs["serviceConfig"]
        if service.get("secretVolumes"):
            raise PlatformError(
                f"function {name!r} has secrets mounted, and nothing here stands in for Secret "
                "Manager: leave `secrets` out of the stack on this machine"
            )
        archive = places.root / archives[inputs["buildConfig"]["source"]["storageSource"]["object"]]
        folder = unpacked(places, archive)
        yield {
            "name": name,
            "folder": str(folder),
            "host": str(environment(places, folder / "requirements.txt", say)),
            "port": known.ports[f"function {name}"],
            "metadata_port": _port(known, f"metadata {name}"),
            "environment": service.get("environmentVariables", {}),
            "email": service["serviceAccountEmail"],
            "token": _token(places, service["serviceAccountEmail"]),
        }


def _database(
    known: Record, resources: Sequence[Resource], functions: Sequence[Mapping[str, Any]]
) -> dict[str, Any] | None:
    for instance in _of(resources, "gcp:sql/databaseInstance:DatabaseInstance"):
        tokens = {
            each["email"].removesuffix(".gserviceaccount.com"): each["token"] for each in functions
        }
        name = next(
            (each["inputs"]["name"] for each in _of(resources, "gcp:sql/database:Database")), None
        )
        return {
            "port": known.ports["database"],
            "name": name or "postgres",
            "flags": {
                flag["name"]: flag["value"]
                for flag in instance["inputs"]["settings"].get("databaseFlags", [])
            },
            "users": [
                {
                    "name": user["inputs"]["name"],
                    "password": tokens[user["inputs"]["name"]],
                    "roles": user["inputs"].get("databaseRoles", []),
                }
                for user in _of(resources, "gcp:sql/user:User")
                if user["inputs"]["name"] in tokens
            ],
        }
    return None


def _gateway(known: Record, resources: Sequence[Resource]) -> dict[str, Any] | None:
    for config in _of(resources, "gcp:apigateway/apiConfig:ApiConfig"):
        encoded = config["inputs"]["openapiDocuments"][0]["document"]["contents"]
        return {"port": known.ports["gateway"], "document": json.loads(base64.b64decode(encoded))}
    return None


def _of(resources: Sequence[Resource], type_: str) -> Iterator[Resource]:
    return (each for each in resources if each["type"] == type_)


def _path(asset: Mapping[str, Any]) -> str:
    """Where an asset of the state lies."""
    return str(asset["path"])


def _port(known: Record, of: str) -> int:
    if of not in known.ports:
        known.ports[of] = ports.choose(taken=tuple(known.ports.values()))
    return known.ports[of]


def _token(places: Places, email: str) -> str:
    """Drawn once for each account, for this user's eyes only."""
    file = places.folder / f"token-{hashlib.sha256(email.encode()).hexdigest()[:16]}"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(32))
    return file.read_text()


def unpacked(places: Places, archive: Path) -> Path:
    """The archive's files, as Google's build has them before it installs the requirements."""
    folder = places.functions / archive.stem
    if not folder.exists():
        for former in places.functions.glob(f"{archive.stem.rpartition('-')[0]}-*"):
            shutil.rmtree(former, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=places.functions) as scratch:
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(Path(scratch) / "in")
            (Path(scratch) / "in").rename(folder)
    return folder


def environment(places: Places, requirements: Path, say: Say) -> Path:
    """Google's host in an environment of exactly what is locked."""
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = places.environments / digest
    host = folder / "bin" / "functions-framework"
    if host.exists() and (folder / ".whole").exists():
        return host
    say("installing what the functions' lock says")
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    for command in (
        ("venv", "--python", os.path.realpath(sys.executable), str(folder)),
        (
            *("pip", "install", "--python", str(folder / "bin" / "python"), "--require-hashes"),
            *("--no-deps", "--only-binary", ":all:", "--requirement", str(requirements)),
        ),
    ):
        done = subprocess.run(
            [os.environ.get("UV") or uv.find_uv_bin(), "--quiet", "--no-progress", *command],
            # uv leaves its lock files where temporary files go.
            env={**os.environ, "TMPDIR": str(folder.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PlatformError(
                f"what {requirements} locks cannot be installed; uv says:\n{done.stderr.strip()}\n"
                "Is the package index in reach? Nothing else was changed: run it again."
            )
    (folder / ".whole").touch()
    return host


def _await(places: Places, child: subprocess.Popen[bytes], told: Mapping[str, Any]) -> None:
    """Until somebody listens wherever somebody will be called; who calls waits for the rest."""
    waiting = [each["port"] for each in told["functions"]]
    # The gateway is the last to listen.
    waiting += [told["gateway"]["port"]] if told["gateway"] else []
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
            f"what stands in for Google Cloud {what}; {places.log} ends:\n" + "\n".join(end)
        )
