"""A Cognito pool: people register with an e-mail address and log in through our own API.

The decision taken here for everybody: the client has no secret (a browser cannot keep one), no
answer tells whether an address is registered, and a refresh token is good once: each refresh gives
a new one, so a stolen one is dead or noticed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws.iam import Grant
from pilaster.naming import Place
from pilaster.tagging import tags

PASSWORD_LENGTH = 12
TEMPORARY_PASSWORD_DAYS = 1
RETRY_SECONDS = 10
"""A refresh whose answer was lost may be asked for again, so long; the longest AWS takes is 60."""


@dataclass(frozen=True, kw_only=True)
class UsersArgs:
    """Who may be in a pool, and for how long a token is good."""

    place: Place
    """Project, stack, account, region."""
    groups: Sequence[str] = ()
    """Groups a person may be put in; a token names them."""
    access_token_minutes: int = 60
    """How long a stolen token is of use: nothing revokes one earlier at the API."""
    refresh_token_days: int = 30
    """How long somebody stays logged in."""
    protect: bool = True
    """Refuse to be deleted or replaced: accounts cannot be made again."""

    def __post_init__(self) -> None:
        if not 5 <= self.access_token_minutes <= 1440:
            raise ValueError(
                f"access_token_minutes {self.access_token_minutes} is not within 5 and 1440"
            )
        if not 1 <= self.refresh_token_days <= 3650:
            raise ValueError(
                f"refresh_token_days {self.refresh_token_days} is not within 1 and 3650"
            )


class Users(pulumi.ComponentResource):
    """See the module's first lines."""

    pool_id: pulumi.Output[str]
    """What administrative calls name."""
    pool_arn: pulumi.Output[str]
    """What a policy names."""
    client_id: pulumi.Output[str]
    """What a login names, and the audience of its tokens."""
    issuer: pulumi.Output[str]
    """Whose tokens an API accepts."""

    def __init__(
        self, name: str, args: UsersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Users", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        pool_name = args.place.name("pool", name)
        self._logical_name = name

        pool = aws.cognito.UserPool(
            f"{name}-pool",
            name=pool_name,
            username_attributes=["email"],
            username_configuration={"case_sensitive": False},
            auto_verified_attributes=["email"],
            verification_message_template={"default_email_option": "CONFIRM_WITH_CODE"},
            account_recovery_setting={
                "recovery_mechanisms": [{"name": "verified_email", "priority": 1}]
            },
            # A new address counts only once its owner has shown the code sent there.
            user_attribute_update_settings={
                "attributes_require_verification_before_updates": ["email"]
            },
            password_policy={
                "minimum_length": PASSWORD_LENGTH,
                "require_lowercase": True,
                "require_uppercase": True,
                "require_numbers": True,
                # Length does more than a mark everybody puts at the end.
                "require_symbols": False,
                "temporary_password_validity_days": TEMPORARY_PASSWORD_DAYS,
            },
            deletion_protection="ACTIVE" if args.protect else "INACTIVE",
            tags=tags(args.place, name),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        client = aws.cognito.UserPoolClient(
            f"{name}-client",
            name=pool_name,
            user_pool_id=pool.id,
            generate_secret=False,
            # Rotation goes by GetTokensFromRefreshToken; the older flow is refused beside it.
            explicit_auth_flows=["ALLOW_USER_PASSWORD_AUTH"],
            refresh_token_rotation={
                "feature": "ENABLED",
                "retry_grace_period_seconds": RETRY_SECONDS,
            },
            prevent_user_existence_errors="ENABLED",
            enable_token_revocation=True,
            access_token_validity=args.access_token_minutes,
            id_token_validity=args.access_token_minutes,
            refresh_token_validity=args.refresh_token_days,
            token_validity_units={
                "access_token": "minutes",
                "id_token": "minutes",
                "refresh_token": "days",
            },
            opts=child,
        )
        for group in args.groups:
            aws.cognito.UserGroup(
                f"{name}-group-{group}", name=group, user_pool_id=pool.id, opts=child
            )

        self.pool_id = pool.id
        self.pool_arn = pool.arn
        self.client_id = client.id
        self.issuer = pulumi.Output.concat("https://", pool.endpoint)
        self.register_outputs(
            {
                "poolId": self.pool_id,
                "poolArn": self.pool_arn,
                "clientId": self.client_id,
                "issuer": self.issuer,
            }
        )

    def confirm(self) -> Grant:
        """Confirming a registration without the code: for stacks that say so, never by default.

        Registering, confirming with the code and logging in ask Cognito for no permission.
        """
        return self._administer("cognito-idp:AdminConfirmSignUp")

    def find(self) -> Grant:
        """Looking one person up."""
        return self._administer("cognito-idp:AdminGetUser")

    def _administer(self, *actions: str) -> Grant:
        return Grant(
            owner=self._logical_name, actions=actions, resources=[self.pool_arn], known=False
        )
