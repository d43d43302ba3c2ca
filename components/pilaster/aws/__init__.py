"""Pilaster on AWS: the pillars (Api, Pipeline, DataTier) and the blocks under them."""

from pilaster.aws.admission import Admission, AdmissionArgs
from pilaster.aws.api import Api, ApiArgs, Throttle
from pilaster.aws.bucket import Bucket, BucketArgs, Cooling, Expiry
from pilaster.aws.bucket_pages import BucketPages, BucketPagesArgs
from pilaster.aws.bus import Bus, BusArgs
from pilaster.aws.cache import Cache, CacheArgs
from pilaster.aws.cdn import Cdn, CdnArgs
from pilaster.aws.cdn_headers import PageSources
from pilaster.aws.consumer import Consumer, ConsumerArgs
from pilaster.aws.daily_table import DailyTable, DailyTableArgs
from pilaster.aws.data_proxy import DataProxy, DataProxyArgs
from pilaster.aws.data_tier import DataTier, DataTierArgs
from pilaster.aws.function import Function, FunctionArgs, NetworkRef, QueueSource, StreamSource
from pilaster.aws.iam import Grant
from pilaster.aws.mail import Mail, MailArgs
from pilaster.aws.migrations import Migrations, MigrationsArgs
from pilaster.aws.network import Network, NetworkArgs
from pilaster.aws.origin_secret import OriginSecret, OriginSecretArgs
from pilaster.aws.own_domain import OwnDomain
from pilaster.aws.pipeline import Dispatch, Pipeline, PipelineArgs, Start
from pilaster.aws.push import WebSocket, WebSocketArgs
from pilaster.aws.queue import Queue, QueueArgs
from pilaster.aws.schedule import Schedule, ScheduleArgs
from pilaster.aws.secret import Secret, SecretArgs
from pilaster.aws.site import Site, SiteArgs
from pilaster.aws.table import Table, TableArgs, TableIndex
from pilaster.aws.users import Users, UsersArgs
from pilaster.aws.workflow import Workflow, WorkflowArgs
from pilaster.packaging import Code

__all__ = [
    "Admission",
    "AdmissionArgs",
    "Api",
    "ApiArgs",
    "Bucket",
    "BucketArgs",
    "BucketPages",
    "BucketPagesArgs",
    "Bus",
    "BusArgs",
    "Cache",
    "CacheArgs",
    "Cdn",
    "CdnArgs",
    "Code",
    "Consumer",
    "ConsumerArgs",
    "Cooling",
    "DailyTable",
    "DailyTableArgs",
    "DataProxy",
    "DataProxyArgs",
    "DataTier",
    "DataTierArgs",
    "Dispatch",
    "Expiry",
    "Function",
    "FunctionArgs",
    "Grant",
    "Mail",
    "MailArgs",
    "Migrations",
    "MigrationsArgs",
    "Network",
    "NetworkArgs",
    "NetworkRef",
    "OriginSecret",
    "OriginSecretArgs",
    "OwnDomain",
    "PageSources",
    "Pipeline",
    "PipelineArgs",
    "Queue",
    "QueueArgs",
    "QueueSource",
    "Schedule",
    "ScheduleArgs",
    "Secret",
    "SecretArgs",
    "Site",
    "SiteArgs",
    "Start",
    "StreamSource",
    "Table",
    "TableArgs",
    "TableIndex",
    "Throttle",
    "Users",
    "UsersArgs",
    "WebSocket",
    "WebSocketArgs",
    "Workflow",
    "WorkflowArgs",
]
