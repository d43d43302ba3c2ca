"""Policy packs in the stand-in: asked before anything is made, ended with the run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pilaster_local import engine
from pilaster_local.engine import Diagnostic, analyzer_process
from pilaster_local.engine.errors import ConfigError, RefusedError
from pilaster_local.engine.values import UNKNOWN

from tests.support.shelf import Bench

PACK = """
import json, sys
from pathlib import Path
from pulumi_policy import *

def no_tea(args, report):
    if args.resource_type == "shelf:index:Box" and args.props.get("label") == "tea":
        report("tea is not kept here")

def be_brief(args, report):
    if len(args.name) > 8:
        report("a shorter name")

def few(args, report):
    boxes = [r for r in args.resources if r.resource_type == "shelf:index:Box"]
    if len(boxes) > args.get_config().get("most", 2):
        report("too many boxes: " + ", ".join(sorted(r.props.get("arn", r.name) for r in boxes)))

MANDATORY = EnforcementLevel.MANDATORY
POLICIES = [
    ResourceValidationPolicy("no-tea", "No tea.", no_tea, MANDATORY),
    ResourceValidationPolicy("be-brief", "Brief.", be_brief),
    StackValidationPolicy("few", "Few boxes.", few, MANDATORY),
]
"""
STARTED = '\nPolicyPack("house", POLICIES)\n'


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write(tmp_path, "")


def write(folder: Path, more: str, runtime: str = "python") -> Path:
    pack = folder / "rules"
    pack.mkdir(exist_ok=True)
    (pack / "PulumiPolicy.yaml").write_text(f"runtime: {runtime}\n")
    (pack / "__main__.py").write_text(PACK + more + STARTED)
    return pack


def configure(pack: Path, settings: object) -> None:
    pack.with_name(f"{pack.name}.json").write_text(json.dumps(settings))


def up(bench: Bench, pack: Path) -> engine.Outcome:
    provider = {"shelf": bench.shelf}
    return engine.up(bench.folder, bench.stack, provider=provider, policy_packs=[pack])


def preview(bench: Bench, pack: Path) -> engine.Plan:
    provider = {"shelf": bench.shelf}
    return engine.preview(bench.folder, bench.stack, provider=provider, policy_packs=[pack])


def found(outcome: engine.Outcome) -> list[tuple[str, bool, str]]:
    return [(v.policy, v.mandatory, v.urn.rsplit("::", 1)[-1]) for v in outcome.violations]


def test_what_breaks_a_mandatory_policy_is_not_made(bench: Bench, pack: Path) -> None:
    bench.program(
        'first = Box("first")\nBox("second", label="tea", opts=Options(depends_on=first))'
    )
    with pytest.raises(engine.RunFailedError, match=r"(?s)second: breaks .*\[house\] no-tea"):
        up(bench, pack)
    assert bench.shelf.asked("create") == ["first"]
    assert set(bench.resources()) == {"demo-local", "default", "first"}, "what was made is kept"
    bench.program(
        'first = Box("first")\nBox("second", label="rum", opts=Options(depends_on=first))'
    )
    assert up(bench, pack).counts == {"create": 1, "same": 2}


def test_a_preview_goes_on_and_lists_all_that_is_wrong(bench: Bench, pack: Path) -> None:
    bench.program('Box("one", label="tea")\nBox("two", label="tea")\nBox("three", label="rum")')
    assert sorted(found(preview(bench, pack))) == [
        ("be-brief", False, "demo-local"),
        ("few", True, "demo-local"),
        ("no-tea", True, "one"),
        ("no-tea", True, "two"),
    ]


def test_what_is_advisory_is_said_and_made(bench: Bench, pack: Path) -> None:
    bench.program('Box("long-name")')
    outcome = up(bench, pack)
    assert ("be-brief", False, "long-name") in found(outcome)
    said = Diagnostic(
        severity="warning",
        message="[house] be-brief: Brief.\na shorter name",
        urn="urn:pulumi:local::demo::shelf:index:Box::long-name",
    )
    assert said in outcome.diagnostics
    assert bench.shelf.asked("create") == ["long-name"]


def test_the_whole_is_judged_by_its_outputs_and_kept(bench: Bench, pack: Path) -> None:
    bench.program('[Box(f"b{n}", name=f"n{n}") for n in range(3)]')
    with pytest.raises(engine.RunFailedError) as failed:
        up(bench, pack)
    assert "too many boxes: arn:shelf:n0, arn:shelf:n1, arn:shelf:n2" in str(failed.value)
    assert {"b0", "b1", "b2"} <= set(bench.resources())


def test_the_settings_beside_a_pack_are_its_own(bench: Bench, pack: Path) -> None:
    bench.program('[Box(f"b{n}", label="tea") for n in range(3)]')
    configure(pack, {"all": "disabled", "few": {"enforcementLevel": "mandatory", "most": 3}})
    assert up(bench, pack).violations == []
    configure(pack, {"all": "disabled", "few": {"enforcementLevel": "advisory", "most": 2}})
    assert found(up(bench, pack)) == [("few", False, "demo-local")]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"fewer": "mandatory"},
            "there is no policy 'fewer' in this pack; there are be-brief",
        ),
        ({"few": "loud"}, "'loud' is no level for 'few'"),
        ({"few": 7}, "'few' must be a level or an object"),
        ([], "are not an object"),
    ],
)
def test_settings_that_name_nothing_are_refused(
    bench: Bench, pack: Path, settings: object, message: str
) -> None:
    configure(pack, settings)
    with pytest.raises((ConfigError, engine.RunFailedError), match=message):
        up(bench, pack)
    assert bench.shelf.asked("create") == []


SCHEMED = """
POLICIES.append(ResourceValidationPolicy("lim", "Lim.", lambda args, report: None, MANDATORY,
    PolicyConfigSchema(properties={"most": {"type": "integer", "minimum": 3},
                                   "who": {"type": "string"}}, required=["who"])))
