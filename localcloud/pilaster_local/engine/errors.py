"""What can go wrong, in words: what happened, to what, why, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pilaster_local.engine.plan import Outcome


class EngineError(Exception):
    """Everything the engine raises on purpose. Its text is for the person at the keyboard."""


class RefusedError(EngineError):
    """The program asked for something the stand-in engine does not do."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(f"the stand-in engine does not support {what}: {instead}")


class RegistrationError(EngineError):
    """One resource could not be registered."""

    def __init__(self, urn: str, reason: str) -> None:
        super().__init__(f"{urn}: {reason}")
        self.urn = urn
        self.reason = reason


class CheckError(RegistrationError):
    """The provider refused inputs; each failure names its property."""

    def __init__(self, urn: str, failures: list[tuple[str, str]]) -> None:
        lines = [f"{name}: {reason}" if name else reason for name, reason in failures]
        super().__init__(urn, "; ".join(lines))
        self.failures = failures


class ProtectedError(RegistrationError):
    """A protected resource would have been deleted or replaced."""

    def __init__(self, urn: str, would: str) -> None:
        super().__init__(
            urn,
            f"is protected and would be {would}; if that is what you want, set protect=False on it "
            "in the program, run `up` once, and try again",
        )


class StoppedError(EngineError):
    """Raised into registrations that arrive after another one failed, or after Ctrl-C."""

    def __init__(self) -> None:
        super().__init__("the deployment is stopping; this resource was not touched")


class RunFailedError(EngineError):
    """The program or one of its resources failed. What was done until then is in `outcome`."""

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome


class InterruptedRunError(RunFailedError):
    """Ctrl-C. Everything in flight was finished and is in the state."""


class LockedError(EngineError):
    """Somebody else is working on this stack."""


class StateError(EngineError):
    """The state or its journal cannot be read."""


class ConfigError(EngineError):
    """Pulumi.yaml or Pulumi.<stack>.yaml is missing, unreadable or wrong."""


class PassphraseError(EngineError):
    """The passphrase for the stack's secrets is missing or wrong."""
