"""Packages: the same bytes wherever they are built, and a key that says when they change."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pilaster.packaging import (
    AZURE,
    LAMBDA,
    Code,
    Layout,
    Package,
    PackagingError,
    Target,
    build,
    scans,
)
from pilaster.packaging.bytecode import Find
from pilaster.packaging.dependencies import Install

EDGE = "import boto3\nfrom lambdas.docs import name\ndef handler(event, context): ...\n"
FILES = {
    "lambdas/__init__.py": "",
    "lambdas/docs/__init__.py": "",
    "lambdas/docs/edge.py": EDGE,
    "lambdas/docs/name.py": "NAME = 1\n",
    "lambdas/docs/plain.py": "def handler(event, context): ...\n",
    "lambdas/dependencies/edge/pyproject.toml": "[project]\nname='edge'\n",
    "lambdas/dependencies/edge/uv.lock": "version = 1\n",
}
WHEEL = {
    "boto3/__init__.py": "",
    "boto3/data/s3.json": "{}" * 500,
    "boto3/__pycache__/__init__.cpython-311.pyc": "x",
    "boto3/tests/test_it.py": "x",
    "boto3/__init__.pyi": "x",
    "boto3-1.dist-info/METADATA": "Name: boto3",
    "boto3-1.dist-info/RECORD": "/home/somebody",
    "boto3-1.dist-info/INSTALLER": "uv",
    "bin/boto": "#!/home/somebody/python",
    "six.py": "",
    ".lock": "",
}
CODE = Code(entry_point="lambdas.docs.edge", dependencies="edge")


def project(root: Path, files: dict[str, str] = FILES) -> Path:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


class Shelf:
    """Wheels that are at hand; counts how often somebody takes them."""

    def __init__(self, files: dict[str, str] = WHEEL) -> None:
        self.files = files
        self.taken = 0

    def __call__(self, folder: Path, target: Target, into: Path) -> None:
        self.taken += 1
        for name, text in self.files.items():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (into / name).write_text(text)


def nobody(python: str) -> None:
    """No interpreter of any version: packages carry no bytecode."""


def packed(
    root: Path,
    install: Install | None = None,
    code: Code = CODE,
    find: Find = nobody,
    layout: Layout = LAMBDA,
    **more: str,
) -> Package:
    return build(
        code,
        Target(**more),
        root=root,
        cache=root / "cache",
        install=install or Shelf(),
        find=find,
        layout=layout,
    )


def names(package: Package) -> list[str]:
    with zipfile.ZipFile(package.path) as archive:
        return archive.namelist()


def test_an_archive_holds_the_closure_and_the_installed_set_without_its_noise(tmp_path: Path):
    assert names(packed(project(tmp_path))) == [
        "boto3-1.dist-info/METADATA",
        "boto3/__init__.py",
        "boto3/data/s3.json",
        "six.py",
        "lambdas/__init__.py",
        "lambdas/docs/__init__.py",
        "lambdas/docs/edge.py",
        "lambdas/docs/name.py",
    ]


def test_every_member_has_a_fixed_date_and_can_be_read_by_everybody(tmp_path: Path):
    with zipfile.ZipFile(packed(project(tmp_path)).path) as archive:
        assert archive.testzip() is None
        for each in archive.infolist():
            assert each.date_time == (1980, 1, 1, 0, 0, 0)
            assert each.external_attr >> 16 == stat.S_IFREG | 0o644
            assert each.create_system == 3


def test_an_archive_has_the_same_bytes_in_another_folder_umask_zone_and_time(tmp_path: Path):
    here = packed(project(tmp_path / "here"))
    there = project(tmp_path / "a much longer folder")
    for file in there.rglob("*.py"):
        os.utime(file, (1, 1))
        file.chmod(0o600)
    script = f"""
