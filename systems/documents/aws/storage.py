"""How long files stay, and where: uploads/, preprocessed/, archive/ and work/ of one bucket."""

from __future__ import annotations

from pilaster.aws import Cooling, Expiry

from systems.settings import Settings

PREPROCESSED_DAYS = 30
"""Prepared pages are made again from the original where somebody still wants them."""


def expiry(settings: Settings) -> list[Expiry]:
    """What goes by itself. What steps hand on to one another is of no use after their run."""
    passing = [
        Expiry(prefix="work/", days=1, old_versions_days=1),
        Expiry(prefix="preprocessed/", days=PREPROCESSED_DAYS, old_versions_days=1),
    ]
    kept = settings.documents.keep_days
    return [*passing, *(Expiry(prefix=each, days=kept) for each in ORIGINALS if kept)]


def cooling(settings: Settings) -> list[Cooling]:
    """Originals of completed documents are seldom asked for. Nothing cools that goes before."""
    kept = settings.documents.keep_days or 36_500
    glacier = settings.storage.glacier_days
    tiering = settings.storage.tiering_days
    if tiering >= kept:
        return []
    return [
        Cooling(
            prefix="archive/",
            tiering_days=tiering,
            glacier_days=glacier if tiering < glacier < kept else None,
        )
    ]


ORIGINALS = ("uploads/", "archive/")
"""Where the file lies that its owner sent."""
