"""The site's first load in Chromium, with a CPU four times slower than this machine's.

python -m benchmarks.first_load [--url ADDRESS] [--rounds 5]

What a stranger sees first (the login), and what somebody who is logged in does (the list, a week).
Bytes are those on the wire, as the browser counts them; the API's answers are made up, so that the
site is measured and not the database. Without `--url` the site that was built is served from here,
compressed by gzip as the distribution's fallback is. Exits 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import io
import json
import shutil
import statistics
import sys
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SITE = ROOT / "web" / "dist"
SAMPLE = ROOT / "samples" / "timetables" / "nursery.truth.json"

SLOWER = 4
SCRIPT_BYTES, PAINT_SECONDS, SHIFT = 200_000, 1.5, 0.05
"""The goals: JavaScript on the wire, the largest contentful paint, the sum of layout shifts."""

WEEK = "00000000-0000-4000-8000-000000000001"
PAGES = {"login": "/", "list": "/", "week": f"/documents/{WEEK}"}
STRANGERS = {"login"}
WATCH = """
window.measured = {paint: 0, shift: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.measured.paint = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.hadRecentInput) window.measured.shift += entry.value;
  }
}).observe({type: "layout-shift", buffered: true});
"""


@dataclass(frozen=True)
class Load:
    script_bytes: int
    all_bytes: int
    paint_seconds: float
    shift: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--url", help="a running site; without it the built one is served")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    # Only who measures the site needs a browser.
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or sys.exit("no Chromium here: `make browser` installs it")
    missed = False
    with _site(args.url) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, path in PAGES.items():
            loads = [
                _load(browser, url, path, stranger=name in STRANGERS) for _ in range(args.rounds)
            ]
            paint = statistics.median(load.paint_seconds for load in loads)
            shift = max(load.shift for load in loads)
            script = max(load.script_bytes for load in loads)
            missed |= script >= SCRIPT_BYTES or paint >= PAINT_SECONDS or shift >= SHIFT
            print(
                f"{name:6} {script / 1000:6.1f} kB of JavaScript, "
                f"{max(load.all_bytes for load in loads) / 1000:.1f} kB in all, largest paint "
                f"{paint:.2f} s (worst {max(load.paint_seconds for load in loads):.2f}), "
                f"layout shift {shift:.3f}"
            )
        browser.close()
    return int(missed)


def _load(browser: Any, url: str, path: str, *, stranger: bool) -> Load:
    """One load with an empty cache."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    context.route("**/api/v1/**", _answer)
    page = context.new_page()
    if not stranger:
        page.goto(url)
        page.get_by_label("E-mail address").fill("ann@example.org")
        page.get_by_label("Password", exact=True).fill("not a password")
        page.get_by_label("Keep me").check()
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("link", name="A week 1", exact=True).wait_for()
        page.close()
        page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    # A worker of an earlier visit would answer from its own store.
    cdp.send("Network.setBypassServiceWorker", {"bypass": True})
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def answered(event: dict[str, Any]) -> None:
        if "/api/" not in event["response"]["url"]:
            kinds[event["requestId"]] = event["type"]

    cdp.on("Network.responseReceived", answered)
    cdp.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.add_init_script(WATCH)
    page.goto(url + path, wait_until="networkidle")
    page.locator("h1").wait_for()
    page.wait_for_timeout(1000)  # shifts come late
    measured = page.evaluate("window.measured")
    context.close()
    return Load(
        script_bytes=round(sum(sizes.get(each, 0) for each in kinds if kinds[each] == "Script")),
        all_bytes=round(sum(sizes.get(each, 0) for each in kinds)),
        paint_seconds=measured["paint"] / 1000,
        shift=measured["shift"],
    )


def _answer(route: Any) -> None:
    """What the API would say."""
    path = route.request.url.partition("/api/v1")[2].partition("?")[0]
    if path.startswith("/auth/"):
        claims = {"sub": "u", "email": "ann@example.org"}
        body = urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        token = f"h.{body}.s"
        answer: dict[str, Any] = {
            "access_token": token,
            "id_token": token,
            "refresh_token": "r",
            "expires_in": 300,
            "token_type": "Bearer",
        }
    elif path == "/documents":
        items = [_document(number) for number in range(1, 21)]
        answer = {"items": items, "next": None}
    elif path.startswith("/documents/"):
        answer = {**_document(1), "steps": [], "timetable": _timetable()}
    else:
        route.fulfill(status=404, content_type="application/json", body='{"message":"Not Found"}')
        return
    route.fulfill(status=200, content_type="application/json", body=json.dumps(answer))


def _document(number: int) -> dict[str, Any]:
    return {
        "id": f"{WEEK[:-2]}{number:02d}",
        "name": f"A week {number}",
        "status": "completed",
        "reason": None,
        "route": ["ocr"],
        "confidence": 99,
        "created_at": "2026-11-20T08:00:00Z",
        "finished_at": "2026-11-20T08:00:09Z",
    }


def _timetable() -> dict[str, Any]:
    truth = json.loads(SAMPLE.read_text("utf-8"))
    blocks = [
        {**block, "day": block["day"].lower(), "notes": block.get("notes") or ""}
        for block in truth["blocks"]
    ]
    return {"title": truth["title"], "blocks": blocks}


class _Files(SimpleHTTPRequestHandler):
    """The built site, compressed; unknown paths are the page, as the distribution has it."""

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            file = SITE / "index.html"
        body = gzip.compress(file.read_bytes(), 6)
        self.send_response(200)
        self.send_header("content-type", self.guess_type(file))
        self.send_header("content-encoding", "gzip")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        shutil.copyfileobj(io.BytesIO(body), self.wfile)

    def log_message(self, format: str, *args: Any) -> None:
        """Not a line for each file."""


@contextmanager
def _site(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    if not (SITE / "index.html").is_file():
        sys.exit("the site is not built: `make setup` builds it")
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Files, directory=str(SITE.resolve()))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
