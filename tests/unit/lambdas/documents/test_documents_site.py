"""What a deployment has done once the site's files are up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from tests.support.documents_aws import LAMBDA, Context, Service

TODAY = datetime.now(UTC).date()
INDEX = {"/index.html": "1", "/sw.js": "1"}


class Bucket:
    """The site's bucket: keys and their tags, listed two at a time."""

    PAGE = 2

    def __init__(self, keys: Iterable[str], **retired: int) -> None:
        self.tags: dict[str, dict[str, str]] = {key: {} for key in keys}
        """`retired`: by a name below assets/ (`_` for `.`), how many days ago it was marked."""
        for name, days in retired.items():
            since = TODAY - timedelta(days=days)
            self.tags[f"assets/{name.replace('_', '.')}"] = {"retired": since.isoformat()}

    def list_objects_v2(self, **asked: str) -> dict[str, Any]:
        assert asked["Bucket"] == "site-bucket"
        keys = sorted(key for key in self.tags if key.startswith(asked["Prefix"]))
        start = int(asked.get("ContinuationToken", "0"))
        found: dict[str, Any] = {}
        if page := keys[start : start + self.PAGE]:
            found["Contents"] = [{"Key": key} for key in page]
        if start + self.PAGE < len(keys):
            found |= {"IsTruncated": True, "NextContinuationToken": str(start + self.PAGE)}
        return found

    def get_object_tagging(self, **asked: str) -> dict[str, Any]:
        return {"TagSet": [{"Key": k, "Value": v} for k, v in self.tags[asked["Key"]].items()]}

    def put_object_tagging(self, **asked: Any) -> None:
        self.tags[asked["Key"]] = {t["Key"]: t["Value"] for t in asked["Tagging"]["TagSet"]}

    def delete_object(self, **asked: str) -> None:
        del self.tags[asked["Key"]]


Publish = Callable[..., tuple[dict[str, Any], list[dict[str, Any]]]]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    for name, value in {**LAMBDA, "DISTRIBUTION_ID": "E1", "SITE_BUCKET": "site-bucket"}.items():
        monkeypatch.setenv(name, value)
    from lambdas.documents.aws.delivery import publish

    return publish


@pytest.fixture
def publish(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Says what is live and kept to the function; what it answered, and what CloudFront heard."""

    def called(
        live: dict[str, str],
        before: dict[str, str] | None = None,
        *,
        action: str = "update",
        bucket: Bucket | None = None,
        kept: list[str] | None = None,
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        cloudfront = Service(create_invalidation={})
        monkeypatch.setattr(module, "cloudfront", cloudfront)
        monkeypatch.setattr(module, "s3", bucket or Bucket([]))
        previous = None if before is None else {"live": before, "kept": []}
        step = {"action": action, "prev_input": previous}
        answer = module.handler({"live": live, "kept": kept or [], "tf": step}, Context())
        return answer, [asked for _, asked in cloudfront.calls]

    return called


def test_the_first_time_there_is_nothing_to_forget(publish: Publish):
    answer, asked = publish(INDEX, action="create")
    assert (answer, asked) == ({"invalidated": [], "deleted": []}, [])


def test_a_changed_page_is_forgotten_and_no_other(publish: Publish):
    answer, [asked] = publish({**INDEX, "/index.html": "2"}, INDEX)
    assert answer["invalidated"] == ["/index.html"]
    assert asked == {
        "DistributionId": "E1",
        "InvalidationBatch": {
            "CallerReference": "invocation-1",
            "Paths": {"Quantity": 1, "Items": ["/index.html"]},
        },
    }


def test_what_came_and_what_went_is_forgotten_too(publish: Publish):
    answer, _ = publish({"/index.html": "1", "/icon.svg": "1"}, INDEX)
    assert answer["invalidated"] == ["/icon.svg", "/sw.js"]


def test_new_assets_alone_are_nothing_to_forget(publish: Publish):
    bucket = Bucket(["assets/a-1.js"])
    answer, asked = publish(INDEX, INDEX, bucket=bucket, kept=["assets/a-1.js"])
    assert (answer, asked) == ({"invalidated": [], "deleted": []}, [])
    assert bucket.tags == {"assets/a-1.js": {}}


def test_an_asset_no_page_names_is_marked_with_the_day_and_stays(publish: Publish):
    bucket = Bucket(["index.html", "assets/a-1.js", "assets/a-2.js", "assets/b.css"])
    answer, _ = publish(INDEX, INDEX, bucket=bucket, kept=["assets/a-2.js", "assets/b.css"])
    assert answer["deleted"] == []
    assert bucket.tags == {
        "index.html": {},
        "assets/a-1.js": {"retired": TODAY.isoformat()},
        "assets/a-2.js": {},
        "assets/b.css": {},
    }


def test_a_marked_asset_goes_after_a_month_and_no_day_before(publish: Publish):
    bucket = Bucket(["assets/now.js"], old_js=30, older_js=400, young_js=29)
    answer, _ = publish(INDEX, INDEX, bucket=bucket, kept=["assets/now.js"])
    assert answer["deleted"] == ["assets/old.js", "assets/older.js"]
    marked = {"retired": (TODAY - timedelta(days=29)).isoformat()}
    assert bucket.tags == {"assets/now.js": {}, "assets/young.js": marked}


def test_an_asset_that_is_named_again_is_kept_however_long_ago_it_was_marked(publish: Publish):
    """It is uploaded again with that deployment, which takes its mark off."""
    bucket = Bucket([], back_js=400)
    answer, _ = publish(INDEX, INDEX, bucket=bucket, kept=["assets/back.js"])
    assert answer["deleted"] == []
    assert list(bucket.tags) == ["assets/back.js"]


def test_what_is_not_below_assets_is_never_marked_or_deleted(publish: Publish):
    bucket = Bucket(["index.html", "notes.txt"])
    publish(INDEX, INDEX, bucket=bucket)
    assert bucket.tags == {"index.html": {}, "notes.txt": {}}


def test_a_site_that_is_taken_away_leaves_its_bucket_to_the_deployment(publish: Publish):
    bucket = Bucket(["assets/a.js"], old_js=400)
    before = dict(bucket.tags)
    answer, asked = publish(INDEX, INDEX, action="delete", bucket=bucket)
    assert (answer, asked) == ({"invalidated": [], "deleted": []}, [])
    assert bucket.tags == before


def test_a_secret_is_long_and_never_the_same():
    from lambdas.documents.aws.delivery import secret

    drawn = {secret.handler({"generation": 1}, None)["secret"] for _ in range(20)}
    assert len(drawn) == 20
    assert all(len(each) >= 43 for each in drawn), "32 bytes in base64"
