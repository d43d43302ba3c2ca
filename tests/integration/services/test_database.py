"""The database behind the Aurora resources: who gets in, and what outlives what."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pilaster_local.services import health, process
from pilaster_local.services import platform as local_cloud
from pilaster_local.services.platform import Platform

from tests.support.local_cloud import ACCOUNT, REGION, Cloud, allow, eventually

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


class Cluster:
    """A cluster with one instance, as the data tier makes it."""

    def __init__(self, cloud: Cloud, identifier: str) -> None:
        self.cloud = cloud
        self.identifier = identifier
        self.rds = cloud.client("rds")

    def make(self) -> Cluster:
        self.rds.create_db_cluster(
            DBClusterIdentifier=self.identifier,
            Engine="aurora-postgresql",
            EngineVersion="17.5",
            MasterUsername="master",
            ManageMasterUserPassword=True,
            DatabaseName="things",
            EnableIAMDatabaseAuthentication=True,
            EnableHttpEndpoint=True,
        )
        self.rds.create_db_instance(
            DBInstanceIdentifier=f"{self.identifier}-1",
            DBClusterIdentifier=self.identifier,
            DBInstanceClass="db.serverless",
            Engine="aurora-postgresql",
        )
        return self

    @property
    def facts(self) -> dict[str, Any]:
        return self.rds.describe_db_clusters(DBClusterIdentifier=self.identifier)["DBClusters"][0]

    def run(self, sql: str, **more: Any) -> Any:
        facts = self.facts
        return self.cloud.client("rds-data").execute_statement(
            resourceArn=facts["DBClusterArn"],
            secretArn=facts["MasterUserSecret"]["SecretArn"],
            database="things",
            sql=sql,
            **more,
        )

    def token(self, user: str, **other: Any) -> str:
        facts = {"DBHostname": "localhost", "Port": self.cloud.platform.database_port}
        return self.rds.generate_db_auth_token(
            **{**facts, "DBUsername": user, "Region": REGION, **other}
        )

    def connect(self, password: str, user: str = "reader", **other: Any) -> psycopg.Connection:
        facts = self.facts
        return psycopg.connect(
            **{
                "host": facts["Endpoint"],
                "port": facts["Port"],
                "user": user,
                "password": password,
                "dbname": "things",
                "sslmode": "verify-full",
                "sslrootcert": str(self.cloud.platform.certificate_authority),
                **other,
            }
        )


@pytest.fixture(scope="module")
def cluster(platform: Platform) -> Iterator[Cluster]:
    cloud = Cloud(platform)
    cluster = Cluster(cloud, cloud.name("cluster")).make()
    cluster.run("CREATE TABLE thing (name text)")
    cluster.run("INSERT INTO thing VALUES ('kept')")
    cluster.run("CREATE ROLE reader LOGIN")
    cluster.run("CREATE ROLE plain LOGIN")
    cluster.run("GRANT rds_iam TO reader")
    cluster.run("GRANT SELECT ON thing TO reader")
    yield cluster
    cluster.rds.delete_db_instance(DBInstanceIdentifier=f"{cluster.identifier}-1")
    cluster.rds.delete_db_cluster(DBClusterIdentifier=cluster.identifier, SkipFinalSnapshot=True)


def test_a_token_lets_its_user_in_over_verified_tls(cluster: Cluster):
    with cluster.connect(cluster.token("reader")) as connection:
        assert connection.execute("SELECT current_user, name FROM thing").fetchall() == [
            ("reader", "kept")
        ]
        row = connection.execute("SHOW server_encoding").fetchone()
        assert row == ("UTF8",)


@pytest.mark.parametrize(
    ("token", "login", "reason"),
    [
        ({}, {"user": "plain"}, "not an IAM token for this host, port, user and region"),
        ({"DBHostname": "elsewhere"}, {}, "not an IAM token for this host, port, user and region"),
        ({"Port": 1}, {}, "not an IAM token for this host, port, user and region"),
        ({"Region": "us-east-1"}, {}, "not an IAM token for this host, port, user and region"),
        ({"DBUsername": "plain"}, {"user": "plain"}, "not granted rds_iam"),
        ({"DBUsername": "master"}, {"user": "master"}, "not granted rds_iam"),
        ({"DBUsername": "rdsadmin"}, {"user": "rdsadmin"}, "the platform's own user"),
        ({}, {"password": "secret"}, "not a password"),
        ({}, {"sslmode": "disable"}, "not encrypted"),
        ({}, {"dbname": "nothing"}, 'database "nothing" does not exist'),
    ],
    ids=[
        *("another user", "another host", "another port", "another region", "no rds_iam"),
        *("the master", "the platform's user", "a password", "no encryption", "no such database"),
    ],
)
def test_a_login_that_is_not_right_is_refused_with_the_reason(
    cluster: Cluster, token: dict, login: dict, reason: str
):
    password = cluster.token(**{"user": "reader", **token})
    with pytest.raises(psycopg.OperationalError, match=reason):
        cluster.connect(**{"password": password, **login})


def test_a_token_of_another_key_is_refused(cluster: Cluster):
    other = cluster.cloud.client("rds", aws_secret_access_key="wrong").generate_db_auth_token(
        "localhost", cluster.cloud.platform.database_port, "reader", Region=REGION
    )
    with pytest.raises(psycopg.OperationalError, match="the token's signature does not match"):
        cluster.connect(other)
    unknown = cluster.cloud.client("rds", aws_access_key_id="AKIAEXAMPLEEXAMPLE00")
    token = unknown.generate_db_auth_token(
        "localhost", cluster.cloud.platform.database_port, "reader", Region=REGION
    )
    with pytest.raises(
        psycopg.OperationalError, match="the credentials that signed the token are not known"
    ):
        cluster.connect(token)


def test_an_expired_token_is_refused(cluster: Cluster, monkeypatch: pytest.MonkeyPatch):
    import datetime

    import botocore.auth

    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=16)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: past)
    token = cluster.token("reader")
    with pytest.raises(psycopg.OperationalError, match="the token has expired"):
        cluster.connect(token)


def test_a_certificate_of_somebody_else_is_not_trusted(cluster: Cluster):
    import certifi

    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        cluster.connect(cluster.token("reader"), sslrootcert=certifi.where())


# A function has no psycopg in these tests: it makes its token with what the archive carries and
# hands it out; what it may do with it is decided by who signed it.
TOKEN = """
    import datetime, hashlib, hmac, os, urllib.parse

    def handler(event, context):
        now = datetime.datetime.now(datetime.UTC)
        date, stamp = now.strftime("%Y%m%d"), now.strftime("%Y%m%dT%H%M%SZ")
        region, host = os.environ["AWS_REGION"], f"localhost:{event['port']}"
        scope = f"{date}/{region}/rds-db/aws4_request"
        query = urllib.parse.urlencode(sorted({
            "Action": "connect", "DBUser": event["user"],
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}",
            "X-Amz-Date": stamp, "X-Amz-Expires": "900", "X-Amz-SignedHeaders": "host",
            "X-Amz-Security-Token": os.environ["AWS_SESSION_TOKEN"],
        }.items()), quote_via=urllib.parse.quote)
        empty = hashlib.sha256(b"").hexdigest()
        canonical = "\\n".join(["GET", "/", query, f"host:{host}", "", "host", empty])
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        key = b"AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"].encode()
        for part in (date, region, "rds-db", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        words = "\\n".join(["AWS4-HMAC-SHA256", stamp, scope, digest])
        signature = hmac.new(key, words.encode(), hashlib.sha256).hexdigest()
        return f"{host}/?{query}&X-Amz-Signature={signature}"
"""


def connect_grant(cluster: Cluster, user: str) -> dict:
    resource = cluster.facts["DbClusterResourceId"]
    return allow("rds-db:connect", f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:{resource}/{user}")


def token_of(cluster: Cluster, *grants: dict, inside: bool = True) -> str:
    function = cluster.cloud.function(TOKEN, grants=list(grants), inside=inside)
    return function.call({"port": cluster.cloud.platform.database_port, "user": "reader"})


def test_a_functions_role_connects_as_the_user_it_is_granted(cluster: Cluster):
    with cluster.connect(token_of(cluster, connect_grant(cluster, "reader"))) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("reader",)


def test_a_functions_role_without_the_grant_is_refused(cluster: Cluster):
    with pytest.raises(
        psycopg.OperationalError, match=r"has no rds-db:connect on cluster-.*/reader"
    ):
        cluster.connect(token_of(cluster, connect_grant(cluster, "somebody")))


def test_an_outside_functions_token_is_refused_even_with_the_grant(cluster: Cluster):
    token = token_of(cluster, connect_grant(cluster, "reader"), inside=False)
    with pytest.raises(psycopg.OperationalError, match="is outside the network"):
        cluster.connect(token)


@dataclass(frozen=True)
class Proxy:
    """A proxy before the cluster, as the component makes it."""

    cluster: Cluster
    name: str
    facts: dict[str, Any]

    def grant(self, user: str) -> dict[str, Any]:
        resource = self.facts["DBProxyArn"].rpartition(":")[2]
        return allow(
            "rds-db:connect", f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:{resource}/{user}"
        )


def proxy(cluster: Cluster, *logins: dict) -> Proxy:
    cloud, name = cluster.cloud, cluster.cloud.name("proxy")
    made = cluster.rds.create_db_proxy(
        DBProxyName=name,
        EngineFamily="POSTGRESQL",
        DefaultAuthScheme="IAM_AUTH",
        RequireTLS=True,
        RoleArn=cloud.role("rds", list(logins)),
        VpcSubnetIds=[cloud.subnet()],
    )["DBProxy"]
    cluster.rds.register_db_proxy_targets(
        DBProxyName=name, DBClusterIdentifiers=[cluster.identifier]
    )
    return Proxy(cluster, name, made)


def test_a_proxy_lets_in_who_may_connect_to_it_and_goes_on_as_its_role(cluster: Cluster):
    way = proxy(cluster, connect_grant(cluster, "reader"))
    assert way.facts["Endpoint"] == cluster.facts["Endpoint"]
    with cluster.connect(token_of(cluster, way.grant("reader"))) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("reader",)
    with pytest.raises(psycopg.OperationalError, match="has no rds-db:connect"):
        cluster.connect(token_of(cluster, way.grant("somebody")))
    cluster.rds.delete_db_proxy(DBProxyName=way.name)
    with pytest.raises(psycopg.OperationalError, match="has no rds-db:connect"):
        cluster.connect(token_of(cluster, way.grant("reader")))


def test_a_proxy_whose_own_role_may_not_log_in_leads_nowhere(cluster: Cluster):
    way = proxy(cluster, connect_grant(cluster, "somebody"))
    with pytest.raises(psycopg.OperationalError, match="the proxy is not let in"):
        cluster.connect(token_of(cluster, way.grant("reader")))
    cluster.rds.delete_db_proxy(DBProxyName=way.name)


def _pid(cluster: Cluster) -> int:
    status = health.ask(
        int(cluster.cloud.platform.endpoint.rpartition(":")[2]), "/_pilaster/status"
    )
    assert status is not None
    return status["processes"].get(f"postgres {cluster.identifier}", 0)


@pytest.mark.parametrize("how", ["rebooted", "killed"])
def test_a_server_that_was_restarted_has_what_it_had_and_no_session(cluster: Cluster, how: str):
    before, session = _pid(cluster), cluster.connect(cluster.token("reader"))
    if how == "rebooted":
        cluster.rds.reboot_db_instance(DBInstanceIdentifier=f"{cluster.identifier}-1")
    else:
        os.kill(before, signal.SIGKILL)
    eventually(lambda: _pid(cluster) not in (0, before), 30)
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")

    def kept() -> list[tuple[str]]:
        with (
            contextlib.suppress(psycopg.OperationalError),  # it is starting up
            cluster.connect(cluster.token("reader")) as connection,
        ):
            return connection.execute("SELECT name FROM thing").fetchall()
        return []

    assert eventually(kept, 30) == [("kept",)]


def test_an_inside_function_connects_with_the_driver_it_carries(cluster: Cluster):
    files: dict[str, bytes] = {}
    packages = Path(psycopg.__file__).parents[1]
    for name in ("psycopg", "psycopg_binary", "psycopg_binary.libs", "typing_extensions.py"):
        found = packages / name
        for path in [found] if found.is_file() else found.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                files[str(path.relative_to(packages))] = path.read_bytes()
    code = """
        import psycopg
        import signing

        def handler(event, context):
            with psycopg.connect(
                host="localhost", port=event["port"], user=event["user"], dbname="things",
                password=signing.handler(event, context), sslmode="verify-full",
            ) as connection:
                return connection.execute("SELECT current_user, name FROM thing").fetchall()
    """
    import textwrap

    files["signing.py"] = textwrap.dedent(TOKEN).encode()
    function = cluster.cloud.function(
        code,
        grants=[connect_grant(cluster, "reader")],
        inside=True,
        files=files,
        MemorySize=512,
        Timeout=30,
    )
    answer = function.call({"port": cluster.cloud.platform.database_port, "user": "reader"})
    assert answer == [["reader", "kept"]]


def test_the_data_api_takes_the_secret_and_keeps_transactions(cluster: Cluster):
    facts = cluster.facts
    data = cluster.cloud.client("rds-data")
    where = {
        "resourceArn": facts["DBClusterArn"],
        "secretArn": facts["MasterUserSecret"]["SecretArn"],
    }
    for finish, rows in ((data.rollback_transaction, 0), (data.commit_transaction, 1)):
        cluster.run("CREATE TABLE IF NOT EXISTS counted (n int)")
        transaction = data.begin_transaction(database="things", **where)["transactionId"]
        cluster.run("INSERT INTO counted VALUES (1)", transactionId=transaction)
        finish(transactionId=transaction, **where)
        found = cluster.run("SELECT count(*) FROM counted")["records"]
        assert found == [[{"longValue": rows}]]


def test_the_data_api_refuses_a_wrong_secret(cluster: Cluster):
    secrets = cluster.cloud.client("secretsmanager")
    secret = secrets.create_secret(
        Name=cluster.cloud.name("secret"),
        SecretString='{"username": "master", "password": "wrong"}',
    )["ARN"]
    with pytest.raises(Exception, match="password authentication failed"):
        cluster.cloud.client("rds-data").execute_statement(
            resourceArn=cluster.facts["DBClusterArn"], secretArn=secret, sql="SELECT 1"
        )


def test_parameters_of_the_cluster_are_postgresqls(cluster: Cluster):
    group = cluster.cloud.name("group")
    cluster.rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=group,
        DBParameterGroupFamily="aurora-postgresql17",
        Description="idle sessions end",
    )
    cluster.rds.modify_db_cluster_parameter_group(
        DBClusterParameterGroupName=group,
        Parameters=[
            {
                "ParameterName": "idle_session_timeout",
                "ParameterValue": "240000",
                "ApplyMethod": "immediate",
            }
        ],
    )
    cluster.rds.modify_db_cluster(
        DBClusterIdentifier=cluster.identifier, DBClusterParameterGroupName=group
    )
    assert cluster.run("SHOW idle_session_timeout")["records"] == [[{"stringValue": "4min"}]]


def test_an_engine_that_does_not_run_here_is_refused(cloud: Cloud):
    with pytest.raises(Exception, match="the local cloud runs PostgreSQL, not 'aurora-mysql'"):
        cloud.client("rds").create_db_cluster(DBClusterIdentifier="m", Engine="aurora-mysql")


# --- what outlives what -----------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    local_cloud.purge(tmp_path)


def start(root: Path) -> Cloud:
    return Cloud(local_cloud.start(root, say=lambda _: None))


def test_data_outlives_a_stop_and_a_killed_emulator_and_ends_with_its_cluster(own: Path):
    cluster = Cluster(start(own), "keeper").make()
    cluster.run("CREATE TABLE kept (n int)")
    cluster.run("INSERT INTO kept VALUES (1)")
    local_cloud.stop(own)

    cluster = Cluster(start(own), "keeper")
    assert cluster.run("SELECT n FROM kept")["records"] == [[{"longValue": 1}]]
    cluster.run("INSERT INTO kept VALUES (2)")
    before = local_cloud.running(own)
    assert before is not None
    os.kill(before.processes["emulator"], signal.SIGKILL)
    # Whatever the emulator forgot: the cluster is made again, and finds its data.
    (own / ".pilaster/local/emulator/state/rds.json").unlink()

    cloud = start(own)
    assert cloud.platform.instance != before.instance
    for name, pid in before.processes.items():
        assert process.started_at(pid) is None, name
    cluster = Cluster(cloud, "keeper").make()
    assert cluster.run("SELECT count(*) FROM kept")["records"] == [[{"longValue": 2}]]

    cluster.rds.delete_db_instance(DBInstanceIdentifier="keeper-1")
    cluster.rds.delete_db_cluster(DBClusterIdentifier="keeper", SkipFinalSnapshot=True)
    assert list((own / ".pilaster/local/postgres").iterdir()) == []
    Cluster(cloud, "keeper").make()
    with pytest.raises(Exception, match='relation "kept" does not exist'):
        cluster.run("SELECT n FROM kept")


def test_a_stop_leaves_no_database_running(own: Path):
    Cluster(start(own), "ended").make()
    platform = local_cloud.running(own)
    assert platform is not None
    assert "postgres ended" in platform.processes
    local_cloud.stop(own)
    for name, pid in platform.processes.items():
        assert process.started_at(pid) is None, name
    assert not (own / ".pilaster/local/run").exists()
    assert not (own / ".pilaster/local/tmp").exists()
