"""A site's files: how each is kept, in which order they go up, and what is said of them after."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from pilaster.aws import Code, FunctionArgs, Site, SiteArgs
from pilaster.aws import site as module

from tests.unit.components.deployment import Deployment, code_folder, deployed, place

FILES = {
    "index.html": "<!doctype html>",
    "sw.js": "self",
    "icons/icon.svg": "<svg/>",
    "manifest.webmanifest": "{}",
    "assets/index-1a2b.js": "1",
    "assets/index-3c4d.css": "a{}",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    for key, text in FILES.items():
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_text(text)
    return folder


def site(folder: Path) -> Deployment:
    function = FunctionArgs(
        place=place(code_folder(folder.parent)), code=Code(entry_point="lambdas.handler")
    )
    args = SiteArgs(place=place(), folder=str(folder), bucket="site-bucket", function=function)
    return deployed(lambda: Site("web", args))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_what_bears_a_hash_is_kept_for_a_year_and_all_else_is_asked_for_anew(folder: Path):
    kept = {
        each.inputs["key"]: each.inputs["cacheControl"]
        for each in site(folder).all("BucketObjectv2")
    }
    year = "public, max-age=31536000, immutable"
    assert kept == {key: year if key.startswith("assets/") else "no-cache" for key in FILES}


def test_each_file_is_what_it_is_and_told_apart_by_its_content(folder: Path):
    for each in site(folder).all("BucketObjectv2"):
        key = each.inputs["key"]
        assert each.inputs["bucket"] == "site-bucket"
        assert each.inputs["sourceHash"] == sha256(FILES[key])
        assert each.inputs["contentType"] == module.content_type(key)


def test_no_page_goes_live_before_what_it_names(folder: Path):
    objects = {each.inputs["key"]: each for each in site(folder).all("BucketObjectv2")}
    before = {f"aws:s3/bucketObjectv2:BucketObjectv2 web-{key}" for key in objects}
    assets = {each for each in before if " web-assets/" in each}
    for key, each in objects.items():
        waits = set(each.depends_on) & before
        assert waits == (set() if key.startswith("assets/") else assets), key


def test_the_function_is_called_when_all_is_there_and_hears_what_was_said_before(folder: Path):
    stack = site(folder)
    told = stack.one("Invocation")
    assert told.inputs["lifecycleScope"] == "CRUD"
    assert {each.name for each in stack.all("BucketObjectv2")} <= {
        each.split(" ")[1] for each in told.depends_on
    }
    assert json.loads(told.inputs["input"]) == {
        "live": {
            "/icons/icon.svg": sha256("<svg/>"),
            "/index.html": sha256("<!doctype html>"),
            "/manifest.webmanifest": sha256("{}"),
            "/sw.js": sha256("self"),
        },
        "kept": ["assets/index-1a2b.js", "assets/index-3c4d.css"],
    }


def test_an_asset_that_left_the_build_stays_in_the_bucket_and_a_page_does_not(folder: Path):
    stays = {each.inputs["key"]: each.stays for each in site(folder).all("BucketObjectv2")}
    assert stays == {key: key.startswith("assets/") for key in FILES}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("assets/index-1.js", "text/javascript; charset=utf-8"),
        ("assets/INDEX.CSS", "text/css; charset=utf-8"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("icon.png", "image/png"),
        ("icon.svg", "image/svg+xml"),
        ("font.woff2", "font/woff2"),
        ("assets/index-1.js.map", "application/json"),
        ("LICENCE", "application/octet-stream"),
        ("what.neverheardof", "application/octet-stream"),
    ],
)
def test_a_browser_is_told_what_a_file_is(key: str, expected: str):
    assert module.content_type(key) == expected


def test_a_folder_without_a_built_site_is_refused_with_what_builds_it(tmp_path: Path):
    with pytest.raises(ValueError, match=r"no index\.html.*make setup"):
        module.files(tmp_path / "nowhere")


def test_a_folder_that_is_no_site_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_FILES", 5)
    with pytest.raises(ValueError, match="holds 6 files and a site at most 5"):
        module.files(folder)
