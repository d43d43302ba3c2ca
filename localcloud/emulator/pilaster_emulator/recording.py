"""What functions really called: action and resource of every call that was allowed, by the
function's handler; and what the provider called to deploy them. Kept beside the state, so that what
a function or a deployer may do can be held against it.
"""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from pathlib import Path
from typing import Any

_MOST = 200
"""Different resources of one action that are kept: enough to see what they have in common."""

DEPLOYER = "deployer"
"""In the place of a handler. No handler is called so: they have a module."""
by_provider: ContextVar[bool] = ContextVar("by_provider", default=False)
"""Whether the request at hand is the provider's; it says so in its user agent (`gate`)."""
PROVIDER = "pilaster-provider"

log = logging.getLogger("pilaster.recording")
Calls = dict[str, dict[str, list[str]]]


class Recording:
    """By role while calls come in; by handler when it is asked."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "calls.json"
        self._former: Calls = _read(self._file)
        self._by_role: dict[str, dict[str, set[str]]] = {}

    def install(self) -> None:
        """Listen to ministack's own evaluator, which every call of a role passes."""
        from ministack.core import iam_evaluator

        stock = iam_evaluator.evaluate

        def evaluate(context: Any, *more: Any) -> Any:
            result = stock(context, *more)
            if result.decision == "Allow" and context.principal_type == "AssumedRole":
                # arn:aws:sts::account:assumed-role/role/session
                role = str(context.principal_arn).split("/")[1:2]
                if role:
                    self._take(role[0], context.action, context.resource_arn)
            return result

        iam_evaluator.evaluate = evaluate
        door = iam_evaluator.enforce

        def enforce(key: str, action: str, service: str, region: str, **more: Any) -> Any:
            # Root's calls are allowed before they are evaluated.
            refused = door(key, action, service, region, **more)
            if refused is None and by_provider.get():
                self._take(DEPLOYER, action, more.get("resource_arn", "*"))
            return refused

        iam_evaluator.enforce = enforce

    def _take(self, who: str, action: str, resource: str) -> None:
        """`who`: a role, or the deployer."""
        seen = self._by_role.setdefault(who, {}).setdefault(action, set())
        if len(seen) < _MOST:
            seen.add(resource)

    def answer(self) -> dict[str, Any]:
        calls = self.calls()
        return {DEPLOYER: calls.pop(DEPLOYER, {}), "calls": calls}

    def calls(self) -> Calls:
        """Handler -> action -> resources, those of earlier runs of this local cloud included."""
        from ministack.services import lambda_svc

        found = {handler: dict(actions) for handler, actions in self._former.items()}
        for function in list(lambda_svc._functions._data.values()):
            config = function.get("config", {})
            role = str(config.get("Role", "")).rpartition("/")[2]
            self._add(found.setdefault(str(config.get("Handler", "")), {}), role)
        self._add(found.setdefault(DEPLOYER, {}), DEPLOYER)
        return {handler: actions for handler, actions in sorted(found.items()) if actions}

    def _add(self, mine: dict[str, list[str]], who: str) -> None:
        for action, resources in self._by_role.get(who, {}).items():
            mine[action] = sorted({*mine.get(action, ()), *resources})[:_MOST]

    def keep(self) -> None:
        try:
            self._file.write_text(json.dumps(self.calls(), indent=1))
        except OSError as error:
            log.error("the calls that were recorded could not be kept: %s", error)


def _read(file: Path) -> Calls:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
