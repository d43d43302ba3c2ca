"""The site behind the deployed distribution: a deployment brings what changed, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.support.deployed import Deployed
from tests.support.patient import http

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

PAGE = "web/dist/index.html"
TITLE, OTHER = "</title>", " as it is now</title>"


def shown(system: Deployed, path: str) -> httpx.Response:
    return http.get(system.outputs["site_url"] + path, timeout=30)


def forgotten(system: Deployed) -> dict[str, list[str]]:
    """The paths of each invalidation there was, by its id."""
    cloudfront = system.client("cloudfront")
    site = {"DistributionId": system.outputs["distribution_id"]}

    def paths(name: str) -> list[str]:
        held = cloudfront.get_invalidation(**site, Id=name)["Invalidation"]
        return held["InvalidationBatch"]["Paths"]["Items"]

    listed = cloudfront.list_invalidations(**site)["InvalidationList"].get("Items", [])
    return {each["Id"]: paths(each["Id"]) for each in listed}


def uploaded(system: Deployed) -> dict[str, datetime]:
    """What lies in the site's bucket, and since when."""
    cloudfront, s3 = system.client("cloudfront"), system.client("s3")
    held = cloudfront.get_distribution_config(Id=system.outputs["distribution_id"])
    origins: list[Any] = held["DistributionConfig"]["Origins"]["Items"]
    [domain] = [each["DomainName"] for each in origins if each["Id"] == "site"]
    found = s3.list_objects_v2(Bucket=domain.partition(".s3.")[0])["Contents"]
    return {each["Key"]: each["LastModified"] for each in found}


def test_the_page_is_what_every_address_of_the_site_shows_and_none_of_the_api(system: Deployed):
    page = (system.folder / PAGE).read_text()
    for path in ("/", "/index.html", "/documents/4711"):
        answer = shown(system, path)
        assert (answer.status_code, answer.text) == (200, page), path
        assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert shown(system, "/api/v1/nothing").status_code == 404
    assert shown(system, "/api/v1/nothing").json()["type"] == "/problems/unknown-route"
    lost = shown(system, "/assets/nothing.js")
    assert lost.status_code in (403, 404)
    assert page not in lost.text


def test_a_second_deployment_uploads_nothing_and_has_the_edge_forget_nothing(system: Deployed):
    before = uploaded(system), forgotten(system)
    assert set(system.up()) == {"same"}
    assert (uploaded(system), forgotten(system)) == before


def test_a_changed_page_alone_goes_up_and_is_forgotten_by_the_edge(system: Deployed):
    objects, told = uploaded(system), forgotten(system)
    assert TITLE in shown(system, "/").text
    with system.changed(PAGE, lambda text: text.replace(TITLE, OTHER)):
        counts = system.up()
        assert {op: count for op, count in counts.items() if op != "same"} == {"update": 2}
        assert OTHER in shown(system, "/").text
        assert OTHER in shown(system, "/reviews").text
    after = uploaded(system)
    assert {key for key in after if after[key] != objects.get(key)} == {"index.html"}
    [paths] = [paths for name, paths in forgotten(system).items() if name not in told]
    assert paths == ["/index.html"]
    assert system.up()["update"] == 2
    assert OTHER not in shown(system, "/").text
