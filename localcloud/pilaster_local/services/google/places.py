"""Where a stack of Google Cloud's keeps what it has on this machine."""

from __future__ import annotations

from pathlib import Path

from pilaster_local.services.stand_ins import record


class Places(record.Places):
    cloud = "Google Cloud"
    short = "google"

    @property
    def environments(self) -> Path:
        """Python environments by their lock: they hold no data and outlive a purge."""
        return self.root.resolve() / ".pilaster" / "google-environments"
