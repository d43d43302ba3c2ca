"""User pools, their clients and groups."""

from __future__ import annotations

from collections.abc import Mapping

from pilaster_local.providers.aws.calls import Scope
from pilaster_local.providers.aws.cloud import ServiceError
from pilaster_local.providers.aws.kind import Kind
from pilaster_local.providers.aws.rows import Named, Part, Row
from pilaster_local.providers.aws.tagging import MARK
from pilaster_local.providers.aws.values import Plain

_MFA = "mfaConfiguration softwareTokenMfaConfiguration emailMfaConfiguration webAuthnConfiguration"


class UserPool(Kind):
    """Password and sign-in policies stand side by side in pulumi_aws and in one object in the
    service.
    """

    def translate(self, inputs: Plain) -> Plain:
        said = {n: v for n, v in inputs.items() if n not in {"passwordPolicy", "signInPolicy"}}
        policies = {n: inputs[n] for n in ("passwordPolicy", "signInPolicy") if n in inputs}
        return {**said, "policies": policies} if policies else said

    def creation(self, scope: Scope, inputs: Plain) -> Plain:
        """Without MFA: to switch it on the pool must exist, with the factor configured."""
        return self._without_mfa(super().creation(scope, inputs))

    def finish(self, scope: Scope, thing_id: str, inputs: Plain) -> None:
        if inputs.keys() & set(_MFA.split()):
            _factors(self, scope, thing_id, {}, inputs)

    def parameters(self, operation: str, inputs: Plain) -> Plain:
        return self._without_mfa(super().parameters(operation, inputs))

    def find(self, scope: Scope, inputs: Plain) -> str | None:
        """Pools of one name may be many; the mark tells which."""
        listed = scope.call("cognito-idp", "ListUserPools", {"MaxResults": 60})
        for pool in listed["UserPools"]:
            if pool["Name"] == inputs["name"]:
                asked = {"UserPoolId": pool["Id"]}
                described = scope.call("cognito-idp", "DescribeUserPool", asked)["UserPool"]
                if described.get("UserPoolTags", {}).get(MARK) == scope.urn:
                    return pool["Id"]
        return None

    @staticmethod
    def _without_mfa(parameters: Plain) -> Plain:
        return {name: value for name, value in parameters.items() if name != "MfaConfiguration"}


def _factors(_kind: Kind, scope: Scope, pool: str, _state: Plain, inputs: Plain) -> None:
    wanted: Plain = {"UserPoolId": pool, "MfaConfiguration": inputs.get("mfaConfiguration", "OFF")}
    software = inputs.get("softwareTokenMfaConfiguration")
    if isinstance(software, Mapping):
        wanted["SoftwareTokenMfaConfiguration"] = {"Enabled": software["enabled"]}
    email = inputs.get("emailMfaConfiguration")
    if isinstance(email, Mapping):
        wanted["EmailMfaConfiguration"] = {name.title(): text for name, text in email.items()}
    authn = inputs.get("webAuthnConfiguration")
    if isinstance(authn, Mapping):
        spelled = {"relyingPartyId": "RelyingPartyId", "userVerification": "UserVerification"}
        wanted["WebAuthnConfiguration"] = {spelled[n]: value for n, value in authn.items()}
    scope.call("cognito-idp", "SetUserPoolMfaConfig", wanted)


class UserGroup(Kind):
    """The emulator has no UpdateGroup: the group is made again and its members put back."""

    def update(
        self, scope: Scope, thing_id: str, state: Plain, inputs: Plain, changed: set[str]
    ) -> None:
        try:
            super().update(scope, thing_id, state, inputs, changed)
        except ServiceError as error:
            if error.code != "InvalidAction":
                raise
            group = {"UserPoolId": inputs["userPoolId"], "GroupName": inputs["name"]}
            members = scope.call("cognito-idp", "ListUsersInGroup", group)["Users"]
            self.forget(scope, "DeleteGroup", group)
            scope.call("cognito-idp", "CreateGroup", self.creation(scope, inputs))
            for member in members:
                user = {**group, "Username": member["Username"]}
                scope.call("cognito-idp", "AdminAddUserToGroup", user)


# fmt: off
TYPES = {
    "aws:cognito/userPool:UserPool": Row(
        service="cognito-idp", create="CreateUserPool", read="DescribeUserPool",
        update="UpdateUserPool", delete="DeleteUserPool", id="Id", key="UserPoolId={id}",
        at="UserPool", rename={"name": "PoolName", "tags": "UserPoolTags",
                               "emailConfiguration.fromEmailAddress": "From"},
        replace="aliasAttributes usernameAttributes usernameConfiguration schemas",
        outputs="arn=Arn creationDate=CreationDate lastModifiedDate=LastModifiedDate "
        "estimatedNumberOfUsers=EstimatedNumberOfUsers domain=Domain "
        "endpoint=cognito-idp.{region}.amazonaws.com/{id}",
        named=Named(limit=128, prefix=""), identity="-", tagged=True, marked=True,
        kind=UserPool, parts=(Part(inputs=_MFA, apply=_factors,
             inside="enabled message subject relyingPartyId userVerification"),),
    ),
    "aws:cognito/userPoolClient:UserPoolClient": Row(
        service="cognito-idp", create="CreateUserPoolClient", read="DescribeUserPoolClient",
        update="UpdateUserPoolClient", delete="DeleteUserPoolClient", id="ClientId",
        key="UserPoolId={userPoolId} ClientId={id}", at="UserPoolClient",
        rename={"name": "ClientName", "callbackUrls": "CallbackURLs", "logoutUrls": "LogoutURLs",
                "defaultRedirectUri": "DefaultRedirectURI"},
        replace="userPoolId generateSecret", required="userPoolId", identity="-",
        outputs="clientSecret=ClientSecret", secrets="clientSecret",
        named=Named(limit=128, prefix=""),
        find="ListUserPoolClients UserPoolClients[?ClientName=='{name}'].ClientId | [0]",
    ),
    "aws:cognito/userGroup:UserGroup": Row(
        service="cognito-idp", create="CreateGroup", read="GetGroup", update="UpdateGroup",
        delete="DeleteGroup", id="{userPoolId}/{name}",
        key="UserPoolId={userPoolId} GroupName={name}",
        at="Group", rename={"name": "GroupName"}, replace="userPoolId", required="userPoolId",
        named=Named(limit=128, prefix=""), identity="userPoolId name", kind=UserGroup,
    ),
}
