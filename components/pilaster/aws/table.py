"""A DynamoDB table: pay per request, encrypted, recoverable to any second of 35 days.

The decision taken here for everybody: keys are text; numbers and dates that must sort are written
so that they sort as text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws.iam import Grant
from pilaster.naming import Place, once
from pilaster.tagging import tags


@dataclass(frozen=True, kw_only=True)
class TableIndex:
    """Another way to find items: by other attributes, a moment behind the table."""

    partition_key: str
    """The attribute items are found by; an item without it is not in the index."""
    sort_key: str | None = None
    """The attribute items of one partition are sorted by."""
    whole_items: bool = True
    """Whether it holds all of an item; else its keys and what it `shows`."""
    shows: Sequence[str] = ()
    """The attributes it holds beside the keys. Who may query the index alone sees no others."""

    def __post_init__(self) -> None:
        if self.shows and self.whole_items:
            raise ValueError(
                f"index {self.name!r} holds whole items and is told to show "
                f"{', '.join(self.shows)} alone: set whole_items to False, or leave `shows` out"
            )

    @property
    def name(self) -> str:
        """What a query names, such as `by-user-session`."""
        return "-".join(("by", self.partition_key, *([self.sort_key] if self.sort_key else [])))


@dataclass(frozen=True, kw_only=True)
class TableArgs:
    """A table's keys."""

    place: Place
    """Project, stack, account, region."""
    partition_key: str
    """The attribute items are found by."""
    sort_key: str | None = None
    """The attribute items of one partition are sorted by."""
    expires_at: str | None = None
    """The attribute with the second (Unix time) after which an item goes by itself."""
    indexes: Sequence[TableIndex] = ()
    """Other ways to find items."""
    told: bool = False
    """Whether changes are told, for a day, as items are after them: for a function's `stream`."""
    recoverable: bool = True
    """Whether any second of the last 35 days can be restored; not for what lives for minutes."""
    protect: bool = True
    """Refuse to be deleted or replaced."""


class Table(pulumi.ComponentResource):
    """See the module's first lines."""

    name: pulumi.Output[str]
    """What a function's environment names. Known at preview."""
    arn: pulumi.Output[str]
    """What a policy names. Known at preview."""
    stream_arn: pulumi.Output[str]
    """Where changes are told; empty where they are not. AWS puts the time into it."""

    def __init__(
        self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Table", name, None, opts)
        table_name = args.place.name("table", name)
        self._logical_name = name
        self._arn = args.place.arn("dynamodb", f"table/{table_name}")
        places = (args, *args.indexes)
        keys = dict.fromkeys(
            key for each in places for key in (each.partition_key, each.sort_key) if key
        )

        table = aws.dynamodb.Table(
            f"{name}-table",
            name=table_name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=args.partition_key,
            range_key=args.sort_key,
            attributes=[{"name": key, "type": "S"} for key in keys],
            global_secondary_indexes=[_index(each) for each in args.indexes] or None,
            point_in_time_recovery={"enabled": args.recoverable},
            server_side_encryption={"enabled": True},
            ttl=({"enabled": True, "attribute_name": args.expires_at} if args.expires_at else None),
            stream_enabled=True if args.told else None,
            stream_view_type="NEW_IMAGE" if args.told else None,
            deletion_protection_enabled=args.protect,
            tags=tags(args.place, name),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )

        self.name = once(table, table_name)
        self.arn = once(table, self._arn)
        self.stream_arn = table.stream_arn if args.told else pulumi.Output.from_input("")
        self.register_outputs({"name": self.name, "arn": self.arn, "streamArn": self.stream_arn})

    def read_items(self) -> Grant:
        """Reading by key and by partition; never a scan."""
        return self._items("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")

    def write_items(self) -> Grant:
        """Writing, changing and deleting single items."""
        return self._items("dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")

    def scan_items(self) -> Grant:
        """Going through all there is: for tables that are empty but for what waits."""
        return self._items("dynamodb:Scan")

    def get_items(self) -> Grant:
        """Reading single items by their key."""
        return self._items("dynamodb:GetItem")

    def query_items(self) -> Grant:
        """Reading the items of one partition."""
        return self._items("dynamodb:Query")

    def query_indexes(self) -> Grant:
        """Finding items by the table's indexes, and not by its own key."""
        return Grant(
            owner=self._logical_name,
            actions=["dynamodb:Query"],
            resources=[f"{self._arn}/index/*"],
        )

    def put_items(self) -> Grant:
        """Writing whole items."""
        return self._items("dynamodb:PutItem")

    def update_items(self) -> Grant:
        """Changing single items."""
        return self._items("dynamodb:UpdateItem")

    def delete_items(self) -> Grant:
        """Deleting single items."""
        return self._items("dynamodb:DeleteItem")

    def _items(self, *actions: str) -> Grant:
        return Grant(owner=self._logical_name, actions=actions, resources=[self._arn])


def _index(index: TableIndex) -> aws.dynamodb.TableGlobalSecondaryIndexArgs:
    return aws.dynamodb.TableGlobalSecondaryIndexArgs(
        name=index.name,
        key_schemas=[
            aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=key, key_type=kind)
            for key, kind in ((index.partition_key, "HASH"), (index.sort_key, "RANGE"))
            if key
        ],
        projection_type=_projection(index),
        non_key_attributes=list(index.shows) or None,
    )


def _projection(index: TableIndex) -> str:
    if index.whole_items:
        return "ALL"
    return "INCLUDE" if index.shows else "KEYS_ONLY"
