"""Cognito: user pools, their clients and groups.

Sources: Cognito developer guide, "Quotas in Amazon Cognito", "Using tokens"; API reference,
CreateUserPool and CreateUserPoolClient.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pilaster_local.providers.aws.plan.bounds import Table, arn, count, number, one_of, text
from pilaster_local.providers.aws.plan.finding import Said, shown
from pilaster_local.providers.aws.values import UNKNOWN

_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
_VALID = {
    "accessToken": ("accessTokenValidity", "hours", 300, 86_400, "5 minutes to a day"),
    "idToken": ("idTokenValidity", "hours", 300, 86_400, "5 minutes to a day"),
    "refreshToken": ("refreshTokenValidity", "days", 3_600, 315_360_000, "an hour to ten years"),
}
_OLD_FLOWS = {"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"}


def _tokens(inputs: Mapping[str, Any]) -> Said:
    units = inputs.get("tokenValidityUnits") or {}
    if units is UNKNOWN:
        return
    for token, (name, usual, low, high, says) in _VALID.items():
        value, unit = inputs.get(name), units.get(token, usual)
        if not isinstance(value, int) or not isinstance(unit, str):
            continue
        factor = _SECONDS.get(unit)
        if factor is None:
            continue
        if token == "refreshToken" and value == 0:
            continue  # the default of 30 days
        if not low <= value * factor <= high:
            yield name, f"{value} {unit} is not {says}"


def _flows(inputs: Mapping[str, Any]) -> Said:
    flows = inputs.get("explicitAuthFlows")
    if isinstance(flows, list):
        known = [flow for flow in flows if isinstance(flow, str)]
        if set(known) & _OLD_FLOWS and set(known) - _OLD_FLOWS:
            yield "explicitAuthFlows", "flows with and without ALLOW_ do not go together"


def _oauth(inputs: Mapping[str, Any]) -> Said:
    flows = inputs.get("allowedOauthFlows")
    callbacks = inputs.get("callbackUrls")
    if isinstance(flows, list):
        if {"code", "implicit"} & set(map(str, flows)) and not callbacks:
            yield "callbackUrls", "the flows 'code' and 'implicit' come back to an address"
        if "client_credentials" in flows:
            if len(flows) > 1:
                yield "allowedOauthFlows", "'client_credentials' stands alone"
            if inputs.get("generateSecret") is not True:
                yield "generateSecret", "'client_credentials' needs a client with a secret"
        if inputs.get("allowedOauthFlowsUserPoolClient") is True and not inputs.get(
            "allowedOauthScopes"
        ):
            yield "allowedOauthScopes", "OAuth flows need a scope"
    default = inputs.get("defaultRedirectUri")
    if isinstance(default, str) and isinstance(callbacks, list):
        known = UNKNOWN not in callbacks
        if known and default not in callbacks:
            yield "defaultRedirectUri", f"{shown(default)} is none of callbackUrls"


def _pool(inputs: Mapping[str, Any]) -> Said:
    if inputs.get("aliasAttributes") and inputs.get("usernameAttributes"):
        yield "aliasAttributes", "either aliasAttributes or usernameAttributes"
    recovery = (inputs.get("accountRecoverySetting") or {}).get("recoveryMechanisms") or []
    priorities = [m.get("priority") for m in recovery if isinstance(m, Mapping)]
    names = [m.get("name") for m in recovery if isinstance(m, Mapping)]
    here = "accountRecoverySetting.recoveryMechanisms"
    if len(priorities) > len(set(priorities)):
        yield here, "two ways have the same priority"
    if "admin_only" in names and len(names) > 1:
        yield here, "'admin_only' stands alone"
    asked = (inputs.get("userAttributeUpdateSettings") or {}).get(
        "attributesRequireVerificationBeforeUpdates"
    )
    verified = inputs.get("autoVerifiedAttributes") or []
    if isinstance(asked, list) and isinstance(verified, list):
        for name in asked:
            if isinstance(name, str) and name not in verified and UNKNOWN not in verified:
                yield (
                    "userAttributeUpdateSettings.attributesRequireVerificationBeforeUpdates",
                    f"{shown(name)} is none of autoVerifiedAttributes",
                )
    email = inputs.get("emailConfiguration")
    is_own = isinstance(email, Mapping) and email.get("emailSendingAccount") == "DEVELOPER"
    if isinstance(email, Mapping) and is_own and not email.get("sourceArn"):
        yield "emailConfiguration.sourceArn", "mail from one's own SES needs its identity's ARN"
    if inputs.get("mfaConfiguration") in ("ON", "OPTIONAL") and not any(
        inputs.get(f"{kind}Configuration")
        for kind in ("sms", "softwareTokenMfa", "emailMfa", "webAuthn")
    ):
        yield "mfaConfiguration", "a second factor needs one that is configured"
    template = inputs.get("verificationMessageTemplate")
    said_there = isinstance(template, Mapping) and template.get("smsMessage")
    if inputs.get("smsVerificationMessage") and said_there:
        yield "smsVerificationMessage", "verificationMessageTemplate says it already"


_CODE = text(r".*\{####\}.*", "a message with '{####}', where the code goes", least=6, most=20_000)
_SMS = text(r".*\{####\}.*", "a message with '{####}', where the code goes", least=6, most=140)
_LINK = text(r".*\{##.+##\}.*", "a message with '{##text##}', where the link goes", most=20_000)
_ADDRESS = text(
    r"https://[^\s#]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/[^\s#]*)?|"
    r"(?!https?:)[a-z][a-z0-9+.-]*:[^\s#]*",
    "an address: https, http on this machine, or a scheme of an app's own; no '#'",
    most=1_024,
)

BOUNDS: Mapping[str, Table] = {
    "aws:cognito/userPool:UserPool": {
        "passwordPolicy.minimumLength": number(6, 99),
        "passwordPolicy.temporaryPasswordValidityDays": number(0, 365),
        "passwordPolicy.passwordHistorySize": number(0, 24),
        "deletionProtection": one_of("ACTIVE", "INACTIVE"),
        "mfaConfiguration": one_of("ON", "OFF", "OPTIONAL"),
        "accountRecoverySetting.recoveryMechanisms": count(1, 2, "ways"),
        "accountRecoverySetting.recoveryMechanisms[].priority": number(1, 2),
        "accountRecoverySetting.recoveryMechanisms[].name": one_of(
            "verified_email", "verified_phone_number", "admin_only"),
        "emailConfiguration.sourceArn": arn("ses", resource=r"identity/.+"),
        "emailConfiguration.emailSendingAccount": one_of("COGNITO_DEFAULT", "DEVELOPER"),
        "emailVerificationMessage": _CODE,
        "smsVerificationMessage": _SMS,
        "smsAuthenticationMessage": _SMS,
        "verificationMessageTemplate.emailMessage": _CODE,
        "verificationMessageTemplate.smsMessage": _SMS,
        "verificationMessageTemplate.emailMessageByLink": _LINK,
        "smsConfiguration.snsCallerArn": arn("iam", resource=r"role/.+"),
        "schemas": count(0, 50, "attributes"),
        "schemas[].name": text(r".+", "a name", most=20),
        "schemas[].attributeDataType": one_of("String", "Number", "DateTime", "Boolean"),
        "userPoolTier": one_of("LITE", "ESSENTIALS", "PLUS"),
        "usernameAttributes": count(0, 2),
        "aliasAttributes": count(0, 3),
    },
    "aws:cognito/userPoolClient:UserPoolClient": {
        "userPoolId": text(r"[\w-]+_[0-9a-zA-Z]+", "a pool's id such as 'eu-west-2_aBcDeFgHi'"),
        "callbackUrls": count(0, 100, "addresses"),
        "callbackUrls[]": _ADDRESS,
        "logoutUrls[]": _ADDRESS,
        "tokenValidityUnits.accessToken": one_of(*_SECONDS),
        "tokenValidityUnits.idToken": one_of(*_SECONDS),
        "tokenValidityUnits.refreshToken": one_of(*_SECONDS),
        "authSessionValidity": number(3, 15),
        "allowedOauthFlows[]": one_of("code", "implicit", "client_credentials"),
        "preventUserExistenceErrors": one_of("ENABLED", "LEGACY"),
    },
    "aws:cognito/userGroup:UserGroup": {
        "roleArn": arn("iam", resource=r"role/.+"),
        "precedence": number(0, 2_147_483_647),
        "description": text(r".*", "a description", most=2_048),
    },
}  # fmt: skip

RULES = {
    "aws:cognito/userPool:UserPool": (_pool,),
    "aws:cognito/userPoolClient:UserPoolClient": (_tokens, _flows, _oauth),
}
