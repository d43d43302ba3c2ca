"""Start and stop what stands in for Google Cloud: what runs is what the stack's state says."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import uv

from pilaster_local.services.errors import PlatformError
from pilaster_local.services.google import secrets
from pilaster_local.services.google.places import Places
from pilaster_local.services.stand_ins import apart, record, supervising
from pilaster_local.services.stand_ins.record import Record
from pilaster_local.services.stand_ins.secrets import Store
from pilaster_local.services.stand_ins.state import Resource, of
from pilaster_local.services.stand_ins.supervising import Say


def start(root: Path, stack: str, resources: Sequence[Resource], *, say: Say) -> dict[str, int]:
    """Run what is in the state, and wait until all of it answers; ports by what listens there.

    What runs already and was told the same is left alone.
    """
    places = Places(root, stack)
    places.make()
    known = record.read(places)
    told = _settings(places, known, resources, say)
    answering = [each["port"] for each in told["functions"]]
    # The gateway is the last to listen; who calls waits for the rest.
    answering += [told["gateway"]["port"]] if told["gateway"] else []
    return supervising.start(
        places,
        known,
        told,
        module=f"{__package__}.serving",
        answering=answering,
        what="the functions in Google's functions-framework, and PostgreSQL",
        say=say,
    )


def _settings(
    places: Places, known: Record, resources: Sequence[Resource], say: Say
) -> dict[str, Any]:
    made = secrets.names(resources)
    Store(places.secrets).keep(made)
    functions = list(_functions(places, known, resources, say))
    return {
        "hidden": apart.hidden(places, made),
        "shown": [str(places.environments)],
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
        for each in of(resources, "gcp:storage/bucketObject:BucketObject")
    }
    for each in of(resources, "gcp:cloudfunctionsv2/function:Function"):
        inputs = each["inputs"]
        name, service = inputs["name"], inputs["serviceConfig"]
        mounts = secrets.mounted(places, resources, inputs)
        archive = places.root / archives[inputs["buildConfig"]["source"]["storageSource"]["object"]]
        folder = unpacked(places, archive)
        yield {
            "name": name,
            "folder": str(folder),
            "host": str(environment(places, folder / "requirements.txt", say)),
            "port": known.ports[f"function {name}"],
            "metadata_port": known.port(f"metadata {name}"),
            "environment": service.get("environmentVariables", {}),
            "email": service["serviceAccountEmail"],
            "token": record.drawn(places, f"token {service['serviceAccountEmail']}"),
            "mounts": mounts,
        }


def _database(
    known: Record, resources: Sequence[Resource], functions: Sequence[Mapping[str, Any]]
) -> dict[str, Any] | None:
    for instance in of(resources, "gcp:sql/databaseInstance:DatabaseInstance"):
        tokens = {
            each["email"].removesuffix(".gserviceaccount.com"): each["token"] for each in functions
        }
        name = next(
            (each["inputs"]["name"] for each in of(resources, "gcp:sql/database:Database")), None
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
                for user in of(resources, "gcp:sql/user:User")
                if user["inputs"]["name"] in tokens
            ],
        }
    return None


def _gateway(known: Record, resources: Sequence[Resource]) -> dict[str, Any] | None:
    for config in of(resources, "gcp:apigateway/apiConfig:ApiConfig"):
        encoded = config["inputs"]["openapiDocuments"][0]["document"]["contents"]
        return {"port": known.ports["gateway"], "document": json.loads(base64.b64decode(encoded))}
    return None


def _path(asset: Mapping[str, Any]) -> str:
    """Where an asset of the state lies."""
    return str(asset["path"])


def unpacked(places: Places, archive: Path) -> Path:
    """The archive's files, as Google's build has them before it installs the requirements."""
    folder = places.functions / archive.stem
    if not folder.exists():
        for former in places.functions.glob(f"{archive.stem.rpartition('-')[0]}-*"):
            shutil.rmtree(former, ignore_errors=True)
        supervising.unpack(archive, folder)
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
