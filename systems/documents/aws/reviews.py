"""Reviews of documents: what waits for a person."""

from __future__ import annotations

from pilaster.aws import Table, TableArgs, TableIndex

from systems.documents.aws.functions import Base


def reviews_table(name: str, base: Base, *, protect: bool) -> Table:
    """One item per document that waits for a person (adapters/reviews.py)."""
    return Table(
        f"{name}-reviews",
        TableArgs(
            place=base.place,
            partition_key="document",
            expires_at="expires",
            indexes=[
                TableIndex(
                    partition_key="queue",
                    sort_key="requested_at",
                    whole_items=False,
                    shows=["until", "confidence", "claimed_by", "claimed_until", "escalated_at"],
                )
            ],
            protect=protect,
        ),
    )
