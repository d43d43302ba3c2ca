"""SES: who may write, and how. Letters end in the mailbox of this machine."""

from __future__ import annotations

from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Part, Row
from pilaster_local.providers.aws.values import Plain

_UNSET: dict[str, Plain] = {
    "deliveryOptions": {"TlsPolicy": "OPTIONAL"},
    "reputationOptions": {"ReputationMetricsEnabled": False},
    "sendingOptions": {"SendingEnabled": True},
    "suppressionOptions": {},
}
"""What a set has where nothing is said."""


def _option(name: str) -> Part:
    """Options are made with the set, nested, and changed by an operation of their own, flat."""
    member = name[0].upper() + name[1:]

    def apply(kind: Kind, scope: Scope, thing_id: str, _state: Plain, inputs: Plain) -> None:
        given: Any = kind.parameters("CreateConfigurationSet", inputs).get(member)
        scope.call(
            "sesv2",
            f"PutConfigurationSet{member}",
            {"ConfigurationSetName": thing_id, **(given or _UNSET[name])},
        )

    return Part(inputs=name, apply=apply, at_creation=False)


# fmt: off
TYPES = {
    "aws:sesv2/configurationSet:ConfigurationSet": Row(
        service="sesv2", create="CreateConfigurationSet", read="GetConfigurationSet",
        delete="DeleteConfigurationSet", id="{configurationSetName}",
        key="ConfigurationSetName={id}", replace="configurationSetName",
        required="configurationSetName", identity="configurationSetName", tagged=True,
        rename={"trackingOptions": "-", "vdmOptions": "-"},
        outputs="arn=arn:aws:ses:{region}:{account}:configuration-set/{id}",
        parts=tuple(_option(name) for name in _UNSET),
    ),
    "aws:sesv2/emailIdentity:EmailIdentity": Row(
        service="sesv2", create="CreateEmailIdentity", read="GetEmailIdentity",
        delete="DeleteEmailIdentity", id="{emailIdentity}", key="EmailIdentity={id}",
        replace="emailIdentity", required="emailIdentity", identity="emailIdentity", tagged=True,
        rename={"configurationSetName": "-", "dkimSigningAttributes": "-"},
        outputs="arn=arn:aws:ses:{region}:{account}:identity/{id} identityType=IdentityType "
        "verifiedForSendingStatus=VerifiedForSendingStatus",
    ),
}