"""


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "lim: 'who' is a required property"),
        ({"lim": {"who": "me", "most": 1}}, r"lim.most: 1(\.0)? is less than the minimum of 3"),
        ({"lim": {"who": 5}}, "lim.who: 5 is not of type 'string'"),
    ],
)
def test_settings_are_held_against_the_schema_of_their_policy(
    bench: Bench, tmp_path: Path, settings: object, message: str
) -> None:
    bench.program('Box("it")')
    pack = write(tmp_path, SCHEMED)
    configure(pack, settings)
    with pytest.raises((ConfigError, engine.RunFailedError), match=message):
        up(bench, pack)
    assert bench.shelf.asked("create") == []
    configure(pack, {"lim": {"who": "me", "most": 3}})
    assert up(bench, pack).counts == {"create": 2}


def test_a_pack_is_sent_what_the_official_engine_sends(bench: Bench, tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    pack = write(
        tmp_path,
        f"""
import pulumi_policy.policy as raw
kept = raw.deserialize_properties
def listening(props, *more):
    if "code" in props:
        Path({str(seen)!r}).write_text(json.dumps(props))
    return kept(props, *more)
raw.deserialize_properties = listening
""",
    )
    bench.program(
        'first = Box("first")\n'
        'Box("it", label=first.arn, code=pulumi.Output.secret("hush"), size=3, '
        'tags={"__defaults": ["x"], "a": "b"})'
    )
    preview(bench, pack)
    sent = json.loads(seen.read_text())
    assert sent["label"] == UNKNOWN
    assert sent["code"] == {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "value": "hush",
    }
    assert (sent["size"], sent["tags"]) == (3, {"a": "b"})


def test_a_secret_in_a_message_is_masked(bench: Bench, tmp_path: Path) -> None:
    telling = """
POLICIES.append(ResourceValidationPolicy(
    "blab", "Blab.", lambda args, report: report(str(args.props.get("code"))), MANDATORY))
