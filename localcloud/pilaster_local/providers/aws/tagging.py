"""How each service changes the tags of a thing that exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pilaster_local.providers.aws.rows import key_parameters

MARK = "pilaster:urn"
"""Put on things without a name of their own, so that one made just before a crash is found again.
"""


@dataclass(frozen=True)
class Style:
    tag: str
    untag: str
    key: str
    """The parameter that names the thing, filled from the state."""
    tags: str = "Tags"
    names: str = "TagKeys"
    pair: tuple[str, str] | None = ("Key", "Value")
    """Spelling of one tag in a list; None where tags are a mapping."""
    within: str = ""
    """The member the list is put in, where it is not given as it is."""


STYLES: Mapping[str, Style] = {
    "athena": Style("TagResource", "UntagResource", "ResourceARN={arn}"),
    "apigatewayv2": Style("TagResource", "UntagResource", "ResourceArn={arn}", pair=None),
    "cloudfront": Style("TagResource", "UntagResource", "Resource={arn}", within="Items"),
    "cloudwatch": Style("TagResource", "UntagResource", "ResourceARN={arn}"),
    "cognito-idp": Style("TagResource", "UntagResource", "ResourceArn={arn}", pair=None),
    "dynamodb": Style("TagResource", "UntagResource", "ResourceArn={arn}"),
    "ec2": Style("CreateTags", "DeleteTags", "Resources=[{id}]", names="Tags"),
    "elasticache": Style("AddTagsToResource", "RemoveTagsFromResource", "ResourceName={arn}"),
    "events": Style("TagResource", "UntagResource", "ResourceARN={arn}"),
    "glue": Style(
        "TagResource",
        "UntagResource",
        "ResourceArn={arn}",
        tags="TagsToAdd",
        names="TagsToRemove",
        pair=None,
    ),
    "iam": Style("TagRole", "UntagRole", "RoleName={name}"),
    "iam:policy": Style("TagPolicy", "UntagPolicy", "PolicyArn={arn}"),
    "kms": Style("TagResource", "UntagResource", "KeyId={id}", pair=("TagKey", "TagValue")),
    "lambda": Style("TagResource", "UntagResource", "Resource={arn}", pair=None),
    "logs": Style(
        "TagResource", "UntagResource", "resourceArn={arn}", tags="tags", names="tagKeys", pair=None
    ),
    "rds": Style("AddTagsToResource", "RemoveTagsFromResource", "ResourceName={arn}"),
    "secretsmanager": Style("TagResource", "UntagResource", "SecretId={id}"),
    "sesv2": Style("TagResource", "UntagResource", "ResourceArn={arn}"),
    "sns": Style("TagResource", "UntagResource", "ResourceArn={arn}"),
    "sqs": Style("TagQueue", "UntagQueue", "QueueUrl={url}", pair=None),
    "ssm": Style(
        "AddTagsToResource", "RemoveTagsFromResource", "ResourceType=Parameter ResourceId={name}"
    ),
    "stepfunctions": Style(
        "TagResource",
        "UntagResource",
        "resourceArn={arn}",
        tags="tags",
        names="tagKeys",
        pair=("key", "value"),
    ),
    "wafv2": Style("TagResource", "UntagResource", "ResourceARN={arn}"),
}


def change(
    call: Callable[[str, dict[str, Any]], Any],
    style: Style,
    state: Mapping[str, Any],
    old: Mapping[str, str],
    new: Mapping[str, str],
) -> None:
    """Make the thing's tags `new`. Tags somebody else put there stay."""
    key = key_parameters(style.key, state)
    if dropped := sorted(old.keys() - new.keys()):
        listed = [{"Key": name} for name in dropped] if style.names == "Tags" else dropped
        call(style.untag, {**key, style.names: _put(style, listed)})
    if changed := {name: value for name, value in new.items() if old.get(name) != value}:
        call(style.tag, {**key, style.tags: _put(style, spelled(style, changed))})


def spelled(style: Style, tags: Mapping[str, str]) -> Any:
    if style.pair is None:
        return dict(tags)
    name, value = style.pair
    return [{name: k, value: v} for k, v in sorted(tags.items())]


def _put(style: Style, listed: Any) -> Any:
    return {style.within: listed} if style.within else listed
