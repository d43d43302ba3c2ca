"""Databases behind the emulator's RDS resources: `CreateDBCluster` makes or attaches one, and
`DeleteDBCluster` deletes it.

ministack has the control plane and, without Docker, no data plane. Replaced are seven actions, the
change of the master's password and the Data API's connection. A cluster that is made again under
its identifier finds its data again: only a delete loses it.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pilaster_emulator.database.server import Installation, Server
from pilaster_emulator.revival import Revival

log = logging.getLogger("pilaster.database")

HOST = "localhost"
ENGINES = ("aurora-postgresql", "postgres")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,62}")
Parameters = dict[str, Any]


class Clusters:
    """The databases of one emulator."""

    def __init__(self, installation: Installation, port: int) -> None:
        self.servers: dict[str, Server] = {}
        self._installation = installation
        self._port = port
        """Where the login proxy listens: the endpoint of every cluster."""
        # One thread that lives as long as the emulator: what it starts would end with it.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="postgres")
        self._revival = Revival(self.servers, self._revive)
        self._restored = threading.Event()
        self._restored.set()

    def install(self) -> None:
        """Put this in ministack's place."""
        from ministack.services import rds, rds_data

        rds._MINISTACK_HOST = HOST
        # No look for a Docker daemon, ever.
        rds._get_docker = lambda: None
        rds._apply_cluster_master_password_change = self._change_password
        rds_data._has_real_endpoint = lambda instance: True
        rds_data._connect = self._connect
        for action, replacement in (
            ("CreateDBCluster", self._create),
            ("DeleteDBCluster", self._delete),
            ("ModifyDBClusterParameterGroup", self._reconfigure),
            ("CreateDBInstance", self._create_instance),
            ("RebootDBInstance", self._reboot),
            ("CreateDBProxy", _create_proxy),
            ("ModifyDBCluster", self._modify),
        ):
            stock = rds._ACTION_MAP[action]
            rds._ACTION_MAP[action] = lambda p, replacement=replacement, stock=stock: replacement(
                stock, p
            )

        self._revival.begin()

    def restore(self) -> None:
        """Start the databases of the clusters in the state that was loaded."""
        from ministack.services import rds

        clusters = [one for one in rds._clusters._data.values() if one["Engine"] in ENGINES]
        for instance in rds._instances._data.values():
            instance["DBInstanceStatus"] = "available"
        if clusters:
            self._restored.clear()
            self._starter.submit(self._restore, clusters)

    def close(self) -> None:
        """Stop them all; their data stays."""
        self._revival.close()
        # By the thread that started them: where it ends first, they are killed with it.
        for server in list(self.servers.values()):
            self._starter.submit(server.stop).result()
        self._starter.shutdown(cancel_futures=True)

    def processes(self) -> dict[str, int]:
        return {
            f"postgres {identifier}": server.pid
            for identifier, server in list(self.servers.items())
            if server.running
        }

    def ready(self) -> bool:
        return self._restored.is_set()

    def await_ready(self) -> None:
        self._restored.wait(60)

    def _restore(self, clusters: list[Parameters]) -> None:
        for cluster in clusters:
            try:
                self._attach(cluster)
            except Exception:
                log.exception("cluster %s could not be started", cluster["DBClusterIdentifier"])
        self._restored.set()

    def _create(self, stock: Callable[[Parameters], Any], p: Parameters) -> Any:
        from ministack.services import rds

        identifier = rds._p(p, "DBClusterIdentifier")
        engine = rds._p(p, "Engine") or ENGINES[0]
        if engine not in ENGINES:
            return rds._error(
                "InvalidParameterValue", f"the local cloud runs PostgreSQL, not {engine!r}", 400
            )
        if identifier and not _IDENTIFIER.fullmatch(identifier):
            return rds._error(
                "InvalidParameterValue", f"{identifier!r} is no cluster identifier", 400
            )
        answer = stock(p)
        if answer[0] != 200:
            return answer
        cluster = rds._clusters[identifier]
        try:
            self._starter.submit(self._attach, cluster).result()
        except Exception as error:
            log.exception("cluster %s could not be started", identifier)
            del rds._clusters[identifier]
            return rds._error("InternalFailure", str(error), 500)
        inner = f"<DBCluster>{rds._cluster_xml(cluster)}</DBCluster>"
        result = f"<CreateDBClusterResult>{inner}</CreateDBClusterResult>"
        return rds._xml(200, "CreateDBClusterResponse", result)

    def _create_instance(self, stock: Callable[[Parameters], Any], p: Parameters) -> Any:
        from ministack.services import rds

        if not rds._p(p, "DBClusterIdentifier"):
            return rds._error(
                "InvalidParameterCombination",
                "the local cloud runs instances of an Aurora cluster: name DBClusterIdentifier",
                400,
            )
        return stock(p)

    def _reboot(self, stock: Callable[[Parameters], Any], p: Parameters) -> Any:
        """Ends every session and starts the server again; the answer comes before it is back."""
        from ministack.services import rds

        instance = rds._resolve_instance(rds._p(p, "DBInstanceIdentifier"))
        answer = stock(p)
        if answer[0] == 200 and instance is not None:
            self._starter.submit(self._restart, instance["DBClusterIdentifier"])
        return answer

    def _restart(self, identifier: str) -> None:
        try:
            self.servers[identifier].stop()
            self._start(identifier)
        except Exception:
            log.exception("cluster %s could not be restarted", identifier)

    def _revive(self, identifier: str) -> None:
        self._starter.submit(self._start, identifier).result()

    def _start(self, identifier: str) -> None:
        """Start the server of a cluster that is there; its data and settings are as they were."""
        from ministack.services import rds

        for cluster in list(rds._clusters._data.values()):
            if cluster["DBClusterIdentifier"] == identifier and identifier in self.servers:
                self.servers[identifier].start(cluster["MasterUsername"])

    def _delete(self, stock: Callable[[Parameters], Any], p: Parameters) -> Any:
        from ministack.services import rds

        cluster = rds._resolve_cluster_in_request_region(rds._p(p, "DBClusterIdentifier"))
        answer = stock(p)
        if answer[0] == 200 and cluster is not None:
            server = self.servers.pop(cluster["DBClusterIdentifier"], None)
            if server is not None:
                server.remove()
        return answer

    def _modify(self, stock: Callable[[Parameters], Any], p: Parameters) -> Any:
        from ministack.services import rds

        answer = stock(p)
        cluster = rds._resolve_cluster_in_request_region(rds._p(p, "DBClusterIdentifier"))
        if answer[0] == 200 and cluster is not None:
            self._configure(cluster)
        return answer

    def _reconfigure(self, stock: Callable[[Parameters], Any], p: Parameters) -> Any:
        from ministack.services import rds

        answer = stock(p)
        group = rds._p(p, "DBClusterParameterGroupName")
        for cluster in list(rds._clusters.values()):
            if answer[0] == 200 and cluster.get("DBClusterParameterGroup") == group:
                self._configure(cluster)
        return answer

    def _attach(self, cluster: Parameters) -> None:
        """Start the server of this cluster and point the record at the login proxy."""
        identifier = cluster["DBClusterIdentifier"]
        server = self.servers.setdefault(identifier, Server(identifier, self._installation))
        server.start(cluster["MasterUsername"])
        server.prepare(
            master=cluster["MasterUsername"],
            password=cluster["_MasterUserPassword"],
            database=cluster.get("DatabaseName"),
        )
        endpoint = {"Address": HOST, "Port": self._port, "HostedZoneId": "Z2R2ITUGPM61AM"}
        cluster.update(
            {
                "Endpoint": HOST,
                "ReaderEndpoint": HOST,
                "Port": self._port,
                "_shared_endpoint": endpoint,
                "_shared_container_ready": True,
            }
        )
        self._configure(cluster)

    def _configure(self, cluster: Parameters) -> None:
        from ministack.services import rds

        server = self.servers.get(cluster["DBClusterIdentifier"])
        _, _, _, region, account, *_ = cluster["DBClusterArn"].split(":")
        name = cluster.get("DBClusterParameterGroup", "")
        group = rds._db_cluster_param_groups.get_scoped(account, region, name) or {}
        values = {
            parameter: value["ParameterValue"]
            for parameter, value in group.get("Parameters", {}).items()
        }
        if server is not None and server.running:
            server.configure(values)

    def _change_password(self, cluster: Parameters, password: str) -> None:
        cluster["_MasterUserPassword"] = password
        server = self.servers.get(cluster["DBClusterIdentifier"])
        if server is not None:
            server.prepare(
                master=cluster["MasterUsername"],
                password=password,
                database=cluster.get("DatabaseName"),
            )

    def _connect(
        self,
        instance: Parameters,
        engine: str,
        database: str | None = None,
        password: str | None = None,
        username: str | None = None,
    ) -> Any:
        """The RDS Data API's connection: the secret's user and password, over the Unix socket."""
        import psycopg2.extras

        self.await_ready()
        identifier = instance.get("DBClusterIdentifier", "")
        server = self.servers.get(identifier)
        if server is None:
            raise RuntimeError(f"Connection refused: cluster {identifier!r} has no database")
        user = username or instance.get("MasterUsername", "")
        name = database or instance.get("DBName") or "postgres"
        opened = server.connect(user, name, password or "")
        # The Data API gives JSON back as the text it is.
        for register in (
            psycopg2.extras.register_default_json,
            psycopg2.extras.register_default_jsonb,
        ):
            register(conn_or_curs=opened, loads=lambda text: text)
        return opened


def _create_proxy(stock: Callable[[Parameters], Any], p: Parameters) -> Any:
    """A proxy answers where the databases do; the login proxy knows it by its own id."""
    from ministack.services import rds

    answer = stock(p)
    if answer[0] != 200:
        return answer
    proxy = rds._db_proxies.get(rds._p(p, "DBProxyName"))
    proxy["Endpoint"] = HOST
    inner = f"<DBProxy>{rds._db_proxy_xml(proxy)}</DBProxy>"
    result = f"<CreateDBProxyResult>{inner}</CreateDBProxyResult>"
    return rds._xml(200, "CreateDBProxyResponse", result)
