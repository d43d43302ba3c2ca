"""Amazon States Language: definitions of state machines.

Sources: the specification at states-language.net, and the Step Functions developer guide for what
AWS has beside it (integrations, JSONata, variables, distributed maps, quotas). The messages name
the state.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pilaster_local.providers.aws.plan.finding import shown
from pilaster_local.providers.aws.plan.grammars import choices, integrations, paths

LARGEST = 1_048_576
"""Bytes of a definition, at most."""
_LONGEST_SECONDS = 99_999_999
_LONGEST_NAME = 80
_DEEPEST = 40

_MACHINE = {"Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"}
_BRANCH = {"Comment", "StartAt", "States", "QueryLanguage", "ProcessorConfig"}
_COMMON = {"Type", "Comment", "QueryLanguage"}
_MOVES = {"Next", "End"}
_IN_OUT = {"InputPath", "OutputPath"}
_RESULT = {"ResultPath", "ResultSelector", "Parameters"}
_TRIES = {"Retry", "Catch"}
_FIELDS: Mapping[str, set[str]] = {
    "Task": _MOVES | _IN_OUT | _RESULT | _TRIES | {
        "Resource", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds",
        "HeartbeatSecondsPath", "Credentials", "Arguments", "Output", "Assign"},
    "Pass": _MOVES | _IN_OUT | {"ResultPath", "Parameters", "Result", "Output", "Assign"},
    "Choice": _IN_OUT | {"Choices", "Default", "Output", "Assign"},
    "Wait": _MOVES | _IN_OUT | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath", "Output",
                                "Assign"},
    "Succeed": _IN_OUT | {"Output"},
    "Fail": {"Error", "ErrorPath", "Cause", "CausePath"},
    "Parallel": _MOVES | _IN_OUT | _RESULT | _TRIES | {"Branches", "Arguments", "Output",
                                                       "Assign"},
    "Map": _MOVES | _IN_OUT | _RESULT | _TRIES | {
        "ItemProcessor", "Iterator", "ItemsPath", "Items", "ItemSelector", "ItemReader",
        "ItemBatcher", "ResultWriter", "MaxConcurrency", "MaxConcurrencyPath", "Label",
        "ToleratedFailurePercentage", "ToleratedFailurePercentagePath", "ToleratedFailureCount",
        "ToleratedFailureCountPath", "Output", "Assign"},
}  # fmt: skip
_ONLY_JSONPATH = _IN_OUT | _RESULT | {"ItemsPath"}
_ONLY_JSONATA = {"Arguments", "Output", "Items"}
_ERRORS = {
    "States.ALL", "States.BranchFailed", "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold", "States.HeartbeatTimeout", "States.Http.Socket",
    "States.IntrinsicFailure", "States.ItemReaderFailed", "States.NoChoiceMatched",
    "States.ParameterPathFailure", "States.Permissions", "States.QueryEvaluationError",
    "States.ResultPathMatchFailure", "States.ResultWriterFailed", "States.Runtime",
    "States.TaskFailed", "States.Timeout",
}  # fmt: skip
_RETRIER = {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds",
            "JitterStrategy", "Comment"}  # fmt: skip
_CATCHER = {"ErrorEquals", "Next", "ResultPath", "Output", "Assign", "Comment"}


@dataclass
class _Machine:
    """What is known on the way through one definition."""

    express: bool
    names: set[str] = field(default_factory=set)


def problems(text: str, *, express: bool = False) -> Iterator[str]:
    """What is wrong with a definition given as JSON."""
    if len(text.encode(errors="replace")) > LARGEST:
        yield f"a definition has {LARGEST:,} bytes at most"
    try:
        definition = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield f"a state machine definition is a JSON object: {error}"
        return
    if not isinstance(definition, dict):
        yield f"a state machine definition is a JSON object, not {shown(definition)}"
        return
    yield from _unknown(definition, _MACHINE, "a definition")
    if definition.get("Version", "1.0") != "1.0":
        yield f"Version {shown(definition['Version'])} is none; it is '1.0'"
    yield from _seconds(definition, "TimeoutSeconds", "the definition")
    language = definition.get("QueryLanguage", "JSONPath")
    yield from _language(language, "the definition")
    yield from _states(definition, _Machine(express), "", language == "JSONata", 0)


def _states(
    machine: Mapping[str, Any], known: _Machine, where: str, jsonata: bool, depth: int
) -> Iterator[str]:
    place = f"{where}: " if where else ""
    if depth > _DEEPEST:
        yield f"{place}states lie too deep"
        return
    states = machine.get("States")
    if not isinstance(states, dict) or not states:
        yield f"{place}States is an object with a state at least"
        return
    start = machine.get("StartAt")
    if not isinstance(start, str) or start not in states:
        yield f"{place}StartAt is {shown(start)}, which is none of its States{_near(start, states)}"
    for name, state in states.items():
        if len(name) > _LONGEST_NAME:
            yield f"state {shown(name)} has a name of more than {_LONGEST_NAME} characters"
        if name in known.names:
            yield f"state {name!r} stands twice; a name is one of the whole definition"
        known.names.add(name)
        if isinstance(state, dict):
            for said in _state(name, state, states, known, jsonata, depth):
                yield f"state {name!r}: {said}" if not said.startswith("state ") else said
        else:
            yield f"state {name!r} is {shown(state)}, not an object"
    yield from _reachable(start, states, place)


def _reachable(start: Any, states: Mapping[str, Any], place: str) -> Iterator[str]:
    """Every state is come to, and the way ends somewhere."""
    if not isinstance(start, str) or start not in states:
        return
    seen, ahead = {start}, [start]
    while ahead:
        for target in _targets(states[ahead.pop()]):
            if target in states and target not in seen:
                seen.add(target)
                ahead.append(target)
    for name in states:
        if name not in seen:
            yield f"{place}state {name!r} is never reached"
    ends = [s for s in states.values() if isinstance(s, dict) and _ends(s)]
    if not ends:
        yield f"{place}no state ends the way: one needs End, or is of type Succeed or Fail"


def _ends(state: Mapping[str, Any]) -> bool:
    return state.get("End") is True or state.get("Type") in ("Succeed", "Fail")


def _targets(state: Any) -> Iterator[str]:
    if not isinstance(state, dict):
        return
    found = [state.get("Next"), state.get("Default")]
    for name in ("Choices", "Catch"):
        if isinstance(entries := state.get(name), list):
            found += [entry.get("Next") for entry in entries if isinstance(entry, dict)]
    yield from (target for target in found if isinstance(target, str))


def _state(
    name: str,
    state: Mapping[str, Any],
    states: Mapping[str, Any],
    known: _Machine,
    jsonata: bool,
    depth: int,
) -> Iterator[str]:
    kind = state.get("Type")
    if not isinstance(kind, str) or kind not in _FIELDS:
        yield f"Type is one of {', '.join(_FIELDS)}, not {shown(kind)}"
        return
    if "QueryLanguage" in state:
        yield from _language(state["QueryLanguage"], "it")
        jsonata = state["QueryLanguage"] == "JSONata"
    yield from _unknown(state, _FIELDS[kind] | _COMMON, f"a {kind}")
    yield from _dialect(state, jsonata)
    yield from _moves(kind, state, states)
    yield from _data(state, jsonata)
    match kind:
        case "Task":
            yield from _task(state, known, jsonata)
        case "Choice":
            yield from _choice(state, states, jsonata)
        case "Wait":
            yield from _wait(state, jsonata)
        case "Fail":
            yield from _fail(state, jsonata)
        case "Parallel":
            yield from _parallel(name, state, known, jsonata, depth)
        case "Map":
            yield from _map(name, state, known, jsonata, depth)
        case _:
            pass
    if kind in ("Task", "Parallel", "Map"):
        yield from _retries(state)
        yield from _catches(state, states, jsonata)


def _dialect(state: Mapping[str, Any], jsonata: bool) -> Iterator[str]:
    wrong = _ONLY_JSONPATH if jsonata else _ONLY_JSONATA
    other = "JSONPath" if jsonata else "JSONata"
    for name in sorted(state.keys() & wrong):
        if state.get("Type") in _FIELDS and name in _FIELDS[state["Type"]]:
            yield f"{name} is for the query language {other}"
    if jsonata:
        for name in sorted(state):
            if name.endswith("Path") and name not in _ONLY_JSONPATH:
                yield f"{name} is for the query language JSONPath"


def _moves(kind: str, state: Mapping[str, Any], states: Mapping[str, Any]) -> Iterator[str]:
    if kind in ("Choice", "Succeed", "Fail"):
        return  # they have none, which `_unknown` says
    if ("Next" in state) == ("End" in state):
        yield "it needs either Next or End: true"
    if "Next" in state:
        yield from _target(state["Next"], states, "Next")
    if "End" in state and state["End"] is not True:
        yield f"End is true or is not there, not {shown(state['End'])}"


def _target(target: Any, states: Mapping[str, Any], called: str) -> Iterator[str]:
    if not isinstance(target, str) or target not in states:
        yield f"{called} is {shown(target)}, which does not exist{_near(target, states)}"


def _data(state: Mapping[str, Any], jsonata: bool) -> Iterator[str]:
    for name in ("InputPath", "OutputPath", "ItemsPath"):
        if state.get(name) is not None and (said := paths.path(state[name])):
            yield f"{name}: {said}"
    if state.get("ResultPath") is not None and (said := paths.reference(state["ResultPath"])):
        yield f"ResultPath: {said}"
    for name in ("Parameters", "ResultSelector", "ItemSelector", "Credentials"):
        if name in state and not jsonata:
            if name != "Parameters" and not isinstance(state[name], dict):
                yield f"{name} is an object, not {shown(state[name])}"
            yield from (f"{name}: {said}" for said in _template(state[name], 0))
    for name in ("Arguments", "Output", "Assign", "ItemSelector", "Items"):
        if name in state and jsonata:
            yield from (f"{name}: {said}" for said in _expressions(state[name], 0))
    if "Assign" in state:
        yield from _assign(state["Assign"], jsonata)


def _assign(assigned: Any, jsonata: bool) -> Iterator[str]:
    if not isinstance(assigned, dict):
        yield f"Assign is an object, not {shown(assigned)}"
        return
    for name in assigned:
        bare = name if jsonata else name.removesuffix(".$")
        if not re.fullmatch(r"[^\W\d_]\w{0,79}", bare) or bare == "states":
            yield f"Assign: {shown(name)} is no name of a variable"
    if not jsonata:
        yield from (f"Assign: {said}" for said in _template(assigned, 0))


def _template(value: Any, depth: int) -> Iterator[str]:
    """A payload template: keys that end in `.$` take paths and intrinsic functions."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if key.endswith(".$"):
                if said := paths.template(item):
                    yield f"{key!r}: {said}"
                if key.removesuffix(".$") in value:
                    yield f"{key!r} and {key.removesuffix('.$')!r} name one field twice"
            else:
                yield from _template(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _template(item, depth + 1)


def _expressions(value: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        if said := paths.jsonata(value):
            yield said
    elif isinstance(value, dict):
        for item in value.values():
            yield from _expressions(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _expressions(item, depth + 1)


# -- by type ------------------------------------------------------------------------------------


def _task(state: Mapping[str, Any], known: _Machine, jsonata: bool) -> Iterator[str]:
    resource = state.get("Resource")
    if resource is None:
        yield "a Task needs a Resource"
    else:
        yield from integrations.problems(resource, express=known.express)
        told = state.get("Arguments" if jsonata else "Parameters")
        if isinstance(resource, str) and ":states:::" in resource:
            if told is None:
                told = {}
            if isinstance(told, dict):
                yield from integrations.parameters(resource, told)
    yield from _seconds_or_path(state, "TimeoutSeconds", jsonata)
    yield from _seconds_or_path(state, "HeartbeatSeconds", jsonata)
    beat, timeout = state.get("HeartbeatSeconds"), state.get("TimeoutSeconds", _LONGEST_SECONDS)
    if _is_number(beat) and _is_number(timeout) and beat >= timeout:
        yield f"HeartbeatSeconds ({beat}) must be less than TimeoutSeconds ({timeout})"


def _choice(state: Mapping[str, Any], states: Mapping[str, Any], jsonata: bool) -> Iterator[str]:
    rules = state.get("Choices")
    if not isinstance(rules, list) or not rules:
        yield "Choices is a list with a rule at least"
        rules = []
    for number, rule in enumerate(rules, 1):
        which = f"choice {number}"
        if not isinstance(rule, dict):
            yield f"{which} is {shown(rule)}, not an object"
            continue
        yield from _target(rule.get("Next"), states, f"{which}: Next")
        yield from (f"{which}: {said}" for said in choices.problems(rule, jsonata=jsonata))
        if "Assign" in rule:
            yield from _assign(rule["Assign"], jsonata)
    if "Default" in state:
        yield from _target(state["Default"], states, "Default")


def _wait(state: Mapping[str, Any], jsonata: bool) -> Iterator[str]:
    ways = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
    given = [name for name in ways if name in state]
    if len(given) != 1:
        yield f"it needs exactly one of {', '.join(ways)}; here are {given or 'none'}"
    yield from _seconds(state, "Seconds", "it", low=0, jsonata=jsonata)
    moment = state.get("Timestamp")
    if "Timestamp" in state and not choices.is_moment(moment):
        expression = jsonata and isinstance(moment, str) and moment.startswith("{%")
        if not expression:
            yield f"Timestamp is written '2026-01-31T08:00:00Z', not {shown(moment)}"
    for name in ("SecondsPath", "TimestampPath"):
        if name in state and (said := paths.path(state[name])):
            yield f"{name}: {said}"


def _fail(state: Mapping[str, Any], jsonata: bool) -> Iterator[str]:
    for name in ("Error", "Cause"):
        if name in state and not isinstance(state[name], str):
            yield f"{name} is a string, not {shown(state[name])}"
        if name in state and f"{name}Path" in state:
            yield f"{name} and {name}Path exclude each other"
        if f"{name}Path" in state and (said := paths.template(state[f"{name}Path"])):
            yield f"{name}Path: {said}"
        if jsonata and isinstance(state.get(name), str) and (said := paths.jsonata(state[name])):
            yield f"{name}: {said}"


def _parallel(
    name: str, state: Mapping[str, Any], known: _Machine, jsonata: bool, depth: int
) -> Iterator[str]:
    branches = state.get("Branches")
    if not isinstance(branches, list) or not branches:
        yield "Branches is a list with a branch at least"
        return
    for number, branch in enumerate(branches, 1):
        where = f"state {name!r}, branch {number}"
        yield from _inner(branch, known, where, jsonata, depth)


def _map(
    name: str, state: Mapping[str, Any], known: _Machine, jsonata: bool, depth: int
) -> Iterator[str]:
    if ("ItemProcessor" in state) == ("Iterator" in state):
        yield "a Map needs an ItemProcessor"
    if "ItemSelector" in state and "Parameters" in state:
        yield "ItemSelector and Parameters exclude each other"
    processor = state.get("ItemProcessor", state.get("Iterator"))
    distributed = False
    if processor is not None:
        where = f"state {name!r}, its items"
        if isinstance(processor, dict):
            said = list(_processor(processor.get("ProcessorConfig")))
            yield from said
            config = processor.get("ProcessorConfig")
            distributed = isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"
            inner = _Machine(
                known.express
                or (
                    distributed and config is not None and config.get("ExecutionType") == "EXPRESS"
                ),
                # A distributed map's states are a machine of their own.
                set() if distributed else known.names,
            )
            yield from _inner(processor, inner, where, jsonata, depth)
        else:
            yield f"{where} are {shown(processor)}, not an object"
    for field_name in ("ItemReader", "ResultWriter", "ItemBatcher", "Label"):
        if field_name in state and not distributed:
            yield f"{field_name} is for a Map in mode DISTRIBUTED"
    if distributed and known.express:
        yield "an EXPRESS workflow has no Map in mode DISTRIBUTED"
    for field_name, high in (
        ("MaxConcurrency", 10_000),
        ("ToleratedFailurePercentage", 100),
        ("ToleratedFailureCount", 10_000_000),
    ):
        value = state.get(field_name, 0)
        is_expression = jsonata and isinstance(value, str) and value.startswith("{%")
        if not is_expression and not (_is_number(value) and 0 <= float(value) <= high):
            yield f"{field_name} is a number from 0 to {high:,}, not {shown(value)}"
        path = f"{field_name}Path"
        if path in state:
            if said := paths.path(state[path]):
                yield f"{path}: {said}"
            if field_name in state:
                yield f"{field_name} and {path} exclude each other"


def _processor(config: Any) -> Iterator[str]:
    if config is None:
        return
    if not isinstance(config, dict):
        yield f"ProcessorConfig is an object, not {shown(config)}"
        return
    yield from _unknown(config, {"Mode", "ExecutionType"}, "a ProcessorConfig")
    mode = config.get("Mode", "INLINE")
    if mode not in ("INLINE", "DISTRIBUTED"):
        yield f"Mode is INLINE or DISTRIBUTED, not {shown(mode)}"
    if mode == "DISTRIBUTED" and config.get("ExecutionType") not in ("STANDARD", "EXPRESS"):
        yield "a Map in mode DISTRIBUTED needs ExecutionType STANDARD or EXPRESS"


def _inner(machine: Any, known: _Machine, where: str, jsonata: bool, depth: int) -> Iterator[str]:
    if not isinstance(machine, dict):
        yield f"{where} is {shown(machine)}, not an object"
        return
    yield from (f"{where}: {said}" for said in _unknown(machine, _BRANCH, "it"))
    if "QueryLanguage" in machine:
        yield from _language(machine["QueryLanguage"], where)
        jsonata = machine["QueryLanguage"] == "JSONata"
    yield from _states(machine, known, where, jsonata, depth + 1)


# -- errors ---------------------------------------------------------------------------------------


def _retries(state: Mapping[str, Any]) -> Iterator[str]:
    if "Retry" not in state:
        return
    for which, retrier, last in _entries(state["Retry"], "Retry"):
        if not isinstance(retrier, dict):
            yield f"{which} is {shown(retrier)}, not an object"
            continue
        yield from (f"{which}: {said}" for said in _retrier(retrier, last))


def _retrier(retrier: Mapping[str, Any], last: bool) -> Iterator[str]:
    yield from _unknown(retrier, _RETRIER, "a retrier")
    yield from _error_names(retrier.get("ErrorEquals"), last)
    for name, low, high in (
        ("IntervalSeconds", 1, _LONGEST_SECONDS),
        ("MaxAttempts", 0, _LONGEST_SECONDS),
        ("MaxDelaySeconds", 1, 31_622_400),
    ):
        value = retrier.get(name, low)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            yield f"{name} is a whole number from {low} to {high:,}, not {shown(value)}"
    rate = retrier.get("BackoffRate", 2.0)
    if not _is_number(rate) or rate < 1:
        yield f"BackoffRate is a number of 1 or more, not {shown(rate)}"
    if retrier.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
        yield f"JitterStrategy is FULL or NONE, not {shown(retrier['JitterStrategy'])}"
    longest, first = retrier.get("MaxDelaySeconds"), retrier.get("IntervalSeconds", 1)
    if _is_number(longest) and _is_number(first) and longest <= first:
        yield f"MaxDelaySeconds ({longest}) must be more than IntervalSeconds ({first})"


def _catches(state: Mapping[str, Any], states: Mapping[str, Any], jsonata: bool) -> Iterator[str]:
    if "Catch" not in state:
        return
    for which, catcher, last in _entries(state["Catch"], "Catch"):
        if not isinstance(catcher, dict):
            yield f"{which} is {shown(catcher)}, not an object"
            continue
        yield from (f"{which}: {said}" for said in _unknown(catcher, _CATCHER, "a catcher"))
        yield from (f"{which}: {said}" for said in _error_names(catcher.get("ErrorEquals"), last))
        yield from _target(catcher.get("Next"), states, f"{which}: Next")
        if catcher.get("ResultPath") is not None:
            if jsonata:
                yield f"{which}: ResultPath is for the query language JSONPath"
            elif said := paths.reference(catcher["ResultPath"]):
                yield f"{which}: ResultPath: {said}"
        if "Output" in catcher and not jsonata:
            yield f"{which}: Output is for the query language JSONata"
        if "Assign" in catcher:
            yield from _assign(catcher["Assign"], jsonata)


def _entries(value: Any, called: str) -> Iterator[tuple[str, Any, bool]]:
    if not isinstance(value, list):
        yield called, value, True
        return
    for number, entry in enumerate(value, 1):
        yield f"{called} {number}", entry, number == len(value)


def _error_names(errors: Any, last: bool) -> Iterator[str]:
    if not isinstance(errors, list) or not errors:
        yield f"ErrorEquals is a list with an error's name at least, not {shown(errors)}"
        return
    for error in errors:
        if not isinstance(error, str):
            yield f"ErrorEquals holds {shown(error)}, not a name"
        elif error.startswith("States.") and error not in _ERRORS:
            yield f"there is no error {error!r}{_near(error, _ERRORS)}"
    if "States.ALL" in errors and (len(errors) > 1 or not last):
        yield "States.ALL stands alone, and last"


# -- small things ---------------------------------------------------------------------------------


def _unknown(given: Mapping[str, Any], known: set[str], what: str) -> Iterator[str]:
    for name in sorted(given.keys() - known):
        yield f"{what} has no field {shown(name)}{_near(name, known)}"


def _language(language: Any, what: str) -> Iterator[str]:
    if language not in ("JSONPath", "JSONata"):
        yield f"QueryLanguage of {what} is JSONPath or JSONata, not {shown(language)}"


def _seconds_or_path(state: Mapping[str, Any], name: str, jsonata: bool) -> Iterator[str]:
    yield from _seconds(state, name, "it", jsonata=jsonata)
    if f"{name}Path" in state:
        if name in state:
            yield f"{name} and {name}Path exclude each other"
        if said := paths.path(state[f"{name}Path"]):
            yield f"{name}Path: {said}"


def _seconds(
    given: Mapping[str, Any], name: str, what: str, *, low: int = 1, jsonata: bool = False
) -> Iterator[str]:
    value = given.get(name, low)
    if jsonata and isinstance(value, str) and value.startswith("{%"):
        if said := paths.jsonata(value):
            yield f"{name}: {said}"
        return
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or not low <= int(value) <= _LONGEST_SECONDS:
        yield (
            f"{name} of {what} is a whole number from {low} to {_LONGEST_SECONDS:,}, "
            f"not {shown(value)}"
        )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _near(name: Any, known: Any) -> str:
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        return ""
    near = difflib.get_close_matches(name, list(known), 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
