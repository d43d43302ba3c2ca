"""Where in a run a thread is, and how it comes there again: states, branches, attempts, pauses.

Pauses end when they would have ended, and attempts are counted and spread as AWS does it.
"""

from __future__ import annotations

import random
from typing import Any

from pilaster_emulator.executions import calls
from pilaster_emulator.executions.journal import UNTIL
from pilaster_emulator.executions.run import Place, branch, now, place, running


def install() -> None:
    """Keep the place around ministack's own states."""
    from ministack.services import stepfunctions as states

    _install_tasks(states)
    _install_branches(states)
    _install_pauses(states)


def _install_tasks(states: Any) -> None:
    execute, find = states._execute_task, states._find_matching_retrier
    stock_uuid = states.new_uuid

    def execute_task(state: Any, data: Any, record: Any, context: Any) -> Any:
        run = running.get()
        if run is None:
            return execute(state, data, record, context)
        key = run.journal.visit(f"{branch.get()}{context['State']['Name']}")
        token = place.set(Place(key, context))
        try:
            return execute(_limits(states, state, data), data, record, context)
        finally:
            place.reset(token)

    def find_retrier(retriers: Any, error: str, counts: dict[int, int]) -> Any:
        retrier, index = find(retriers, error, counts)
        run, where = running.get(), place.get()
        if retrier is not None and run is not None and where is not None:
            where.attempt += 1
            where.pause = _pause(retrier, counts.get(index, 0))
            if "Task" in where.context:
                where.context["Task"] = {"Token": run.token(where.attempt_key())}
        return retrier, index

    def new_uuid() -> str:
        run, where = running.get(), place.get()
        if run is None or where is None or calls.inside():
            return stock_uuid()
        where.made += 1
        return run.token(f"{where.attempt_key()}/{where.made}")

    states._execute_task = execute_task
    states._find_matching_retrier = find_retrier
    states.new_uuid = new_uuid


def _limits(states: Any, state: Any, data: Any) -> Any:
    """Limits that stand in the state's input."""
    found = {
        name: states._resolve_path(state[f"{name}Path"], data)
        for name in ("TimeoutSeconds", "HeartbeatSeconds")
        if f"{name}Path" in state
    }
    return {**state, **found}


def _pause(retrier: dict[str, Any], count: int) -> float:
    seconds = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** count
    seconds = min(seconds, retrier.get("MaxDelaySeconds", seconds))
    if retrier.get("JitterStrategy") == "FULL":
        seconds = random.uniform(0, seconds)
    return seconds


def _install_branches(states: Any) -> None:
    parallel, walk_branch, map_ = (
        states._execute_parallel,
        states._run_sub_machine,
        states._execute_map,
    )

    def within(name: str, call: Any, context: Any, branches: list[Any]) -> Any:
        run = running.get()
        if run is None:
            return call()
        key = run.journal.visit(f"{branch.get()}{name}")
        token = place.set(Place(key, context, branches=branches))
        try:
            return call()
        finally:
            place.reset(token)

    def execute_parallel(state: Any, data: Any, record: Any, context: Any) -> Any:
        branches = [each.get("States") for each in state.get("Branches", [])]
        return within(
            context["State"]["Name"],
            lambda: parallel(state, data, record, context),
            context,
            branches,
        )

    def execute_map(state: Any, data: Any, record: Any, context: Any) -> Any:
        name = context["State"]["Name"]
        return within(name, lambda: map_(state, data, record, context), context, [])

    def run_branch(all_states: Any, start: str, data: Any, record: Any, context: Any) -> Any:
        where = place.get()
        if where is None:
            return walk_branch(all_states, start, data, record, context)
        number = next((n for n, each in enumerate(where.branches) if each is all_states), None)
        if number is None:
            number = context.get("Map", {}).get("Item", {}).get("Index", 0)
        inner, outer = branch.set(f"{where.key}/{where.attempt}/{number}/"), place.set(None)
        try:
            return walk_branch(all_states, start, data, record, context)
        finally:
            place.reset(outer)
            branch.reset(inner)

    states._execute_parallel = execute_parallel
    states._execute_map = execute_map
    states._run_sub_machine = run_branch


def _install_pauses(states: Any) -> None:
    wait, sleep = states._execute_wait, states._scaled_sleep

    def execute_wait(state: Any, data: Any, context: Any = None) -> Any:
        run = running.get()
        if run is None or context is None:
            return wait(state, data, context)
        key = run.journal.visit(f"{branch.get()}{context['State']['Name']}")
        token = place.set(Place(key, context))
        try:
            return wait(state, data, context)
        finally:
            place.reset(token)

    def scaled_sleep(seconds: float) -> None:
        run, where = running.get(), place.get()
        if run is None or where is None:
            sleep(seconds)
            return
        where.pauses += 1
        key = f"{where.key}/pause {where.pauses}"
        if where.pause is not None:
            seconds, where.pause = where.pause, None
        until = now() + seconds * states._SFN_WAIT_SCALE
        run.journal.note(UNTIL, key, until)
        run.sleep(run.journal.get(UNTIL, key) - now())

    states._execute_wait = execute_wait
    states._scaled_sleep = scaled_sleep
