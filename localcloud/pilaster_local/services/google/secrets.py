"""Which secrets a function has mounted, by whose leave: as Secret Manager and Cloud Run would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pilaster_local.services.errors import PlatformError
from pilaster_local.services.stand_ins import apart
from pilaster_local.services.stand_ins.record import Places
from pilaster_local.services.stand_ins.secrets import FILE, Store, no_value
from pilaster_local.services.stand_ins.state import Resource, of

ROLE = "roles/secretmanager.secretAccessor"
_SECRET = "gcp:secretmanager/secret:Secret"
_GRANTS = (
    "gcp:secretmanager/secretIamMember:SecretIamMember",
    "gcp:secretmanager/secretIamBinding:SecretIamBinding",
)


def names(resources: Sequence[Resource]) -> list[str]:
    """The secrets of the stack."""
    return sorted(each["inputs"]["secretId"] for each in of(resources, _SECRET))


def mounted(
    places: Places, resources: Sequence[Resource], function: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """By where it is mounted, the folder of each secret and when it changed. Raises PlatformError
    where Google would refuse it, and where it would not, but nothing here does the same."""
    name, service = function["name"], function["serviceConfig"]
    whose = f"function {name!r}"
    store = Store(places.secrets)
    for each in service.get("secretEnvironmentVariables") or []:
        raise PlatformError(
            f"{whose} has secret {each['secret']!r} as the variable {each['key']}, which nothing "
            "here stands in for: have it mounted as a file (`secrets` of pilaster.gcp.FunctionArgs)"
        )
    found: dict[str, dict[str, Any]] = {}
    for volume in service.get("secretVolumes") or []:
        secret, where = _last(volume["secret"]), volume["mountPath"].rstrip("/")
        if secret not in names(resources):
            raise PlatformError(
                f"{whose} mounts secret {secret!r}, which this stack does not make: make it with "
                f"pilaster.gcp.Secret; it makes {', '.join(names(resources)) or 'none'}"
            )
        if volume.get("versions") != [{"version": "latest", "path": FILE}]:
            raise PlatformError(
                f"{whose} mounts secret {secret!r} otherwise than as its newest version in the "
                f"file {FILE!r}, which is all this machine has: version 'latest', path {FILE!r}"
            )
        if not apart.can_mount(where):
            raise PlatformError(
                f"{whose} mounts secret {secret!r} at {where!r}, in a folder that this machine has "
                f"something else in: mount it below /{apart.MOUNTS}"
            )
        member = f"serviceAccount:{service['serviceAccountEmail']}"
        if member not in _may_read(resources, secret):
            raise PlatformError(
                f"{whose} may not read secret {secret!r}: {member} has no {ROLE} on it; hand "
                "`secret.read_value()` to its Identity's grants"
            )
        changed = store.changed(secret)
        if changed is None:
            raise no_value(whose, secret, places.stack)
        found[where] = {"folder": str(store.folder_of(secret)), "changed": changed}
    return found


def _may_read(resources: Sequence[Resource], secret: str) -> Iterator[str]:
    for each in resources:
        inputs = each.get("inputs", {})
        if (
            each["type"] in _GRANTS
            and _last(inputs["secretId"]) == secret
            and inputs["role"] == ROLE
            # Nothing here decides conditions: under one, nobody has it.
            and not inputs.get("condition")
        ):
            yield from inputs.get("members") or [inputs["member"]]


def _last(name: str) -> str:
    """A secret's id, of its whole name too."""
    return name.rpartition("/")[2]
