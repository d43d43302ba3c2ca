"""What the local edge adds to a request: medians through it, beside the same request straight.

    .venv/bin/python benchmarks/edge.py [--requests 300]

An HTTP API with a function of one line, asked straight and through a distribution; and an object of
a private bucket that the edge keeps, beside S3 itself. One after the other on one connection, then
sixteen at once. Times are of this machine; the ratio is the figure.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from pilaster_local.services import platform as local_cloud

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support import distribution as cdn
from tests.support.local_cloud import Cloud

AT_ONCE = 16
ECHO = 'def handler(event, context):\n    return {"statusCode": 200, "body": "fine"}\n'
PAGES = "function handler(event) { event.request.uri += 'b'; return event.request; }"


def milliseconds(url: str, count: int) -> list[float]:
    taken: list[float] = []
    # Without TLS nobody needs the certificates, which take longer to read than all requests.
    with httpx.Client(trust_env=False, timeout=60, verify=False) as http:
        for _ in range(count):
            began = time.perf_counter()
            answer = http.get(url)
            taken.append((time.perf_counter() - began) * 1e3)
            assert answer.status_code == 200, (url, answer.status_code, answer.text)
    return taken


def at_once(url: str, count: int) -> float:
    """Requests a second, sixteen at a time."""
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda _: milliseconds(url, count // AT_ONCE), range(AT_ONCE)))
    return count / (time.perf_counter() - began)


def compare(what: str, straight: str, through: str, count: int, say: Callable[[str], None]) -> None:
    for url in (straight, through):
        milliseconds(url, 20)
    # In turns, so that what else the machine does meets both.
    taken: dict[str, list[float]] = {straight: [], through: []}
    for _ in range(10):
        for url, found in taken.items():
            found += milliseconds(url, count // 10)
    one, other = (statistics.median(taken[url]) for url in (straight, through))
    rates = [at_once(url, count) for url in (straight, through)]
    say(
        f"{what}: {one:.2f} ms straight, {other:.2f} ms through the edge "
        f"({other - one:+.2f} ms, ratio {other / one:.2f}); "
        f"{AT_ONCE} at once: {rates[0]:.0f} and {rates[1]:.0f} a second"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=300)
    count = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        cloud = Cloud(local_cloud.start(Path(folder), say=lambda _: None))
        try:
            domain = cdn.http_api(cloud, cloud.function(ECHO))
            bucket = cloud.bucket()
            cloud.client("s3").put_object(
                Bucket=bucket, Key="a.js", Body=b"let lesson = 1;\n" * 4096,
                ContentType="text/javascript", CacheControl="max-age=3600",
            )  # fmt: skip
            signed = cloud.client("s3").generate_presigned_url(
                "get_object", Params={"Bucket": bucket, "Key": "a.js"}
            )
            arn = cdn.published(cloud, PAGES)
            site = cdn.make(
                cloud,
                [
                    cdn.bucket_origin(bucket, cdn.access_control(cloud)),
                    cdn.custom_origin(domain, name="api"),
                ],
                cdn.behavior("site", cache=cdn.OPTIMIZED),
                {
                    "/api/*": cdn.behavior("api", OriginRequestPolicyId=cdn.ALL_BUT_HOST),
                    "/with/*": cdn.behavior("api", **cdn.function(arn)),
                },
            )
            cdn.read_by(cloud, bucket, site.arn)
            api = f"{cloud.platform.endpoint}/_aws/execute-api/{domain.partition('.')[0]}"
            compare("an API", f"{api}/api/a", f"{site.url}/api/a", count, print)
            compare("an API behind a function", f"{api}/with/a", f"{site.url}/with/a", count, print)
            compare("64 KiB of a bucket, kept", signed, f"{site.url}/a.js", count, print)
        finally:
            local_cloud.purge(Path(folder))


if __name__ == "__main__":
    main()
