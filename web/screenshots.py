"""The main pages, drawn for the README: `make screenshots`.

Of the running system (`pilaster up`), with samples of ours sent through it by a new user, made
a reviewer; phone and desktop, light and dark; small pictures in `docs/images/`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import uuid
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
from PIL import Image

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
SAMPLES = ROOT / "samples" / "timetables"
SENT = ("letter.pdf", "nursery.pdf", "teacher.pdf", "demo.png")
SHOWN = "demo.png"
ASKED = "teacher.pdf"
"""Has free periods: a person is asked."""
SENDING = ("college.png", "tiles.png")
"""Caught on their way."""
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 12_000}
QUALITY = 70
LARGEST_BYTES = 100_000
PATIENCE_MS = 120_000

SCREENS: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
    },
    "desktop": {"viewport": {"width": 1280, "height": 860}},
}


def main() -> int:
    parser = argparse.ArgumentParser(description="draw the main pages into docs/images/")
    parser.add_argument("--out", type=Path, default=IMAGES)
    args = parser.parse_args()
    running = _running()
    url = running["outputs"]["site_url"]
    chromium = shutil.which("chromium") or sys.exit("no Chromium here: `make browser` installs it")
    # Only who draws the pages needs a browser.
    from playwright.sync_api import sync_playwright

    args.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        email, password = f"{uuid.uuid4().hex[:12]}@example.org", f"Aa1-{uuid.uuid4().hex}"
        asked = _send(browser, running, email, password)
        for screen, options in SCREENS.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(color_scheme=scheme, locale="en-GB", **options)
                context.set_default_timeout(PATIENCE_MS)
                page = context.new_page()

                def draw(name: str, page: Any = page, of: str = f"{screen}-{scheme}") -> None:
                    page.mouse.move(0, 0)  # nothing is pointed at
                    page.wait_for_timeout(500)  # what fades in has faded in
                    _save(page.screenshot(), args.out / f"{name}-{of}.webp")

                page.goto(url)
                page.get_by_label("E-mail address").wait_for()
                draw("login")
                _enter(page, "Log in", email, password)
                page.get_by_role("link", name=SHOWN).wait_for()
                draw("list")
                page.get_by_role("link", name=SHOWN).click()
                page.locator("section ol li").first.wait_for(state="attached")
                draw("week")
                page.goto(f"{url}/reviews/{asked}")
                page.locator("[data-doubt]").first.wait_for()
                draw("review")
                page.goto(url)
                page.get_by_role("link", name=SHOWN).wait_for()
                line = context.new_cdp_session(page)
                line.send("Network.enable")
                line.send("Network.emulateNetworkConditions", SLOW)
                files = [SAMPLES / name for name in SENDING]
                page.locator("input[type=file]").first.set_input_files(files)
                page.get_by_role("progressbar").nth(len(SENDING) - 1).wait_for()
                page.wait_for_timeout(2500)  # some of it has gone
                draw("sending")
                for name in SENDING:
                    page.get_by_role("button", name=f"Cancel {name}").click()
                context.close()
        browser.close()
    return 0


def _send(browser: Any, running: Any, email: str, password: str) -> str:
    """Registers, sends what is to be seen, and waits until something became of each; the id of the
    document that waits for a person."""
    url = running["outputs"]["site_url"]
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{url}/register")
    _enter(page, "Create account", email, password)
    for name in SENT:  # one by one: that is the order in which they stand in the list
        page.locator("input[type=file]").first.set_input_files(SAMPLES / name)
        row = page.locator("li", has=page.get_by_role("link", name=name))
        row.filter(has_not_text="Reading").wait_for()
    asked = page.get_by_role("link", name=ASKED).get_attribute("href").rpartition("/")[2]
    context.close()
    pool = boto3.client(
        "cognito-idp",
        endpoint_url=running["endpoint"],
        region_name=running["outputs"]["user_pool_id"].partition("_")[0],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    pool.admin_add_user_to_group(
        UserPoolId=running["outputs"]["user_pool_id"], Username=email, GroupName="reviewers"
    )
    return asked


def _enter(page: Any, button: str, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name=button).click()


def _save(png: bytes, file: Path) -> None:
    """As WebP: a page with a scan on it is a quarter of the PNG."""
    Image.open(BytesIO(png)).convert("RGB").save(file, quality=QUALITY, method=6)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}: {size / 1000:.0f} kB")
    if size > LARGEST_BYTES:
        sys.exit(f"{file.name} has {size} bytes, more than {LARGEST_BYTES}: draw less on it")


def _running() -> Any:
    """What `pilaster status` says of the system."""
    said = subprocess.run(
        [Path(sys.executable).with_name("pilaster"), "status", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        running = json.loads(said.stdout)
    except ValueError:
        running = {}
    if not running.get("outputs", {}).get("site_url"):
        sys.exit(f"no site is running here: `pilaster up` starts it {said.stderr.strip()}")
    return running


if __name__ == "__main__":
    sys.exit(main())