"""
    bench.program('Box("it", code=pulumi.Output.secret("hush-hush"))')
    plan = preview(bench, write(tmp_path, telling))
    assert "hush-hush" not in str(plan.violations) + str(plan.diagnostics)
    assert any("[secret]" in violation.message for violation in plan.violations)


def test_a_rule_that_raises_ends_the_run_and_says_which_pack(bench: Bench, tmp_path: Path) -> None:
    raising = 'POLICIES.append(ResourceValidationPolicy("bad", "Bad.", lambda a, r: 1 / 0))'
    bench.program('Box("it")')
    with pytest.raises(engine.RunFailedError, match=r"policy pack '.*rules' failed while judging"):
        up(bench, write(tmp_path, raising))
    assert bench.shelf.asked("create") == []


def test_a_pack_that_does_not_start_says_why(bench: Bench, tmp_path: Path) -> None:
    said = r"did not start: \S+ has no module 'no_such_module'; install what the pack needs there"
    with pytest.raises(engine.RunFailedError, match=said):
        up(bench, write(tmp_path, "import no_such_module"))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"__main__.py": "print('hello', flush=True)\n" + PACK + STARTED}, "printed 'hello' where"),
        ({"__main__.py": "import time; time.sleep(99)"}, "not ready after 1 seconds"),
        ({"__main__.py": None}, "is no policy pack: it has no __main__.py"),
        ({"PulumiPolicy.yaml": "- runtime: python\n"}, "PulumiPolicy.yaml names no runtime"),
        ({"PulumiPolicy.yaml": "python\n"}, "PulumiPolicy.yaml names no runtime"),
        ({".venv/bin/python": "#!/no/such/python\n"}, "(?s)did not start: .*make its environment"),
        (
            {"PulumiPolicy.yaml": "runtime: {name: python, options: {virtualenv: venv}}\n"},
            "its virtualenv 'venv' does not exist",
        ),
    ],
)
def test_a_pack_that_cannot_be_asked_is_said_to_be_so_and_does_not_hang(
    bench: Bench,
    pack: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str | None],
    message: str,
) -> None:
    if "not ready" in message:
        monkeypatch.setattr(analyzer_process, "PATIENCE_SECONDS", 1.0)
    for name, content in files.items():
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_text(content) if content is not None else (pack / name).unlink()
        if content is not None:
            (pack / name).chmod(0o755)
    bench.program('Box("one")\nBox("two")')
    with pytest.raises((engine.PolicyPackError, engine.RunFailedError), match=message):
        up(bench, pack)
    assert bench.shelf.asked("create") == []


@pytest.mark.parametrize(
    "hanging",
    [
        "import time; time.sleep(99)",
        'import time\nPOLICIES.append(ResourceValidationPolicy("bad", "Bad.", '
        "lambda args, report: time.sleep(99), MANDATORY))",
    ],
)
@pytest.mark.parametrize("how", ["preview", "up"])
def test_ctrl_c_does_not_wait_for_a_pack(
    bench: Bench, tmp_path: Path, hanging: str, how: str
) -> None:
    bench.program('Box("it")')
    pack = write(tmp_path, f"print('asked', file=sys.stderr)\n{hanging}")
    command = [sys.executable, "-c", INTERRUPTED, str(tmp_path), str(pack), how]
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=40, cwd=Path.cwd())
    assert done.stdout.startswith("InterruptedRunError interrupted"), done.stdout + done.stderr
    assert time.monotonic() - started < 30
    assert bench.shelf.asked("create") == []


INTERRUPTED = """
import os, signal, sys, threading
from pathlib import Path
from pilaster_local import engine
from tests.support.shelf import Shelf
folder, pack, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
threading.Timer(3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    getattr(engine, how)(folder / "project", "local", provider={"shelf": Shelf(folder / "shelf")},
                         policy_packs=[pack])
except engine.InterruptedRunError as error:
    print("InterruptedRunError", error)
"""


def test_a_rule_that_ends_its_process_is_said_to_have_done_so(bench: Bench, tmp_path: Path) -> None:
    ending = (
        "import os\nPOLICIES.append(ResourceValidationPolicy("
        '"bad", "Bad.", lambda args, report: os._exit(4), MANDATORY))'
    )
    bench.program('Box("it")')
    with pytest.raises(engine.RunFailedError, match="judging demo-local: its process ended with 4"):
        up(bench, write(tmp_path, ending))


def test_what_is_not_supported_is_refused_by_name(bench: Bench, pack: Path) -> None:
    configure(pack, {"no-tea": "remediate"})
    with pytest.raises((RefusedError, engine.RunFailedError), match="does not support remediation"):
        preview(bench, pack)
    write(pack.parent, "", runtime="nodejs")
    with pytest.raises(RefusedError, match="a policy pack in 'nodejs'"):
        preview(bench, pack)
    with pytest.raises(engine.PolicyPackError, match="is no policy pack"):
        preview(bench, pack.parent)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


def ends(pid: int) -> bool:
    until = time.monotonic() + 10
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


STARTER = """
import sys, time
from pathlib import Path
from pilaster_local.engine.analyzer import Analyzer, PolicyPack, Run
run = Run(project="demo", stack="local", preview=True, config={})
print(Analyzer(PolicyPack.at(Path(sys.argv[1])), run)._process._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_pack_ends_with_whoever_started_it(pack: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-c", STARTER, str(pack)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert alive(pid)
        assert os.getsid(pid) != os.getsid(starter.pid), "Ctrl-C is not for the pack"
        starter.send_signal(how)
    assert ends(pid)
