"""What this engine does not do is refused by name, with what to do instead."""

from __future__ import annotations

import pytest
from pilaster_local import engine

from tests.support.shelf import Bench
from tests.unit.engine.test_running import preview

REFUSED = {
    "import": 'Box("box", opts=Options(import_="there"))',
    "replace_on_changes": 'Box("box", opts=Options(replace_on_changes=["tags["]))',
    "ignore_changes": 'Box("box", opts=Options(ignore_changes=["tags[x]"]))',
    "remote components": 'pulumi.ComponentResource("a:b:C", "c", {}, None, remote=True)',
    "dynamic providers": """
from pulumi.dynamic import Resource, ResourceProvider, CreateResult
class Made(ResourceProvider):
    def create(self, props): return CreateResult("1", {})
class Thing(Resource):
    pass
Thing(Made(), "made", {})
""",
    "transforms": """
pulumi.runtime.register_resource_transform(lambda args: None)
Box("box")
""",
    "transforms ": 'Box("box", opts=Options(transforms=[lambda args: None]))',
    "the timeout": 'Box("b", opts=Options(custom_timeouts=pulumi.CustomTimeouts(create="soon")))',
    "a remote asset": 'Box("box", archive=pulumi.RemoteArchive("https://example.com/a.zip"))',
    "require_pulumi_version": 'pulumi.runtime.require_pulumi_version(">=3.0.0")',
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_by_name(bench: Bench, what: str) -> None:
    bench.program(REFUSED[what])
    with pytest.raises(engine.RunFailedError, match=r"(?i)not support|refused") as failed:
        preview(bench)
    assert what.strip() in str(failed.value)


def test_a_resource_hook_is_refused(bench: Bench) -> None:
    bench.program("""
hook = pulumi.ResourceHook("hook", lambda args: None)
Box("box", opts=Options(hooks=pulumi.ResourceHookBinding(before_create=[hook])))
""")
    with pytest.raises(engine.RunFailedError, match="does not support resource hooks"):
        preview(bench)


def test_transformations_of_the_sdk_itself_work(bench: Bench) -> None:
    """They run in the program and never reach an engine."""
    bench.program("""
def labelled(args):
    return pulumi.ResourceTransformationResult({**args.props, "label": "tea"}, args.opts)
Box("box", opts=Options(transformations=[labelled]))
""")
    assert preview(bench).step("box").inputs["label"] == "tea"
