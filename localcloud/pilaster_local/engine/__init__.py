"""Stands in for the Pulumi engine where there is none: runs the program and keeps its state."""

from pilaster_local.engine.analyzer import PolicyPack, Violation
from pilaster_local.engine.analyzer_process import PolicyPackError
from pilaster_local.engine.errors import (
    ConfigError,
    EngineError,
    InterruptedRunError,
    LockedError,
    PassphraseError,
    RunFailedError,
    StateError,
)
from pilaster_local.engine.events import (
    Diagnostic,
    Event,
    OnEvent,
    Recovered,
    StepDone,
    StepFailed,
    StepStarted,
)
from pilaster_local.engine.plan import Outcome, Plan, Step
from pilaster_local.engine.run import destroy, forget, outputs, preview, refresh, settings, up
from pilaster_local.engine.transfer import export_state, import_state

__all__ = [
    "ConfigError",
    "Diagnostic",
    "EngineError",
    "Event",
    "InterruptedRunError",
    "LockedError",
    "OnEvent",
    "Outcome",
    "PassphraseError",
    "Plan",
    "PolicyPack",
    "PolicyPackError",
    "Recovered",
    "RunFailedError",
    "StateError",
    "Step",
    "StepDone",
    "StepFailed",
    "StepStarted",
    "Violation",
    "destroy",
    "export_state",
    "forget",
    "import_state",
    "outputs",
    "preview",
    "refresh",
    "settings",
    "up",
]
