"""Letters by SES, to addresses Cognito knows."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.model.errors import (
    AccountsUnavailableError,
    MailRefusedError,
    MailUnavailableError,
    TooManyAttemptsError,
)
from lambdas.documents.model.identity import UserId
from lambdas.documents.model.letter import Letter
from lambdas.shared.aws.clients import AWS_ERRORS, client, code_of, passes

_SLOW_DOWN = frozenset({"LimitExceededException", "TooManyRequestsException"})


class CognitoAddresses:
    """Asks for cognito-idp:AdminGetUser."""

    def __init__(self, user_pool: str, *, unverified: bool, cognito: Any = None) -> None:
        """`unverified`: whether an address counts that nobody has shown to be theirs; where
        accounts are confirmed at once nobody ever is asked to."""
        self._user_pool = user_pool
        self._unverified = unverified
        self._cognito = cognito or client("cognito-idp")

    def of(self, user: UserId) -> str | None:
        """With e-mail addresses as usernames, the pool knows a person by their `sub` as well."""
        try:
            found = self._cognito.admin_get_user(UserPoolId=self._user_pool, Username=user)
        except AWS_ERRORS as error:
            code = code_of(error) if isinstance(error, ClientError) else ""
            if code == "UserNotFoundException":
                return None
            if code in _SLOW_DOWN:
                raise TooManyAttemptsError from error
            if passes(error):
                raise AccountsUnavailableError("Cognito does not answer") from error
            raise
        said = {each["Name"]: each["Value"] for each in found.get("UserAttributes", [])}
        shown = self._unverified or said.get("email_verified") == "true"
        return said.get("email") if shown and found.get("Enabled", True) else None


class SesPost:
    """Asks for ses:SendEmail on the identity and the configuration set."""

    def __init__(self, sender: str, configuration_set: str, ses: Any = None) -> None:
        self._sender = sender
        self._configuration_set = configuration_set
        # Not tried again by the SDK: an answer that was lost may have been a letter that was sent.
        self._ses = ses or client("sesv2", retries={"total_max_attempts": 1})

    def send(self, to: str, letter: Letter) -> None:
        try:
            self._ses.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                ConfigurationSetName=self._configuration_set,
                Content={
                    "Simple": {
                        "Subject": {"Data": letter.subject, "Charset": "UTF-8"},
                        "Body": {"Text": {"Data": letter.text, "Charset": "UTF-8"}},
                    }
                },
            )
        except AWS_ERRORS as error:
            code = code_of(error) if isinstance(error, ClientError) else ""
            # Not what SES said: its words quote the address.
            if passes(error) or code in _SLOW_DOWN:
                raise MailUnavailableError("SES does not answer") from error
            raise MailRefusedError(code) from None
