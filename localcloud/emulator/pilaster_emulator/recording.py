"""What functions really called: action and resource of every call that was allowed, by the
function's handler. Kept beside the state, so that what a function may do can be held against it.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

_MOST = 200
"""Different resources of one action that are kept: enough to see what they have in common."""

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

    def _take(self, role: str, action: str, resource: str) -> None:
        seen = self._by_role.setdefault(role, {}).setdefault(action, set())
        if len(seen) < _MOST:
            seen.add(resource)

    def calls(self) -> Calls:
        """Handler -> action -> resources, those of earlier runs of this local cloud included."""
        from ministack.services import lambda_svc

        found = {handler: dict(actions) for handler, actions in self._former.items()}
        for function in list(lambda_svc._functions._data.values()):
            config = function.get("config", {})
            role = str(config.get("Role", "")).rpartition("/")[2]
            mine = found.setdefault(str(config.get("Handler", "")), {})
            for action, resources in self._by_role.get(role, {}).items():
                known = set(mine.get(action, ()))
                mine[action] = sorted(known | resources)[:_MOST]
        return {handler: actions for handler, actions in sorted(found.items()) if actions}

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
