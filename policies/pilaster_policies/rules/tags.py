"""Tags a setting asks for (`graph`, `tags`): whose it is, what it belongs to, who pays."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Graph, Resource, Violation, graph_rule
from pilaster_policies.taggable import taggable
from pilaster_policies.values import from_json, is_unknown

ID = "aws-tags"
WHY = "What is made says whose it is: nobody dares to delete what is nobody's."


_PARTS = ("aws:s3/bucketObject:", "aws:s3/bucketObjectv2:", "aws:s3/objectCopy:")
"""An object is its bucket's: bills go by the tags of that, and what is in it is cleaned up by it.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html"""


@graph_rule(ID, why=WHY)
def tagged(resources: Graph) -> Iterator[tuple[Resource, Finding]]:
    """A tag without a value says nothing."""
    for resource in resources:
        if not resources.tags or resource.type not in taggable():
            continue
        if resource.type.startswith(_PARTS):
            continue
        said = [resource.get("tags"), resource.get("tagsAll"), _of_provider(resource)]
        if any(map(is_unknown, said)):
            continue
        carried = {
            key
            for each in said
            if isinstance(each, dict)
            for key, value in each.items()
            if is_unknown(value) or (isinstance(value, str) and value.strip())
        }
        for key in resources.tags:
            found = [each.get(key) for each in said if isinstance(each, dict)]
            sure = any(isinstance(value, str) and value.strip() for value in found)
            resource.ask(("tags", key), unknown=not sure and any(map(is_unknown, found)))
        missing = [key for key in resources.tags if key not in carried]
        if missing:
            yield (
                resource,
                Violation(
                    f"tags lacks {', '.join(missing)}: bills, alarms and who cleans up cannot "
                    "tell what it belongs to",
                    f"set {' and '.join(missing)} in tags, or in the provider's defaultTags",
                ),
            )


def _of_provider(resource: Resource) -> object:
    """Its settings arrive as JSON text; the two engines differ in whether `tagsAll` has them."""
    said = resource.provider.get("defaultTags")
    if isinstance(said, str):
        try:
            said = from_json(said)
        except ValueError:
            return None
    return said.get("tags") if isinstance(said, dict) else said