import os, sys, time
sys.path.insert(0, {os.getcwd()!r})
os.umask(0o077)
time.tzset()
from pathlib import Path
from tests.unit.components.test_packages import packed
print(packed(Path({str(there)!r})).path)
"""
    environment = {**os.environ, "TZ": "Pacific/Chatham", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).read_bytes() == here.path.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "lambdas/docs/name.py").write_text("NAME = 2\n"),
        lambda root: (root / "lambdas/__init__.py").write_text("# here\n"),
        lambda root: (root / "lambdas/dependencies/edge/uv.lock").write_text("version = 2\n"),
    ],
)
def test_whatever_is_in_a_package_decides_its_key(tmp_path: Path, change: Callable[[Path], None]):
    before = packed(project(tmp_path))
    change(tmp_path)
    assert packed(tmp_path).key != before.key


def test_the_target_decides_its_key_too(tmp_path: Path):
    project(tmp_path)
    targets = [{}, {"python": "3.12"}, {"architecture": "x86_64"}, {"machine": "linux"}]
    assert len({packed(tmp_path, **each).key for each in targets}) == 4


def test_what_a_package_does_not_hold_does_not_change_it(tmp_path: Path):
    before = packed(project(tmp_path))
    (tmp_path / "lambdas/docs/plain.py").write_text("def handler(event, context): return 1\n")
    (tmp_path / "lambdas/docs/__pycache__").mkdir()
    (tmp_path / "lambdas/docs/__pycache__/name.pyc").write_bytes(b"x")
    assert packed(tmp_path) == before


def test_the_key_is_what_lambda_compares(tmp_path: Path):
    package = packed(project(tmp_path))
    assert base64.b64decode(package.sha256_base64).hex() == package.key


def test_a_set_is_installed_once_for_all_functions_that_share_it(tmp_path: Path):
    shelf = Shelf()
    project(tmp_path, {**FILES, "lambdas/docs/second.py": EDGE + "# another\n"})
    packed(tmp_path, shelf)
    packed(tmp_path, shelf, Code(entry_point="lambdas.docs.second", dependencies="edge"))
    (tmp_path / "lambdas/docs/name.py").write_text("NAME = 2\n")
    packed(tmp_path, shelf)
    assert shelf.taken == 1
    packed(tmp_path, shelf, python="3.12")
    assert shelf.taken == 2


def test_nothing_is_written_when_nothing_changed(tmp_path: Path):
    project(tmp_path)
    package = packed(tmp_path)
    inode = package.path.stat().st_ino
    assert packed(tmp_path) == package
    assert package.path.stat().st_ino == inode


def test_two_builds_at_once_leave_one_whole_archive(tmp_path: Path):
    project(tmp_path)
    found: list[Package] = []
    both = threading.Barrier(4)

    def one() -> None:
        both.wait()
        found.append(packed(tmp_path))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.key for each in found}) == 1
    assert len(found) == 4
    with zipfile.ZipFile(found[0].path) as archive:
        assert archive.testzip() is None
    left = [path.name for path in (tmp_path / "cache").rglob(".*")]
    assert left == [], "no half-written file stays"


def test_a_build_that_fails_leaves_nothing_that_looks_like_a_package(tmp_path: Path):
    def broken(folder: Path, target: Target, into: Path) -> None:
        (into / "half.py").write_text("x")
        raise PackagingError("the network went away")

    with pytest.raises(PackagingError, match="went away"):
        packed(project(tmp_path), broken)
    kept = [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept == ["scans.json"]
    assert packed(tmp_path).path.is_file()


def test_a_memo_that_is_damaged_is_made_again(tmp_path: Path):
    project(tmp_path)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/scans.json").write_text('{"recipe": "1", "scans": {"x"')
    packed(tmp_path)
    assert json.loads((tmp_path / "cache/scans.json").read_text())["scans"]


def test_a_function_of_the_standard_library_alone_needs_no_set(tmp_path: Path):
    package = packed(project(tmp_path), code=Code(entry_point="lambdas.docs.plain"))
    assert names(package) == [
        "lambdas/__init__.py",
        "lambdas/docs/__init__.py",
        "lambdas/docs/plain.py",
    ]


SERVICES = {
    "boto3/__init__.py": "",
    "boto3/data/s3/2006/resources.json": "{}",
    "boto3/data/ec2/2016/resources.json": "{}",
    "botocore/data/endpoints.json": "{}",
    "botocore/data/s3/2006/service.json.gz": "{}",
    "botocore/data/ec2/2016/service.json.gz": "{}",
}


def with_services(root: Path, services: str) -> Path:
    text = f"[project]\nname='edge'\n[tool.pilaster]\naws-services = {services}\n"
    return project(root, {**FILES, "lambdas/dependencies/edge/pyproject.toml": text})


def test_a_set_may_leave_out_the_services_it_does_not_call(tmp_path: Path):
    kept = names(packed(with_services(tmp_path, '["s3"]'), Shelf(SERVICES)))
    assert [name for name in kept if "/data/" in name] == [
        "boto3/data/s3/2006/resources.json",
        "botocore/data/endpoints.json",
        "botocore/data/s3/2006/service.json.gz",
    ]


def test_a_service_nobody_knows_is_refused(tmp_path: Path):
    with pytest.raises(PackagingError, match="keeps aws-services s4, which its botocore"):
        packed(with_services(tmp_path, '["s3", "s4"]'), Shelf(SERVICES))


def test_what_a_killed_installation_left_is_swept(tmp_path: Path):
    left = project(tmp_path) / "cache/sets/.install-dead"
    left.mkdir(parents=True)
    os.utime(left, (1, 1))
    packed(tmp_path)
    assert not left.exists()


def test_a_module_that_is_in_no_set_is_missed_here_and_not_on_aws(tmp_path: Path):
    project(tmp_path)
    with pytest.raises(PackagingError, match=r"edge.py, line 1: imports 'boto3'.*name a dep"):
        packed(tmp_path, code=Code(entry_point="lambdas.docs.edge"))
    with pytest.raises(PackagingError, match=r"imports 'boto3'.*add it to lambdas/dependencies"):
        packed(tmp_path, Shelf({"six.py": ""}))


def test_a_set_that_is_not_there_or_not_locked_is_refused_with_the_fix(tmp_path: Path):
    project(tmp_path)
    with pytest.raises(PackagingError, match=r"'nothing' is not there: .*; sets are edge"):
        packed(tmp_path, code=Code(entry_point="lambdas.docs.edge", dependencies="nothing"))
    (tmp_path / "lambdas/dependencies/edge/uv.lock").unlink()
    with pytest.raises(PackagingError, match=r"'edge' has no lock: run `uv lock --project"):
        packed(tmp_path)


def test_what_lambda_would_not_unpack_is_refused_with_its_largest_parts(tmp_path: Path):
    tight = replace(LAMBDA, unpacked_limit=1024)
    shelf = Shelf({**WHEEL, "numpy/core.so": "x" * 4000, "PIL/image.so": "x" * 3000})
    with pytest.raises(PackagingError, match=r"unpacks to .* largest parts are numpy .*, PIL "):
        packed(project(tmp_path), shelf, layout=tight)


def test_packages_nobody_used_for_two_weeks_are_swept(tmp_path: Path):
    project(tmp_path)
    old, used = packed(tmp_path), None
    (tmp_path / "lambdas/docs/name.py").write_text("NAME = 2\n")
    used = packed(tmp_path)
    os.utime(old.path, (1, 1))
    (tmp_path / "lambdas/docs/name.py").write_text("NAME = 3\n")
    new = packed(tmp_path)
    assert (old.path.exists(), used.path.exists(), new.path.exists()) == (False, True, True)


def test_a_package_still_in_use_is_not_swept_however_old(tmp_path: Path):
    project(tmp_path)
    package = packed(tmp_path)
    os.utime(package.path, (1, 1))
    assert packed(tmp_path).path.stat().st_mtime > 1


def test_an_azure_package_has_the_worker_s_layout_and_the_same_bytes_in_any_folder(tmp_path: Path):
    packages = []
    for folder in (tmp_path / "one", tmp_path / "another"):
        folder.mkdir()
        packages.append(packed(project(folder), layout=AZURE))
        os.utime(folder / "lambdas/docs/edge.py", (1, 1))
    first, second = packages
    assert first.key == second.key != packed(project(tmp_path)).key, "Lambda's is another package"
    assert first.path.read_bytes() == second.path.read_bytes()
    with zipfile.ZipFile(first.path) as archive:
        names = set(archive.namelist())
        host = json.loads(archive.read("host.json"))
        app = archive.read("function_app.py").decode()
    assert {"host.json", "function_app.py", "lambdas/docs/edge.py"} <= names
    assert ".python_packages/lib/site-packages/boto3/__init__.py" in names
    assert "boto3/__init__.py" not in names
    assert "from lambdas.docs.edge import handler as app\n" in app
    assert (host["version"], host["extensions"]["http"]["routePrefix"]) == ("2.0", "")


def test_a_handler_is_named_with_slashes():
    assert CODE.handler == "lambdas/docs/edge.handler"


def test_the_machine_s_own_target_is_the_python_that_runs_here():
    target = Target.of_this_machine()
    assert target.runtime == f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert target.wheel_platform is None
    assert Target().wheel_platform == "aarch64-manylinux_2_34"


def test_an_architecture_lambda_does_not_have_is_refused():
    with pytest.raises(ValueError, match="'sparc' is none of Lambda's: use arm64 or x86_64"):
        Target(architecture="sparc")


def cut(path: Path) -> None:
    """What a machine that lost its power leaves: a file of which the end was never written."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def test_a_package_whose_end_is_missing_is_made_again(tmp_path: Path):
    whole = packed(project(tmp_path))
    content = whole.path.read_bytes()
    cut(whole.path)
    again = packed(tmp_path)
    assert again.seconds is not None
    assert again.path.read_bytes() == content


