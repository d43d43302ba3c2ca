"""Which provider object answers for which provider resource."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from pulumi.provider.experimental.provider import CheckRequest, Provider

from pilaster_local.engine import values
from pilaster_local.engine.backend import Backend, call, checked
from pilaster_local.engine.capabilities import ConfiguresApart, DiffWithInputs
from pilaster_local.engine.conversion import to_properties
from pilaster_local.engine.errors import RefusedError
from pilaster_local.engine.values import Properties


class Providers:
    def __init__(
        self,
        given: Provider | Mapping[str, Provider] | None,
        builtin: Mapping[str, Provider] | None = None,
    ) -> None:
        """A provider alone is the one for `aws`; None previews without asking anybody. The engine's
        own packages are `builtin`.
        """
        self._builtin = builtin or {}
        self._offline = given is None
        self._given = given if isinstance(given, Mapping) else {"aws": given} if given else {}
        self._configured: dict[str, tuple[Provider, Properties]] = {}
        self._backends: dict[str, Backend] = {}
        self._lock = threading.Lock()

    def provider_for(self, package: str) -> Provider | None:
        if builtin := self._builtin.get(package):
            return builtin
        if self._offline:
            return None
        try:
            return self._given[package]
        except KeyError:
            raise RefusedError(
                f"the package {package!r}",
                f"on this machine there are providers for {', '.join(sorted(self._given))} only",
            ) from None

    def check(self, urn: str, package: str, old: Properties, new: Properties) -> Properties:
        """The settings of an explicit provider, as its provider takes them."""
        provider = self.provider_for(package)
        if provider is None:
            return new
        before, after = (to_properties(s, secrets=True) for s in (old, new))
        request = CheckRequest(urn, before, after, os.urandom(32))
        return checked(urn, call(provider.check_config(request)), new)

    def refuse_replacement(
        self, urn: str, package: str, id_: str, old: Properties, new: Properties
    ) -> None:
        """New settings of an explicit provider are taken, unless its own word is: another one.

        The official engine would then replace every resource of it.
        """
        provider = self.provider_for(package)
        if provider is None or values.contains_unknown(list(new.values())):
            return
        before, after = (to_properties(s, secrets=True) for s in (old, new))
        request = DiffWithInputs(urn, id_, before, after, [], old_inputs=before)
        if replaces := sorted(call(provider.diff_config(request)).replaces):
            raise RefusedError(
                f"replacing a provider ({urn}, because of {', '.join(replaces)})",
                "give the new provider another name, or use the official command",
            )

    def configure(self, urn: str, package: str, settings: Properties) -> Backend:
        """The provider for one provider resource, configured once for the same settings."""
        with self._lock:
            backend = self._backends.get(urn)
            if backend is None or backend.settings != settings:
                # Settings that are not known yet can only be those of a preview.
                known = not values.contains_unknown(settings)
                provider = self._own(package, settings) if known else None
                backend = self._backends[urn] = Backend(provider, settings)
            return backend

    def _own(self, package: str, settings: Properties) -> Provider | None:
        provider = self.provider_for(package)
        if provider is None:
            return None
        said = {k: v for k, v in settings.items() if k != "version"}
        if package not in self._configured:
            self._configured[package] = (provider, said)
            return provider
        if self._configured[package][1] == said:
            return provider
        if isinstance(provider, ConfiguresApart):
            return provider.configured(to_properties(settings, secrets=True))
        raise RefusedError(
            f"two providers for {package!r} with different settings", "use one for all resources"
        )

    def backend(self, urn: str) -> Backend | None:
        return self._backends.get(urn)
