"""Topics. Their settings are a map of strings, set one by one."""

from __future__ import annotations

from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.documents import check_resource_policy
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Named, Row
from pilaster_local.providers.aws.values import Plain

_SPELLED = {
    "applicationFailureFeedbackRoleArn": "ApplicationFailureFeedbackRoleArn",
    "applicationSuccessFeedbackRoleArn": "ApplicationSuccessFeedbackRoleArn",
    "applicationSuccessFeedbackSampleRate": "ApplicationSuccessFeedbackSampleRate",
    "archivePolicy": "ArchivePolicy",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "fifoThroughputScope": "FifoThroughputScope",
    "fifoTopic": "FifoTopic",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}


class Topic(Kind):
    def translate(self, inputs: Plain) -> Plain:
        rest = {name: value for name, value in inputs.items() if name not in _SPELLED}
        given = {_SPELLED[n]: v for n, v in inputs.items() if n in _SPELLED and v is not False}
        return {**rest, "attributes": given} if given else rest

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        settings = self.parameters("CreateTopic", inputs).get("Attributes", {})
        for name in sorted(changed & _SPELLED.keys()):
            spelled = _SPELLED[name]
            value = {"AttributeName": spelled, "AttributeValue": settings.get(spelled, "")}
            scope.call("sns", "SetTopicAttributes", {"TopicArn": thing_id, **value})
        super().update(scope, thing_id, state, inputs, changed & {"tags", "tagsAll"})

    def outputs(self, scope: Scope, thing_id: str, state: Plain, thing: Any) -> Plain:
        return {"arn": thing_id, "owner": scope.cloud.account, "region": scope.region}


# fmt: off
TYPES = {
    "aws:sns/topic:Topic": Row(
        service="sns", create="CreateTopic", read="GetTopicAttributes", delete="DeleteTopic",
        id="arn:aws:sns:{region}:{account}:{name}", key="TopicArn={id}", at="Attributes",
        replace="fifoTopic", documents="policy deliveryPolicy archivePolicy",
        named=Named(limit=256, ending="fifoTopic.fifo"), tagged=True, kind=Topic,
        checks=(check_resource_policy,),
    ),
}
