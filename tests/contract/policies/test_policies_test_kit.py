"""The test kit asks the real pack, as a process, and a pack somebody else wrote as well."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from pilaster_policies.testing import UNKNOWN, Thing, pack, secret

PACK = Path(__file__).parents[3] / "policies"


def test_the_pack_is_asked_as_an_engine_asks_it() -> None:
    with pack(PACK) as judge:
        public = judge.on(Thing("aws:s3/bucket:Bucket", props={"acl": "public-read"}))
        unknown = judge.on(Thing("aws:s3/bucket:Bucket", props={"acl": UNKNOWN}))
        told = judge.on(
            Thing(
                "aws:lambda/function:Function",
                props={"environment": {"variables": {"A": secret("never-to-be-shown")}}},
            )
        )
        stack = judge.on_stack([Thing("aws:s3/bucket:Bucket", "files", {"bucket": "files"})])
    assert [s.rule for s in public if s.level == "mandatory"] == ["aws-public-bucket"]
    assert {s.level for s in unknown} == {"advisory"}
    assert [s.rule for s in told] == ["aws-plain-secret"]
    assert "never-to-be-shown" not in told[0].text
    assert {s.resource for s in stack if s.level == "mandatory"} == {"files"}


def test_settings_reach_it() -> None:
    exception = {
        "rule": "aws-public-bucket",
        "resource": "it",
        "reason": "A bucket of public pictures.",
    }
    with pack(PACK, settings={"exceptions": {"exceptions": [exception]}}) as judge:
        assert judge.on(Thing("aws:s3/bucket:Bucket", props={"acl": "public-read"})) == []


def test_a_pack_of_somebody_elses_is_asked_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n")
    (tmp_path / "__main__.py").write_text(
        dedent("""
            from pulumi_policy import *
            def named(args, report):
                if args.name == "nobody":
                    report("it is called nobody")
            PolicyPack("theirs", policies=[ResourceValidationPolicy(
                name="named", description="d", validate=named,
                enforcement_level=EnforcementLevel.MANDATORY)])
        """)
    )
    with pack(tmp_path) as judge:
        [said] = judge.on(Thing("aws:s3/bucket:Bucket", "nobody"))
        assert judge.on(Thing("aws:s3/bucket:Bucket", "somebody")) == []
    assert (said.rule, said.level, said.text) == ("named", "mandatory", "it is called nobody")


def test_a_pack_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n")
    (tmp_path / "__main__.py").write_text("raise ValueError('no rules here')")
    with pytest.raises(RuntimeError, match="no rules here"), pack(tmp_path):
        pass
