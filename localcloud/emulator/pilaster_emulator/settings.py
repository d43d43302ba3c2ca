"""What the platform tells this process, and what ministack has to be told before it is imported."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pilaster_emulator.functions.isolation import Level
from pilaster_emulator.functions.specification import Side


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings file's content. Every path lies below the project's `.pilaster/`."""

    port: int
    database_port: int
    cache_port: int
    account: str
    emulator: Path
    functions: Path
    runtime: Path
    postgres: Path
    postgres_programs: Path
    authority: Path
    logs: Path
    sockets: Path
    temporary: Path
    isolation: Level | None = None
    """A level to use instead of the best there is; only ever a weaker one."""

    @property
    def state(self) -> Path:
        return self.emulator / "state"

    def gate(self, side: Side) -> Path:
        """The socket behind which functions of this side find the AWS endpoint."""
        return self.sockets / f"{side}.sock"

    @property
    def objects(self) -> Path:
        """The socket behind which the edge finds objects of buckets."""
        return self.sockets / "objects.sock"

    @property
    def model_script(self) -> Path:
        """What the stub of a language model answers, where somebody wrote that down."""
        return self.emulator / "model-script.json"

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def certificate_authority(self) -> Path:
        return self.authority / "ca.pem"


def read(path: Path) -> Settings:
    values: dict[str, Any] = json.loads(path.read_text())
    plain = ("port", "database_port", "cache_port", "account", "isolation")
    for name in values.keys() - set(plain):
        values[name] = Path(values[name])
    return Settings(**values)


def tell_ministack(settings: Settings) -> None:
    """Set the variables it reads when it is imported, and no others."""
    os.environ.update(
        {
            "GATEWAY_PORT": str(settings.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_ACCOUNT_ID": settings.account,
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(settings.state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(settings.emulator / "s3"),
            "AWS_ENDPOINT_URL": settings.endpoint,
            # Otherwise MQTT listens on every address of this machine.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # It would look for a Docker daemon, and tidy up containers there.
            "DOCKER_HOST": "unix:///nonexistent",
            "TMPDIR": str(settings.temporary),
            # It asks itself over HTTP for the keys of its user pools, once. On a machine too
            # busy to answer in its five seconds, a good token would be refused with 401.
            "MINISTACK_APIGW_JWKS_TIMEOUT_SECONDS": "30",
            "LOG_LEVEL": "INFO",
        }
    )