def test_a_set_whose_end_is_missing_is_installed_again(tmp_path: Path):
    whole = names(packed(project(tmp_path)))
    (kept,) = (tmp_path / "cache/sets").glob("*.zip")
    cut(kept)
    for package in (tmp_path / "cache").glob("*.zip"):
        package.unlink()
    shelf = Shelf()
    assert names(packed(tmp_path, shelf)) == whole
    assert shelf.taken == 1


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_set_whose_record_is_damaged_is_installed_again(tmp_path: Path, content: str):
    whole = names(packed(project(tmp_path)))
    (record,) = (tmp_path / "cache/sets").glob("*.json")
    record.write_text(content)
    for package in (tmp_path / "cache").glob("*.zip"):
        package.unlink()
    assert names(packed(tmp_path)) == whole


def test_a_handler_s_module_may_have_a_hyphen_as_lambda_takes_it(tmp_path: Path):
    project(tmp_path, {**FILES, "lambdas/docs/show-all.py": EDGE})
    package = packed(tmp_path, code=Code(entry_point="lambdas.docs.show-all", dependencies="edge"))
    assert package.bytecode is None


def test_what_a_killed_build_left_half_written_is_swept_and_what_runs_now_is_not(tmp_path: Path):
    cache = project(tmp_path) / "cache"
    (cache / "sets").mkdir(parents=True)
    dead = [cache / ".lambdas.docs.edge-0.zip-x", cache / "sets/.edge-0.zip-x"]
    alive = [cache / ".lambdas.docs.edge-0.zip-y", cache / "sets/.edge-0.zip-y"]
    for file in (*dead, *alive):
        file.write_bytes(b"half")
    for file in dead:
        os.utime(file, (1, 1))
    packed(tmp_path)
    assert [file.exists() for file in (*dead, *alive)] == [False, False, True, True]


