"""Where a stack of Azure's keeps what it has on this machine."""

from __future__ import annotations

from pathlib import Path

from pilaster_local.services.google import record


class Places(record.Places):
    """As Google's, beside them."""

    @property
    def folder(self) -> Path:
        return self.root.resolve() / ".pilaster" / "azure" / self.stack

    @property
    def log(self) -> Path:
        return self.folder / "azure.log"
