"""The main pages, drawn for the README: `make screenshots`.

Of the running system (`pilaster up`), with samples of ours sent through it by a new user; phone and
desktop, light and dark; small PNGs in `docs/images/`.
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

from PIL import Image

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
SAMPLES = ROOT / "samples" / "timetables"
SENT = ("letter.pdf", "nursery.pdf", "teacher.pdf", "demo.png")
SHOWN = "demo.png"
LARGEST_BYTES = 150_000
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
    parser.add_argument("--url", help="the site; without it, that of the running system")
    parser.add_argument("--out", type=Path, default=IMAGES)
    args = parser.parse_args()
    url = (args.url or _site()).rstrip("/")
    chromium = shutil.which("chromium") or sys.exit("no Chromium here: `make browser` installs it")
    # Only who draws the pages needs a browser.
    from playwright.sync_api import sync_playwright

    args.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        email, password = f"{uuid.uuid4().hex[:12]}@example.org", f"Aa1-{uuid.uuid4().hex}"
        _send(browser, url, email, password)
        for screen, options in SCREENS.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(color_scheme=scheme, locale="en-GB", **options)
                context.set_default_timeout(PATIENCE_MS)
                page = context.new_page()

                def draw(name: str, page: Any = page, of: str = f"{screen}-{scheme}") -> None:
                    page.mouse.move(0, 0)  # nothing is pointed at
                    page.wait_for_timeout(500)  # what fades in has faded in
                    _save(page.screenshot(), args.out / f"{name}-{of}.png")

                page.goto(url)
                page.get_by_label("E-mail address").wait_for()
                draw("login")
                _enter(page, "Log in", email, password)
                page.get_by_role("link", name=SHOWN).wait_for()
                draw("list")
                page.get_by_role("link", name=SHOWN).click()
                page.locator("section ol li").first.wait_for(state="attached")
                draw("week")
                context.close()
        browser.close()
    return 0


def _send(browser: Any, url: str, email: str, password: str) -> None:
    """Registers, sends the samples, and waits until something became of each."""
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{url}/register")
    _enter(page, "Create account", email, password)
    for name in SENT:  # one by one: that is the order in which they stand in the list
        page.locator("input[type=file]").first.set_input_files(SAMPLES / name)
        row = page.locator("li", has=page.get_by_role("link", name=name))
        row.filter(has_not_text="Reading").wait_for()
    context.close()


def _enter(page: Any, button: str, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name=button).click()


def _save(png: bytes, file: Path) -> None:
    """With 256 colours: a page has hardly more, and the file is a third."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}: {size / 1000:.0f} kB")
    if size > LARGEST_BYTES:
        sys.exit(f"{file.name} has {size} bytes, more than {LARGEST_BYTES}: draw less on it")


def _site() -> str:
    """The address people go to."""
    said = subprocess.run(
        [Path(sys.executable).with_name("pilaster"), "status", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return json.loads(said.stdout)["outputs"]["site_url"]
    except (ValueError, KeyError):
        sys.exit(f"no site is running here: `pilaster up` starts it {said.stderr.strip()}")


if __name__ == "__main__":
    sys.exit(main())
