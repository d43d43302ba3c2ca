"""Cold starts: our package with bytecode, without it, and what `sam build` leaves of the handler.

python -m benchmarks.cold_start [--rounds 15] [--handlers edge database reading]

From the process's start to its first answer, under AWS's own runtime client, from read-only files,
on this machine's Python. The three take turns, so that whatever else this machine does hits them
alike. SAM runs in a throw-away environment, without Docker. Exits 1 where ours takes more than half
of SAM's time.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pilaster.packaging import Code, Target, build
from uv import find_uv_bin

from benchmarks.lambda_process import Start, first_answer, make_runtime

ROOT = Path(__file__).parents[1]
GOAL = 0.5
"""Of the time the package of `sam build` takes."""
SAM = "aws-sam-cli==1.170.0"
OURS, SOURCE = "bytecode", "no bytecode"


@dataclass(frozen=True)
class Case:
    """A handler, and an event it answers without calling anything that is not here."""

    code: Code
    event: Mapping[str, Any]
    answer: Mapping[str, Any]
    """Part of what it answers: the proof that the handler ran."""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])


def _http(**more: Any) -> dict[str, Any]:
    context = {"requestId": "r", "http": {"method": "GET"}}
    return {"version": "2.0", "rawPath": "/", "headers": {}, "requestContext": context, **more}


_USER = "00000000-0000-4000-8000-000000000001"
_CLAIMS = {"sub": _USER, "token_use": "access"}
_RUN = {
    "document": "00000000-0000-4000-8000-000000000002",
    "user": _USER,
    "bucket": "documents",
    "key": "uploads/nothing",
    "version": "1",
    "kind": "text_pdf",
}
CASES = {
    "edge": Case(
        Code(entry_point="lambdas.documents.aws.auth.login", dependencies="edge"),
        _http(body="{}", headers={"content-type": "application/json"}),
        {"statusCode": 422},
        {"USER_POOL_CLIENT_ID": "client"},
    ),
    "database": Case(
        Code(entry_point="lambdas.documents.aws.api.show", dependencies="database"),
        _http(
            requestContext={"requestId": "r", "authorizer": {"jwt": {"claims": _CLAIMS}}},
            pathParameters={"id": "no-id"},
        ),
        {"statusCode": 404},
        {  # nobody listens there: the connection it opens at init is refused at once
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_PORT": "1",
            "DATABASE_NAME": "documents",
            "DATABASE_USER": "documents_api",
        },
    ),
    "reading": Case(
        Code(entry_point="lambdas.documents.aws.steps.read", dependencies="reading"),
        _RUN,
        {"error": "DocumentGoneError"},  # asked for at the store, which is empty
        {"DOCUMENTS_BUCKET": "documents", "UPLOAD_LIMIT_MIB": "20"},
    ),
}
_LAMBDA = {
    "AWS_REGION": "eu-west-2",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_LAMBDA_FUNCTION_NAME": "measured",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--handlers", nargs="+", choices=CASES, default=list(CASES))
    asked = parser.parse_args()
    cases = {name: CASES[name] for name in asked.handlers}
    with tempfile.TemporaryDirectory(prefix="cold-start-") as scratch:
        folder = Path(scratch)
        runtime = make_runtime(ROOT, folder / "runtime")
        tasks = packages(cases, folder)
        times = measured(cases, tasks, runtime, asked.rounds)
        return report(tasks, times, asked.rounds)


Tasks = dict[str, dict[str, Path]]
Times = dict[str, dict[str, list[Start]]]
"""By handler, then by what packaged it; ours comes first, theirs last."""


def packages(cases: Mapping[str, Case], folder: Path) -> Tasks:
    """The folders that become /var/task: ours with and without bytecode, and theirs."""
    target = Target.of_this_machine()
    tasks: Tasks = {}
    for name, case in cases.items():
        made = {OURS: build(case.code, target, root=ROOT, cache=folder / "with")}
        made[SOURCE] = build(
            case.code, target, root=ROOT, cache=folder / "without", find=lambda _: None
        )
        assert made[OURS].bytecode is not None
        assert made[SOURCE].bytecode is None
        tasks[name] = {}
        for kind, package in made.items():
            tasks[name][kind] = folder / f"{name} {kind}"
            with zipfile.ZipFile(package.path) as archive:
                archive.extractall(tasks[name][kind])
        project = folder / "project" / name
        _as_for_sam(case.code, tasks[name][SOURCE], project)
        theirs, built = sam_build(case, project) or pip_install(project)
        tasks[name][theirs] = built
    return tasks


def _as_for_sam(code: Code, ours: Path, project: Path) -> None:
    """The handler's own files and its requirements, of the same versions, as SAM wants them."""
    shutil.copytree(ours / "lambdas", project / "code" / "lambdas")
    done = subprocess.run(
        [
            *(find_uv_bin(), "export", "--frozen", "--no-emit-project", "--no-dev", "--no-hashes"),
            *("--no-header", "--no-annotate", "--project"),
            str(ROOT / "lambdas" / "dependencies" / str(code.dependencies)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    (project / "code" / "requirements.txt").write_text(done.stdout)


def sam_build(case: Case, project: Path) -> tuple[str, Path] | None:
    """What `sam build` leaves, or None with the reason printed where it does not run."""
    target = Target.of_this_machine()
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": "code",
            "Handler": case.code.handler,
            "Runtime": target.runtime,
            "Architectures": [target.architecture],
        },
    }
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Measured": function}}
    (project / "template.json").write_text(json.dumps(template))
    done = subprocess.run(
        [
            *(find_uv_bin(), "tool", "run", "--from", SAM, "sam", "build"),
            *("--template", "template.json", "--build-dir", "built"),
        ],
        cwd=project,
        env={
            **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
            "SAM_CLI_TELEMETRY": "0",
            "HOME": str(project),  # it keeps settings there
            # It wants a `python3.11`, or whichever version this is, that has pip.
            "PATH": f"{Path(sys.base_prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "UV_CACHE_DIR": _uv_cache(),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        why = done.stderr.strip().rpartition("\n")[2]
        print(f"`sam build` does not make {case.code.entry_point} here: {why}", file=sys.stderr)
        return None
    return "sam build", project / "built" / "Measured"


def pip_install(project: Path) -> tuple[str, Path]:
    """The same requirements beside the same sources: what SAM's workflow leaves, made by hand."""
    into = project / "code"
    subprocess.run(
        [
            *(find_uv_bin(), "pip", "install", "--quiet", "--python", sys.executable),
            *("--target", str(into), "--requirement", str(into / "requirements.txt")),
        ],
        check=True,
    )
    return "pip install -t", into


def _uv_cache() -> str:
    done = subprocess.run(
        [find_uv_bin(), "cache", "dir"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def measured(cases: Mapping[str, Case], tasks: Tasks, runtime: Path, rounds: int) -> Times:
    times: Times = {name: {kind: [] for kind in tasks[name]} for name in cases}
    for number in range(-1, rounds):  # the first warms the disk's cache and is not counted
        for name, case in cases.items():
            kinds = list(tasks[name].items())
            turn = number % len(kinds)
            for kind, task in [*kinds[turn:], *kinds[:turn]]:
                start = first_answer(
                    runtime, task, case.code.handler, {**_LAMBDA, **case.variables}, case.event
                )
                if not case.answer.items() <= start.answer.items():
                    raise SystemExit(f"{name}, {kind}: answered {start.answer}")
                if number >= 0:
                    times[name][kind].append(start)
    return times


def report(tasks: Tasks, times: Times, rounds: int) -> int:
    python = ".".join(map(str, sys.version_info[:3]))
    print(f"Start to first answer, Python {python}, medians of {rounds}.")
    print("Milliseconds of time / of CPU (MB unpacked);")
    print("ratios are medians of pairs, of time / of CPU.\n")
    print(f"{'':10}{OURS:>20}{SOURCE:>20}{'theirs':>20}{'to source':>16}{'to theirs':>16}   theirs")
    late: list[str] = []
    for name, taken in times.items():
        ours, source, theirs = taken
        shown = "".join(f"{_shown(taken[kind], tasks[name][kind]):>20}" for kind in taken)
        ratios = "".join(f"{_ratios(taken[ours], taken[each]):>16}" for each in (source, theirs))
        print(f"{name:10}{shown}{ratios}   {theirs}")
        if _ratio(_seconds(taken[ours]), _seconds(taken[theirs])) > GOAL:
            late.append(name)
    if late:
        print(f"\nmore than {GOAL} of theirs: {', '.join(late)}")
    return 1 if late else 0


def _seconds(starts: Sequence[Start]) -> list[float]:
    return [start.seconds for start in starts]


def _cpu(starts: Sequence[Start]) -> list[float]:
    return [start.cpu_seconds for start in starts]


def _shown(starts: Sequence[Start], task: Path) -> str:
    size = sum(path.stat().st_size for path in task.rglob("*") if path.is_file())
    wall, cpu = (statistics.median(of(starts)) * 1000 for of in (_seconds, _cpu))
    return f"{wall:.0f} / {cpu:.0f} ({size / 2**20:.0f})"


def _ratios(ours: Sequence[Start], theirs: Sequence[Start]) -> str:
    return " / ".join(f"{_ratio(of(ours), of(theirs)):.2f}" for of in (_seconds, _cpu))


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


if __name__ == "__main__":
    sys.exit(main())
