"""Physical names on Google Cloud, derived before any resource exists, as on AWS.

What appears in a binding (a service account's address, a secret, an instance) can be written down
at preview; what cannot stands in `UNDERIVABLE`.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pilaster.naming import shortened

LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "account": 30,
        "api": 63,
        "bucket": 63,
        "firewall": 63,
        "function": 63,
        "gateway": 63,
        "instance": 84,
        "network": 63,
        "range": 63,
        "repository": 63,
        "secret": 255,
        "subnet": 63,
    }
)
"""Google's longest name of each kind."""

UNDERIVABLE: Mapping[str, str] = MappingProxyType(
    {
        "gcp:apigateway/gateway:Gateway": "Google draws the host name clients call",
        "gcp:cloudfunctionsv2/function:Function": "Google draws the address of the function",
        "gcp:compute/network:Network": "an address with the number of the project is drawn",
        "gcp:sql/databaseInstance:DatabaseInstance": "Google draws its address and certificate",
    }
)
"""What Google alone knows, with the reason."""

_PREFIX_LIMIT = 24
_PROJECT = r"[a-z][a-z0-9-]{4,28}[a-z0-9]"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something is deployed: what every block must know of the page's settings."""

    project: str
    """Pulumi's project; the first part of every physical name."""
    stack: str
    """Pulumi's stack; the second part."""
    cloud_project: str
    """The id of Google's project, such as `notes-4711`: in every address, never in a name."""
    region: str
    """Google's region, such as `europe-west2`."""
    python: str = "3.13"
    """The Python that functions run."""
    root: str = "."
    """The folder that holds `lambdas/`, relative to the program."""

    def __post_init__(self) -> None:
        if not re.fullmatch(_PROJECT, self.cloud_project):
            raise ValueError(
                f"cloud_project {self.cloud_project!r} is no id of a project: 6 to 30 lower-case "
                "letters, digits and hyphens, a letter first (`gcloud projects list` shows it)"
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
                "characters: shorten one, a service account's 30 must hold a component after them"
            )

    @property
    def prefix(self) -> str:
        """What every physical name of this stack starts with."""
        return f"{self.project}-{self.stack}-"

    def name(self, kind: str, path: str) -> str:
        """The physical name of what a component calls `path`."""
        return shortened(self.prefix + path, LIMITS[kind])

    def worldwide(self, kind: str, path: str) -> str:
        """Buckets share one namespace with the whole world, and may not say `google`: the project
        is in the name as a digest."""
        told = hashlib.sha256(self.cloud_project.encode()).hexdigest()[:8]
        return f"{shortened(self.prefix + path, LIMITS[kind] - len(told) - 1)}-{told}"

    def email(self, path: str) -> str:
        """The address of the service account a component calls `path`."""
        return f"{self.name('account', path)}@{self.cloud_project}.iam.gserviceaccount.com"

    def address(self, *parts: str) -> str:
        """A thing's whole name, such as `projects/notes-4711/secrets/key`."""
        return "/".join(("projects", self.cloud_project, *parts))


def labels(place: Place, component: str) -> dict[str, str]:
    """What costs are told apart by. Google's labels know no colons and 63 characters."""
    values = {"project": place.project, "stack": place.stack, "component": component}
    return {f"pilaster-{key}": shortened(value, 63) for key, value in values.items()}
