"""JSON files in a bucket, a folder for each day, as a table that is queried with SQL.

The decision taken here for everybody: which days there are is computed from the table itself
(partition projection), so no crawler runs and nobody has to tell the catalog of a new day. Queries
run in a workgroup that nobody can talk out of its encryption or its limit of what one may read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from pilaster.aws.bucket import Bucket, BucketArgs, Expiry
from pilaster.naming import Place, once
from pilaster.tagging import tags

PARTITION = "day"
"""The folders are called `day=2026-11-21`."""
LEAST_LIMIT_MIB = 10
"""Athena takes no lower limit, and bills no query for less."""
_MIB = 1024 * 1024
_SERDE = "org.openx.data.jsonserde.JsonSerDe"
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class DailyTableArgs:
    """Where the files are, what is in them, and what may be asked."""

    place: Place
    """Project, stack, account, region."""
    table: str
    """What queries call it: small letters, digits and `_`."""
    bucket_name: pulumi.Input[str]
    """Where the files are: `{prefix}day=2026-11-21/*`, a JSON object on each line."""
    columns: Mapping[str, str]
    """Members of the objects that are read, with their types: `string`, `array<string>`. The column
    `day` is there beside them."""
    prefix: str = ""
    """What the files' keys start with; it ends in `/`."""
    days: int = 730
    """How far back days are looked for. One that has no files costs a request and no more."""
    queries: Mapping[str, str] = field(default_factory=dict[str, str])
    """Kept queries, by name. A `?` in one is a parameter that whoever runs it has to give."""
    read_limit_mib: int = 1024
    """What one query may read at the most, in MiB; it is cancelled then. 10 or more."""
    results_days: int = 7
    """How long answers are kept."""
    protect: bool = True
    """Refuse to delete or replace the answers' bucket; without, it is deleted with what is in it.
    """

    def __post_init__(self) -> None:
        for name in (self.table, *self.columns):
            if not _NAME.fullmatch(name):
                raise ValueError(
                    f"{name!r} cannot be asked for in a query: use small letters, digits and '_'"
                )
        if not self.columns or PARTITION in self.columns:
            raise ValueError(f"columns: name one at least, and not {PARTITION!r}, a folder's name")
        if self.prefix and not self.prefix.endswith("/"):
            raise ValueError(f"prefix {self.prefix!r} does not end in '/': folders stand below it")
        if self.read_limit_mib < LEAST_LIMIT_MIB:
            raise ValueError(
                f"read_limit_mib {self.read_limit_mib} is less than {LEAST_LIMIT_MIB}, which is "
                "the least that Athena counts"
            )
        if self.days < 1 or self.results_days < 1:
            raise ValueError("days and results_days are 1 or more")


class DailyTable(pulumi.ComponentResource):
    """See the module's first lines."""

    database: pulumi.Output[str]
    """What a query is run in. Known at preview."""
    workgroup: pulumi.Output[str]
    """Whom a query is given to. Known at preview."""
    query_ids: Mapping[str, pulumi.Output[str]]
    """The kept queries' ids, by name."""
    results_bucket: pulumi.Output[str]
    """Where answers are, which whoever asks must be able to read and write. Known at preview."""

    def __init__(
        self, name: str, args: DailyTableArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:DailyTable", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # Athena wants quotes around a name with a hyphen, in every query.
        database_name = args.place.name("catalog", name).replace("-", "_")
        workgroup_name = args.place.name("workgroup", name)

        database = aws.glue.CatalogDatabase(
            f"{name}-database",
            name=database_name,
            tags=tags(args.place, name),
            opts=child,
        )
        self.database = once(database, database_name)
        table = aws.glue.CatalogTable(
            f"{name}-table",
            name=args.table,
            database_name=self.database,
            table_type="EXTERNAL_TABLE",
            partition_keys=[{"name": PARTITION, "type": "string"}],
            parameters={
                "classification": "json",
                "projection.enabled": "true",
                f"projection.{PARTITION}.type": "date",
                f"projection.{PARTITION}.format": "yyyy-MM-dd",
                f"projection.{PARTITION}.range": f"NOW-{args.days}DAYS,NOW",
                f"projection.{PARTITION}.interval": "1",
                f"projection.{PARTITION}.interval.unit": "DAYS",
            },
            storage_descriptor={
                "location": pulumi.Output.format("s3://{0}/{1}", args.bucket_name, args.prefix),
                "input_format": "org.apache.hadoop.mapred.TextInputFormat",
                "output_format": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                "columns": [{"name": each, "type": kind} for each, kind in args.columns.items()],
                "ser_de_info": {"serialization_library": _SERDE},
            },
            opts=child,
        )
        results = Bucket(
            f"{name}-results",
            BucketArgs(
                place=args.place,
                protect=args.protect,
                versioned=False,  # what is asked again is there again
                expire=[Expiry(prefix="", days=args.results_days)],
            ),
            opts=child,
        )
        self.results_bucket = results.name
        workgroup = aws.athena.Workgroup(
            f"{name}-workgroup",
            name=workgroup_name,
            force_destroy=True,  # or what was ever asked keeps it from being deleted
            configuration={
                "enforce_workgroup_configuration": True,
                "publish_cloudwatch_metrics_enabled": True,
                "bytes_scanned_cutoff_per_query": args.read_limit_mib * _MIB,
                "result_configuration": {
                    "output_location": pulumi.Output.format("s3://{0}/", results.name),
                    "expected_bucket_owner": args.place.account,
                    "encryption_configuration": {"encryption_option": "SSE_S3"},
                },
            },
            tags=tags(args.place, name),
            opts=child,
        )
        self.workgroup = once(workgroup, workgroup_name)
        self.query_ids = {
            each: aws.athena.NamedQuery(
                f"{name}-{each}",
                name=each,
                database=self.database,
                workgroup=self.workgroup,
                query=query,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[table]),
            ).id
            for each, query in args.queries.items()
        }

        self.register_outputs(
            {
                "database": self.database,
                "workgroup": self.workgroup,
                "queryIds": self.query_ids,
                "resultsBucket": self.results_bucket,
            }
        )