def test_sets_nobody_used_for_two_weeks_are_swept(tmp_path: Path):
    packed(project(tmp_path))
    sets = tmp_path / "cache/sets"
    old = {*sets.iterdir()}
    for file in old:
        os.utime(file, (1, 1))
    (tmp_path / "lambdas/dependencies/edge/uv.lock").write_text("version = 2\n")
    packed(tmp_path)
    new = {*sets.iterdir()}
    assert (len(old), len(new), old & new) == (2, 2, set())


def test_a_set_in_use_is_not_swept_however_long_ago_it_was_installed(tmp_path: Path):
    packed(project(tmp_path))
    for file in (tmp_path / "cache/sets").iterdir():
        os.utime(file, (1, 1))
    (tmp_path / "lambdas/docs/name.py").write_text("NAME = 2\n")
    shelf = Shelf()
    packed(tmp_path, shelf)
    assert shelf.taken == 0
    assert all(file.stat().st_mtime > 1 for file in (tmp_path / "cache/sets").iterdir())


def refused(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied", "somebody else's")


def test_packages_somebody_else_made_are_used_where_nothing_may_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Built as root, used by a plain user; or a cache that is mounted read-only."""
    made = packed(project(tmp_path))
    os.utime(made.path, (1, 1))
    (tmp_path / "cache/scans.json").write_text("{}")
    scans._opened.cache_clear()
    monkeypatch.setattr(os, "utime", refused)
    monkeypatch.setattr(tempfile, "mkstemp", refused)
    assert packed(tmp_path) == made


def test_a_package_that_cannot_be_written_is_refused_by_name_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    project(tmp_path)
    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(
        PackagingError, match=r"lambdas\.docs\.edge: .*cache.*: No space left on device"
    ):
        packed(tmp_path)
    assert list((tmp_path / "cache").rglob("*.zip*")) == []


def test_an_archive_for_this_machine_is_deflated_quickly_and_for_lambda_well(tmp_path: Path):
    shelf = Shelf({**WHEEL, "boto3/text.json": "".join(f"{n} {n * n} " for n in range(50_000))})
    here, there = packed(project(tmp_path), shelf, machine="linux"), packed(tmp_path, shelf)
    assert names(here) == names(there)
    assert here.zipped_bytes > there.zipped_bytes


def test_a_module_that_comes_as_bytecode_alone_is_kept(tmp_path: Path):
    """A wheel without sources has it where the source would be, not in `__pycache__`."""
    shelf = Shelf({**WHEEL, "closed/__init__.pyc": "x", "single.pyc": "x"})
    project(tmp_path, {**FILES, "lambdas/docs/edge.py": "import single\n" + EDGE})
    kept = names(packed(tmp_path, shelf))
    assert [name for name in kept if name.endswith(".pyc")] == ["closed/__init__.pyc", "single.pyc"]


def test_a_module_that_left_the_target_s_python_is_refused_though_it_runs_here(tmp_path: Path):
    """`cgi` is part of 3.11 and 3.12; packaged for 3.13 it fails at the first call."""
    project(tmp_path, {**FILES, "lambdas/docs/plain.py": "import cgi\ndef handler(e, c): ...\n"})
    plain = Code(entry_point="lambdas.docs.plain")
    with pytest.raises(PackagingError, match=r"plain\.py, line 1: imports 'cgi', which "):
        packed(tmp_path, code=plain, python="3.13")
    assert packed(tmp_path, code=plain, python="3.12").path.is_file()
    back = Shelf({**WHEEL, "cgi.py": ""})
    edge = Code(entry_point="lambdas.docs.plain", dependencies="edge")
    assert packed(tmp_path, back, edge, python="3.13").path.is_file()


def test_wheels_want_no_newer_c_library_than_lambda_s_python_stands_on():
    assert Target(python="3.11").wheel_platform == "aarch64-manylinux2014"
    assert Target(python="3.12").wheel_platform == "aarch64-manylinux_2_34"
    assert Target(python="3.11", libc="manylinux_2_28").wheel_platform == "aarch64-manylinux_2_28"
