"""The way to the database: straight, or through a proxy, and as whom.

Nothing here runs by a timer, and nothing with one gets a way: one session is enough to keep a
database awake that pauses when nobody uses it.
"""

from __future__ import annotations

from collections.abc import Callable

import pulumi
from pilaster.aws import DataProxy, DataProxyArgs, DataTier, Network
from pilaster.naming import Place

from systems.documents.aws import events
from systems.documents.aws import functions as fn
from systems.settings import Settings

USERS = (fn.API_ROLE, events.ERASER_ROLE, fn.WRITER_ROLE)
"""Who logs in (lambdas/documents/migrations); each function as one of them."""

After = Callable[[pulumi.Output[str]], pulumi.Output[str]]


def database_part(
    place: Place, name: str, settings: Settings, network: Network, data: DataTier
) -> Callable[[str, After], fn.DatabaseRef]:
    """The database as one user reaches it; `after` makes its host wait for the migrations."""
    given = settings.data
    proxy = (
        DataProxy(
            f"{name}-proxy",
            DataProxyArgs(
                place=place,
                network=network.database,
                cluster_identifier=data.cluster_identifier,
                cluster_resource_id=data.cluster_resource_id,
                users=USERS,
                max_connections_percent=given.proxy_connections_percent,
                max_idle_connections_percent=given.proxy_connections_percent // 4,
                idle_client_seconds=given.idle_session_seconds,
            ),
        )
        if given.proxy
        else None
    )

    def reached(user: str, after: After) -> fn.DatabaseRef:
        way = proxy or data
        return fn.DatabaseRef(
            network=network.inside,
            host=after(way.host),
            port=data.port.apply(lambda port: str(int(port))),
            name=data.database_name,
            proxied=proxy is not None,
            idle_seconds=given.idle_session_seconds,
            connect=way.connect(user),
            user=user,
        )

    return reached
