"""What Google Cloud's components refuse, with the fix, before any resource is made."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.google import needs_types

pytestmark = needs_types

if needs_types.args[0] is False:
    from pilaster.gcp import (
        ApiArgs,
        Code,
        DatabaseUser,
        DataTierArgs,
        FunctionArgs,
        Grant,
        IdentityRef,
        NetworkArgs,
        NetworkRef,
        Place,
        SourcesRef,
    )
    from pilaster.gcp import routes as google_routes
    from pilaster.gcp.data_tier import max_connections

    PLACE = Place(
        project="pilaster", stack="dev", cloud_project="notes-4711", region="europe-west2"
    )
    ME = IdentityRef(email=PLACE.email("api"))


def place(**changed: Any) -> Any:
    said = {"project": "p", "stack": "s", "cloud_project": "notes-4711", "region": "r"}
    return Place(**{**said, **changed})


def data(**changed: Any) -> Any:
    said: dict[str, Any] = {
        "place": PLACE,
        "network": NetworkRef(network="n"),
        "database_name": "notes",
        "users": {"api": DatabaseUser(identity=ME)},
    }
    return DataTierArgs(**{**said, **changed})


def function(**changed: Any) -> Any:
    said: dict[str, Any] = {
        "place": PLACE,
        "code": Code(entry_point="lambdas.shop", dependencies="shop"),
        "sources": SourcesRef(bucket="b", repository="r", builder="x"),
        "identity": ME,
    }
    return FunctionArgs(**{**said, **changed})


def api(**changed: Any) -> Any:
    said: dict[str, Any] = {
        "place": PLACE,
        "function": function(),
        "routes": ["GET /health", "GET /a/{rest=**}"],
        "issuer": "https://i.example",
        "keys_url": "https://i.example/keys",
        "audience": ["a"],
    }
    return ApiArgs(**{**said, **changed})


def grant(**changed: Any) -> Any:
    said: dict[str, Any] = {
        "owner": "o",
        "role": "roles/cloudsql.instanceUser",
        "kind": "project",
        "resource": "notes-4711",
        "why": "w",
    }
    return Grant(**{**said, **changed})


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: place(cloud_project="111111111111"), "is no id of a project"),
        (lambda: place(stack="a-very-long-stack-name-indeed"), "are longer than 24"),
        (lambda: data(tier="db.t4g.micro"), "is no size of Cloud SQL for PostgreSQL"),
        (lambda: data(tier="db-custom-3-7680"), "with 1 or an even number of CPUs"),
        (lambda: data(tier="db-custom-8-3840"), "GB for each CPU: Google takes 0.9 to 6.5"),
        (lambda: data(engine_version="17.7"), "is none of 15, 16, 17, 18"),
        (lambda: data(users={}), "nobody could log in"),
        (lambda: data(database_name="My-Notes"), "would have to be quoted for ever"),
        (lambda: data(storage_gb=5), "is no range"),
        (lambda: function(timeout_seconds=0), "timeout_seconds 0 of 'lambdas.shop'"),
        (lambda: function(warm_instances=5), "lower it or raise max_instances"),
        (lambda: function(environment={"DB_PASSWORD": "x"}), "name a Secret in `secrets`"),
        (lambda: api(issuer="http://i"), "is no https:// address"),
        (lambda: api(audience=[]), "tokens of any client would be taken"),
        (lambda: api(public_routes=["GET /x"]), "is no route; there are"),
        (lambda: api(routes=["FETCH /x"]), "is not a method and a path"),
        (lambda: api(routes=["GET /a/{x}", "GET /a/{y}"]), "take the same requests: keep one"),
        (lambda: api(routes=["GET /a/{x=**}/b"]), "is not a method and a path"),
        (lambda: api(place=place(region="europe-west4")), "has no API Gateway: take one of"),
        (lambda: api(function=function(timeout_seconds=61)), "API Gateway waits 60"),
        (lambda: grant(), "would be for everything in the project"),
        (lambda: grant(role="roles/editor"), "is not granted here"),
        (lambda: grant(kind="secret"), "is bound on a project, not on a secret"),
        (lambda: NetworkArgs(place=PLACE, cidr="8.8.0.0/16"), "is no private network"),
        (lambda: NetworkArgs(place=PLACE, cidr="10.0.0.0/24"), "of /18 or larger"),
    ],
)
def test_what_cannot_be_is_refused_with_the_fix(made: Any, why: str):
    with pytest.raises(ValueError, match=r".") as refused:
        made()
    assert why in str(refused.value)


def test_connections_are_those_google_sets_by_the_memory():
    assert [max_connections(tier) for tier in ("db-f1-micro", "db-g1-small")] == [25, 50]
    assert max_connections("db-custom-1-3840") == 100
    assert max_connections("db-custom-4-15360") == 500


def test_names_fit_googles_limits_and_two_long_ones_stay_two():
    long = "service-sources-builder-of-everything"
    names = {PLACE.name("account", f"{long}-{end}") for end in "ab"}
    assert len(names) == 2
    assert all(len(name) <= 30 for name in names)
    assert len(PLACE.worldwide("bucket", "sources" * 12)) <= 63
    assert PLACE.worldwide("bucket", "a") != place(
        project="pilaster", stack="dev", cloud_project="google-4711"
    ).worldwide("bucket", "a")
    assert "google" not in place(cloud_project="google-4711").worldwide("bucket", "a")


def test_routes_that_can_be_pass():
    google_routes.check(["GET /a", "GET /a/{id}", "PUT /a/{rest=**}"], ["GET /a"])
