"""Physical names within Azure's limits, and resource ids, known before anything exists.

The one decision taken for everybody: what a role assignment names has an id that can be written
down at preview. What shares one namespace with the whole world carries a digest of subscription,
project and stack.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType

from pilaster.naming import shortened
from pilaster.packaging.target import Target

LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "group": 90,
        "identity": 128,
        "insights": 255,
        "network": 64,
        "plan": 60,
        "rules": 80,
        "workspace": 63,
    }
)
"""Azure's longest name of each kind that need be unique in its resource group alone."""

WORLDWIDE: Mapping[str, int] = MappingProxyType(
    {"database": 63, "site": 60, "storage": 24, "vault": 24}
)
"""The longest names of what is found by name from everywhere."""

PLAN = Target(python="3.12", architecture="x86_64")
"""What Flex Consumption runs, on Intel's or AMD's machines only. The library that hands requests
over (azure-functions 1) is made for Pythons up to 3.12; from 3.13 on it is another one."""

_DIGEST = 8
_PREFIX_LIMIT = 24
_GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something is deployed: what every block must know of the page's settings."""

    project: str
    """Pulumi's project; the first part of every physical name."""
    stack: str
    """Pulumi's stack; the second part."""
    subscription: str
    """The subscription's id, a GUID; the provider works in no other."""
    tenant: str
    """The directory (Entra tenant) the subscription trusts, a GUID."""
    location: str
    """Azure's region, such as `uksouth`."""
    target: Target = field(default=PLAN)
    """What function packages are built for."""
    root: str = "."
    """The folder that holds `lambdas/`, relative to the program."""

    def __post_init__(self) -> None:
        for what, value in (("subscription", self.subscription), ("tenant", self.tenant)):
            if not re.fullmatch(_GUID, value):
                raise ValueError(
                    f"{what} {value!r} is no id of Azure's: write its GUID, lower case, as "
                    "`az account show` prints it"
                )
        if not re.fullmatch(r"[a-z]+[0-9]?", self.location):
            raise ValueError(
                f"location {self.location!r} is no region of Azure's: write it as `az account "
                "list-locations` names it, such as 'uksouth'"
            )
        for part, value in (("project", self.project), ("stack", self.stack)):
            if not re.fullmatch(r"[a-z][a-z0-9-]*", value):
                raise ValueError(
                    f"{part} {value!r} cannot start a name: use lower-case letters, digits and "
                    "hyphens, a letter first"
                )
        if len(self.prefix) > _PREFIX_LIMIT:
            raise ValueError(
                f"project and stack together, {self.prefix!r}, are longer than {_PREFIX_LIMIT} "
                "characters: shorten one"
            )

    @property
    def prefix(self) -> str:
        """What every physical name of this stack starts with."""
        return f"{self.project}-{self.stack}-"

    @property
    def group(self) -> str:
        """The resource group everything of this stack is in."""
        return f"{self.project}-{self.stack}"

    def name(self, kind: str, path: str) -> str:
        """The physical name of what a component calls `path`, unique in the resource group."""
        return shortened(self.prefix + path, LIMITS[kind])

    def worldwide(self, kind: str, path: str) -> str:
        """The same for what has no namespace of its own; storage accounts take no hyphens."""
        digest = sha256(f"{self.subscription}/{self.prefix}{path}".encode()).hexdigest()[:_DIGEST]
        room = WORLDWIDE[kind] - _DIGEST - 1
        start = re.sub(r"-+", "-", f"{self.prefix}{path}")[:room].rstrip("-")
        name = f"{start}-{digest}"
        return name.replace("-", "") if kind == "storage" else name

    def id(self, *parts: str) -> str:
        """The resource id of `Microsoft.Storage/storageAccounts`, its name, and what is below."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers/" + (
            "/".join(parts)
        )

    def role(self, guid: str) -> str:
        """The id of a role that Azure brings."""
        return (
            f"/subscriptions/{self.subscription}/providers/Microsoft.Authorization/"
            f"roleDefinitions/{guid}"
        )

    def assignment(self, whose: str, owner: str, role: str) -> str:
        """The name of a role assignment, which Azure wants to be a GUID: always the same one."""
        told = f"{self.subscription}/{self.prefix}{whose}|{owner}|{role}"
        return str(uuid.uuid5(uuid.NAMESPACE_URL, told))
