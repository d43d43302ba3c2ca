"""What a size of the settings is on Google Cloud: a database, and functions it has room for."""

from __future__ import annotations

from dataclasses import dataclass

from pilaster.gcp.data_tier import KEPT_FOR_THE_PLATFORM, max_connections


@dataclass(frozen=True, kw_only=True)
class Size:
    """One of them. Refuses functions that could ask the database for more than it has."""

    tier: str
    """Cloud SQL's name of the instance."""
    max_instances: int
    """Instances of the function at the most."""
    at_once: int = 4
    """Requests, and connections, an instance has at once."""
    highly_available: bool = False
    """Whether a second database stands by in another zone."""
    max_storage_gb: int = 100
    """The most the database grows to."""

    def __post_init__(self) -> None:
        # One more for the migrations.
        wanted = self.max_instances * self.at_once + 1
        room = max_connections(self.tier) - KEPT_FOR_THE_PLATFORM
        if wanted > room:
            raise ValueError(
                f"{self.max_instances} instances with {self.at_once} connections each and the "
                f"migrations want {wanted}, and {self.tier!r} has {room} to give: lower "
                "max_instances or take a larger tier"
            )


SIZES = {
    "small": Size(tier="db-f1-micro", max_instances=4),
    "medium": Size(tier="db-custom-1-3840", max_instances=20, max_storage_gb=500),
    "large": Size(
        tier="db-custom-4-15360", max_instances=100, highly_available=True, max_storage_gb=5000
    ),
}
"""By the settings' words. `small` shares a CPU and is under no agreement of Google's on uptime."""
