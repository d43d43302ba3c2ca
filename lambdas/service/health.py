"""GET /health. An edge answers it with this before it imports the application."""

from __future__ import annotations

PATH = "/health"
STATUS = 200
HEADERS = {"content-type": "application/json", "cache-control": "no-store"}
BODY = b'{"status":"ok"}'
