"""Types that the emulator has no counterpart for: kept in the state, so that a stack can name
them."""

from __future__ import annotations

from typing import Any

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Named, Row
from pilaster_local.providers.aws.values import Plain


class Recorded(Kind):
    """It takes every input and does nothing with it; `pilaster up` lists what was only recorded."""

    def claims(self, inputs: Plain) -> tuple[set[str], set[str]]:
        return set(inputs), set()

    def create(self, scope: Scope, inputs: Plain) -> str:
        return str(inputs[self._name]) if self._name in inputs else scope.urn.rsplit("::", 1)[-1]

    def finish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        """Nothing is there to finish."""

    def describe(self, scope: Scope, thing_id: str, state: Plain) -> Any:
        return {}

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        """Nothing is there to change."""

    def delete(self, scope: Scope, thing_id: str, state: Plain) -> None:
        """Nothing is there to delete."""

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        return None

    @property
    def _name(self) -> str:
        return self.row.named.property if self.row.named else "name"


def _row(what: str, arn: str, why: str, named: Named | None = None) -> Row:
    outputs = f"arn=arn:aws:{arn}" if arn else ""
    return Row(service=what, create="", id="{name}", kind=Recorded, recorded=why, named=named,
               outputs=outputs)  # fmt: skip


_NO_WAF = "no firewall here looks at it"
_NO_DELIVERY = "no access log is delivered on this machine"
_NO_XRAY = "there is no X-Ray on this machine"
_NO_CODEDEPLOY = "there is no CodeDeploy on this machine; a deployment moves all traffic at once"
_NO_VERSIONS = "a function here has one version, and nothing is kept warm"
_PLAIN_NAME = Named(limit=128, prefix="")

# fmt: off
TYPES = {
    "aws:wafv2/ipSet:IpSet": _row(
        "wafv2", "wafv2:{region}:{account}:regional/ipset/{id}/{id}", _NO_WAF, _PLAIN_NAME),
    "aws:wafv2/regexPatternSet:RegexPatternSet": _row(
        "wafv2", "wafv2:{region}:{account}:regional/regexpatternset/{id}/{id}", _NO_WAF,
        _PLAIN_NAME),
    "aws:wafv2/ruleGroup:RuleGroup": _row(
        "wafv2", "wafv2:{region}:{account}:regional/rulegroup/{id}/{id}", _NO_WAF, _PLAIN_NAME),
    "aws:wafv2/webAclAssociation:WebAclAssociation": _row("wafv2", "", _NO_WAF),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": _row("wafv2", "", _NO_WAF),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": _row(
        "logs", "logs:{region}:{account}:delivery-source:{id}", _NO_DELIVERY,
        Named(limit=60, prefix="")),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": _row(
        "logs", "logs:{region}:{account}:delivery-destination:{id}", _NO_DELIVERY,
        Named(limit=60, prefix="")),
    "aws:cloudwatch/logDelivery:LogDelivery": _row(
        "logs", "logs:{region}:{account}:delivery:{id}", _NO_DELIVERY),
    "aws:xray/group:Group": _row("xray", "xray:{region}:{account}:group/{id}", _NO_XRAY,
                                 Named(limit=32, property="groupName", prefix="")),
    "aws:xray/samplingRule:SamplingRule": _row("xray", "xray:{region}:{account}:sampling-rule/{id}",
                                               _NO_XRAY, Named(limit=32, property="ruleName",
                                               prefix="")),
    "aws:xray/encryptionConfig:EncryptionConfig": _row("xray", "", _NO_XRAY),
    "aws:codedeploy/application:Application": _row(
        "codedeploy", "codedeploy:{region}:{account}:application:{id}", _NO_CODEDEPLOY,
        _PLAIN_NAME),
    "aws:codedeploy/deploymentConfig:DeploymentConfig": _row(
        "codedeploy", "codedeploy:{region}:{account}:deploymentconfig:{id}", _NO_CODEDEPLOY,
        Named(limit=100, property="deploymentConfigName", prefix="")),
    "aws:codedeploy/deploymentGroup:DeploymentGroup": _row(
        "codedeploy", "codedeploy:{region}:{account}:deploymentgroup:{id}", _NO_CODEDEPLOY,
        Named(limit=100, property="deploymentGroupName", prefix="")),
    "aws:lambda/alias:Alias": _row(
        "lambda", "lambda:{region}:{account}:function:{functionName}:{id}", _NO_VERSIONS),
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": _row(
        "lambda", "", _NO_VERSIONS),
}
