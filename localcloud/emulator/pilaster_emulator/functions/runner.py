"""Lambda's execution in place of ministack's own, which runs handlers in its own interpreter's
processes with the whole environment and every file of this machine, and loses the name of an error.

One name is replaced, `lambda_svc._execute_function_warm`: the API, state machines, event sources
and asynchronous invocations all come through it. What it cannot run is refused by name, since
ministack answers some of that with a made-up response.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pilaster_emulator.forward import to_socket
from pilaster_emulator.functions import (
    egress,
    isolation,
    runtime_files,
    side_doors,
    specification,
)
from pilaster_emulator.functions.archive import ArchiveError, Archives
from pilaster_emulator.functions.call import PAYLOAD_LIMIT, Answer, Call, failure
from pilaster_emulator.functions.credentials import Credentials
from pilaster_emulator.functions.memory_limit import MemoryGroups
from pilaster_emulator.functions.pool import Pool
from pilaster_emulator.functions.runtime_api import PORT
from pilaster_emulator.functions.sandbox import Place
from pilaster_emulator.functions.specification import Side, Specification
from pilaster_emulator.functions.worker import Connection, Surroundings
from pilaster_emulator.model_stub.script import Script
from pilaster_emulator.settings import Settings

log = logging.getLogger("pilaster.functions")

_API = re.compile(r"^http://127\.0\.0\.1:\d+(?=/_aws/execute-api/)")


class Runner:
    """Runs the functions of one emulator."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.level: isolation.Level = isolation.choose(settings.isolation)
        self.credentials = Credentials()
        self.memory = MemoryGroups(hashlib.sha256(bytes(settings.emulator)).hexdigest()[:12])
        self.database: Callable[[Specification], Connection] | None = None
        """Who answers at the database's port, if there is a database."""
        self.cache: Callable[[Specification], Connection] | None = None
        """Who answers at the caches' port, if there are caches."""
        self._archives = Archives(settings.functions / "code")
        self._background = ThreadPoolExecutor(1, thread_name_prefix="unpack")
        # Made while the server starts; the first call waits for it.
        self._runtime = self._background.submit(runtime_files.make, settings.runtime)
        self._log_lock = threading.Lock()
        self.pool = Pool(self._unpack, self._surroundings)
        self.side_ports: dict[Side, int] = {}
        """Of the doors on this machine, where functions have no network of their own."""
        if self.level != "namespaces":
            self.side_ports = side_doors.open_all(self.pool.run, settings.gate)
        self.model = Script(settings.model_script)
        self._egress_ports: dict[str, int] = {}
        """Of the ways out on this machine, likewise."""
        if self.level != "namespaces":
            self._egress_ports = egress.open_all(self.pool.run, self.model)

    def install(self) -> None:
        """Put this in ministack's place."""
        from ministack.services import lambda_svc

        lambda_svc._execute_function_warm = self.execute
        for name in ("_execute_function_docker", "_execute_function_provided_warm"):
            setattr(lambda_svc, name, self._refuse)
        for name in ("_execute_function_provided", "_execute_function_proxy"):
            setattr(lambda_svc, name, self._refuse)
        stock = lambda_svc.invalidate_worker

        def forget(func_name: str, *arguments: Any, **named: Any) -> Any:
            self.pool.forget(func_name)
            return stock(func_name, *arguments, **named)

        lambda_svc.invalidate_worker = forget
        stock_reset = lambda_svc.reset

        def reset() -> Any:
            self.pool.reset()
            self.credentials.forget()
            return stock_reset()

        lambda_svc.reset = reset

    def sweep(self) -> None:
        """Delete the unpacked archives that no function of the state that was loaded has."""
        from ministack.services import lambda_svc

        used = {
            record["config"].get("CodeSha256", "")
            for record in list(lambda_svc._functions._data.values())
            if "config" in record
        }
        self._archives.sweep(used - {""})

    def unpack_new(self) -> None:
        """Unpack what was just uploaded, before a first call would wait for it."""
        from ministack.services import lambda_svc

        for record in list(lambda_svc._functions._data.values()):
            content, config = record.get("code_zip"), record.get("config") or {}
            if content and str(config.get("Runtime", "")).startswith("python"):
                self._background.submit(
                    self._archives.unpack, config["CodeSha256"], lambda content=content: content
                )

    def execute(self, func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        """What ministack calls: `{"body", "error", "log", "log_source"}` is what it wants."""
        from ministack.services import lambda_svc

        config = func.get("config") or func
        runtime = str(config.get("Runtime", ""))
        if not runtime.startswith("python") or config.get("Layers"):
            return self._refuse(func, event, request_id)
        content = json.dumps(event).encode()
        if len(content) > PAYLOAD_LIMIT:
            return _result(
                failure("RequestEntityTooLarge", f"the payload has over {PAYLOAD_LIMIT} bytes")
            )
        call = Call(
            request_id=request_id,
            event=content,
            function_arn=config.get("FunctionArn", ""),
            trace=lambda_svc._xray_trace_id_for_invocation(config) or "",
        )
        function = specification.read(config)
        try:
            outcome = self.pool.invoke(function, lambda: func["code_zip"], call)
        except (ArchiveError, ValueError, KeyError) as error:
            return _result(failure("Runtime.InvalidEntrypoint", str(error)))
        except OSError as error:
            log.exception("function %s could not be started", function.name)
            return _result(failure("Lambda.ServiceException", f"could not be started: {error}"))
        self._write_log(function.name, outcome.log)
        return _result(Answer(outcome.body, outcome.failed), outcome.log)

    def close(self) -> None:
        self.pool.close()
        self._background.shutdown(cancel_futures=True)
        self.memory.close()

    def _refuse(self, func: dict[str, Any], *_: Any) -> dict[str, Any]:
        config = func.get("config") or func
        what = config.get("Runtime") or f"package type {config.get('PackageType')}"
        if config.get("Layers"):
            what = "layers"
        return _result(
            failure(
                "Runtime.NotSupported",
                f"function {config.get('FunctionName')!r}: {what} does not run on this machine; "
                "the local cloud runs Python archives without layers",
            )
        )

    def _unpack(self, function: Specification, content: Callable[[], bytes]) -> Path:
        return self._archives.unpack(function.code, content)

    def _surroundings(self, function: Specification) -> Surroundings:
        place = Place(
            level=self.level,
            runtime=self._runtime.result(),
            certificate_authority=self._settings.certificate_authority,
            temporary=self._settings.temporary,
        )
        doors: dict[int, Connection] = {
            self._port(function): to_socket(self._settings.gate(function.side))
        }
        if function.side == "inside" and self.database is not None:
            doors[self._settings.database_port] = self.database(function)
        if (host := egress.host_of(function)) is not None:
            doors[self._egress_port(host)] = egress.door(host, self.model)
        if function.side == "inside" and self.cache is not None:
            doors[self._settings.cache_port] = self.cache(function)
        return Surroundings(
            place=place,
            memory=self.memory,
            environment=self._environment(function, place),
            doors=doors,
        )

    def _port(self, function: Specification) -> int:
        """Where this function finds the AWS endpoint."""
        return self.side_ports.get(function.side, self._settings.port)

    def _egress_port(self, host: str) -> int:
        """Where this function finds its way out."""
        return self._egress_ports.get(host, egress.PORT)

    def _environment(self, function: Specification, place: Place) -> dict[str, str]:
        """The function's own variables, and those Lambda and this platform add; nothing else."""
        inside = place.level == "namespaces"
        libraries = runtime_files.LIBRARY_PATH
        if not inside:
            folders = {path.parent for path in place.runtime.rglob("lib*.so*")}
            libraries = ":".join(sorted(map(str, folders)))
        certificates = runtime_files.CERTIFICATES if inside else place.certificate_authority
        return {
            **_reachable(function.environment, self._port(function)),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PATH": "/var/lang/bin",
            "LD_LIBRARY_PATH": libraries,
            "LAMBDA_TASK_ROOT": str(runtime_files.TASK),
            "LAMBDA_RUNTIME_DIR": str(runtime_files.RUNTIME),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{PORT}",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{runtime_files.VERSION}",
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": function.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mib),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
            "_HANDLER": function.handler,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._port(function)}",
            "PGSSLROOTCERT": str(certificates),
            # What is inside reaches nothing but this platform; what is outside trusts the world.
            **({"SSL_CERT_FILE": str(certificates)} if function.side == "inside" else {}),
            **self.credentials.variables(function),
            **(
                {egress.VARIABLE: f"http://127.0.0.1:{self._egress_port(host)}"}
                if (host := egress.host_of(function)) is not None
                else {}
            ),
        }

    def _write_log(self, name: str, text: str) -> None:
        folder = self._settings.logs / "functions"
        with self._log_lock:
            folder.mkdir(mode=0o700, exist_ok=True)
            with (folder / f"{name}.log").open("a") as file:
                file.write(text)


def _reachable(variables: Mapping[str, str], port: int) -> dict[str, str]:
    """The address of an API's sockets, as this function reaches it: behind its own side's door, and
    not at the port that was the machine's when the variable was set."""
    return {name: _API.sub(f"http://127.0.0.1:{port}", each) for name, each in variables.items()}


def _result(answer: Answer, text: str = "") -> dict[str, Any]:
    result = {"body": answer.body, "log": text, "log_source": "rie"}
    return {**result, "error": True} if answer.failed else result
