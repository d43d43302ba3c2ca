"""Where a stack of Azure's keeps what it has on this machine."""

from __future__ import annotations

from pilaster_local.services.stand_ins import record


class Places(record.Places):
    cloud = "Azure"
    short = "azure"
