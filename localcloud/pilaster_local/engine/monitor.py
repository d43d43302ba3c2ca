"""What the program talks to: the resource monitor and the engine, as plain objects.

The SDK calls these methods from threads of its executor, each for as long as it takes. It awaits
inputs and dependencies before it registers, so nothing has to be scheduled here.
"""

from __future__ import annotations

from typing import Any, NoReturn

from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, provider_pb2, resource_pb2

from pilaster_local.engine import reading, registration, values
from pilaster_local.engine.conversion import from_struct, to_struct
from pilaster_local.engine.deployment import PARALLEL, Deployment
from pilaster_local.engine.errors import EngineError, RefusedError
from pilaster_local.engine.events import Diagnostic, Severity
from pilaster_local.engine.stateonly import default_provider
from pilaster_local.engine.urn import STACK_TYPE, package_of
from pilaster_local.engine.values import UNKNOWN, Properties

FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
)
"""What is not advertised the SDK refuses by name (transforms, hooks)."""

_SEVERITIES: dict[int, Severity] = {
    engine_pb2.DEBUG: "debug",
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}


class Monitor:
    """The resource monitor. Method names and messages are those of Pulumi's protocol."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def GetDeploymentInfo(self, request: Any) -> resource_pb2.DeploymentInfo:
        return resource_pb2.DeploymentInfo(
            project=self._deployment.project.name,
            stack=self._deployment.stack,
            organization="organization",
            dryRun=self._deployment.previewing,
            parallel=PARALLEL,
            supportedFeatures=FEATURES,
        )

    def RegisterResource(self, request: Any) -> resource_pb2.RegisterResourceResponse:
        resource = registration.register(self._deployment, request)
        return resource_pb2.RegisterResourceResponse(
            urn=resource.urn,
            # An empty id is one that is not known yet.
            id="" if resource.id == UNKNOWN else resource.id,
            object=to_struct(resource.outputs if resource.custom else {}),
        )

    def ReadResource(self, request: Any) -> resource_pb2.ReadResourceResponse:
        resource = reading.read(self._deployment, request)
        return resource_pb2.ReadResourceResponse(
            urn=resource.urn, properties=to_struct(resource.outputs)
        )

    def RegisterResourceOutputs(self, request: Any) -> empty_pb2.Empty:
        outputs = from_struct(request.outputs)
        resource = registration.register_outputs(self._deployment, request.urn, outputs)
        if resource.type == STACK_TYPE:
            self._deployment.outcome.outputs = values.masked(outputs)
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> resource_pb2.ResourceInvokeResponse:
        self._deployment.check_running()
        args = from_struct(request.args)
        if request.tok == "pulumi:pulumi:getResource":
            return _answer(self._known(args["urn"]), [])
        if request.packageRef:
            raise RefusedError(f"the parameterized package of {request.tok}", "use another")
        try:
            urn, _, _ = request.provider.rpartition("::")
            if not urn:
                package = package_of(request.tok)
                urn = default_provider(self._deployment, package, request.version).urn
            backend = self._deployment.providers.backend(urn)
            if backend is None:
                raise EngineError(f"the provider {urn} of {request.tok} was not registered")
            with self._deployment.slots:
                answered, failures = backend.invoke(request.tok, args)
        except Exception as error:
            raise self._deployment.fail(request.tok, "read", error) from error
        return _answer(answered, failures)

    def _known(self, urn: str) -> Properties:
        deployment = self._deployment
        resource = deployment.registered.get(urn) or deployment.state.current(urn)
        if resource is None:
            raise EngineError(f"the program asks for {urn}, which this stack does not have")
        return {"urn": urn, "id": resource.id, "state": resource.outputs}

    def SignalAndWaitForShutdown(self, request: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def SupportsFeature(self, request: Any) -> resource_pb2.SupportsFeatureResponse:
        return resource_pb2.SupportsFeatureResponse(hasSupport=False)

    # --- refused by name ------------------------------------------------------------------------

    def ExistsResource(self, request: Any) -> NoReturn:
        self._refuse(f"exists ({request.type})", "pass what it looks up as a setting")

    def Call(self, request: Any) -> NoReturn:
        self._refuse(f"methods of remote components ({request.tok})", "use the Python class")

    def RegisterPackage(self, request: Any) -> NoReturn:
        self._refuse(f"parameterized packages ({request.name})", "use the official command")

    def RegisterStackTransform(self, request: Any) -> NoReturn:
        self._refuse("transforms", "set the inputs where the resource is made")

    def RegisterStackInvokeTransform(self, request: Any) -> NoReturn:
        self._refuse("invoke transforms", "set the arguments where the function is called")

    def RegisterResourceHook(self, request: Any) -> NoReturn:
        self._refuse("resource hooks", "do it before or after `up`")

    def RegisterErrorHook(self, request: Any) -> NoReturn:
        self._refuse("error hooks", "do it before or after `up`")

    def _refuse(self, what: str, instead: str) -> NoReturn:
        refused = RefusedError(what, instead)
        raise self._deployment.fail("the program", "read", refused) from None


def _answer(
    answered: Properties, failures: list[tuple[str, str]]
) -> resource_pb2.ResourceInvokeResponse:
    fields: dict[str, Any] = {
        "return": to_struct(answered),
        "failures": [provider_pb2.CheckFailure(property=p, reason=r) for p, r in failures],
    }
    return resource_pb2.ResourceInvokeResponse(**fields)


class Log:
    """The engine's own service, as far as the SDK uses it: the log."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self.errors: list[str] = []
        """A program that logs an error has failed, even if it goes on."""

    def Log(self, request: Any) -> empty_pb2.Empty:
        severity = _SEVERITIES[request.severity]
        if severity == "error":
            self.errors.append(request.message)
        # The SDK traces itself at this level, several lines for every resource.
        if severity != "debug":
            self._deployment.tell(
                Diagnostic(
                    severity=severity,
                    message=request.message,
                    urn=request.urn,
                    stream=request.streamId,
                    ephemeral=request.ephemeral,
                )
            )
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, request: Any) -> NoReturn:
        raise RefusedError("require_pulumi_version", "leave it out; the lock pins the SDK")
