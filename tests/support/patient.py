"""Requests that wait for a cold function on a busy machine: httpx gives up after five seconds."""

from __future__ import annotations

import httpx

# No connection is kept: the local cloud is stopped and started between two requests.
http = httpx.Client(timeout=60, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
