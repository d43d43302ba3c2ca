"""Accounts in Cognito. The e-mail address is the username."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from lambdas.documents.model.account import Credentials, Registration, Tokens
from lambdas.documents.model.errors import (
    AccountsUnavailableError,
    Fault,
    InvalidInputError,
    SessionEndedError,
    TooManyAttemptsError,
    WrongCredentialsError,
)
from lambdas.shared.aws.clients import AWS_ERRORS, client, code_of, passes

_SLOW_DOWN = frozenset(
    {"LimitExceededException", "TooManyFailedAttemptsException", "TooManyRequestsException"}
)
# Which of these it is would tell whether the address has an account.
_NOTHING_TO_SEND = frozenset(
    {
        "InvalidParameterException",  # confirmed already
        "LimitExceededException",  # asked for too often
        "UserNotFoundException",
    }
)
_WRONG_CODE = frozenset(
    {
        "AliasExistsException",
        "CodeMismatchException",
        "ExpiredCodeException",
        "NotAuthorizedException",
        "UserNotFoundException",
    }
)
# Cognito says "not confirmed" whether the password is right or not, so that one is no exception.
_WRONG_CREDENTIALS = frozenset(
    {
        "NotAuthorizedException",
        "PasswordResetRequiredException",
        "UserNotConfirmedException",
        "UserNotFoundException",
    }
)


# Which of these it is does not matter to whom it belongs, and is nobody else's business.
_ENDED = frozenset(
    {
        "InvalidParameterException",
        "NotAuthorizedException",
        "RefreshTokenReuseException",
        "UnauthorizedException",
        "UnsupportedTokenTypeException",
        "UserNotFoundException",
    }
)


class CognitoAccounts:
    def __init__(self, app_client: str, *, confirm_in: str | None = None, cognito: Any = None):
        """`confirm_in`: the pool whose new accounts are confirmed at once; None asks for a code."""
        self._app_client = app_client
        self._confirm_in = confirm_in
        self._cognito = cognito or client("cognito-idp")

    def register(self, credentials: Credentials) -> Registration | None:
        try:
            answer = self._cognito.sign_up(
                ClientId=self._app_client,
                Username=credentials.email,
                Password=credentials.password,
                UserAttributes=[{"Name": "email", "Value": credentials.email}],
            )
            confirmed = bool(answer["UserConfirmed"])
            if self._confirm_in and not confirmed:
                self._cognito.admin_confirm_sign_up(
                    UserPoolId=self._confirm_in, Username=credentials.email
                )
                confirmed = True
        except AWS_ERRORS as error:
            match _code(error):
                case "UsernameExistsException":
                    self._send_again(credentials.email)
                    return None
                case "InvalidPasswordException":
                    raise InvalidInputError([Fault("password", _said(error))]) from None
                case "InvalidParameterException":
                    raise _by_field(error) from None
                case "CodeDeliveryFailureException":
                    raise AccountsUnavailableError("the code could not be sent") from error
                case _:
                    raise _translated(error) from error
        return Registration(user=answer["UserSub"], confirmed=confirmed)

    def _send_again(self, email: str) -> None:
        """A new code, if the address is registered and waits for one: the first may be lost.

        Cognito makes the account before it sends the code. The answer to the caller stays the same
        whether or not anything was sent, so it tells nobody who is registered.
        """
        if self._confirm_in is None:
            try:
                self._cognito.resend_confirmation_code(ClientId=self._app_client, Username=email)
            except AWS_ERRORS as error:
                if _code(error) not in _NOTHING_TO_SEND:
                    raise _translated(error) from error

    def confirm(self, email: str, code: str) -> bool:
        try:
            self._cognito.confirm_sign_up(
                ClientId=self._app_client, Username=email, ConfirmationCode=code
            )
        except AWS_ERRORS as error:
            if _code(error) in _WRONG_CODE or _code(error) == "InvalidParameterException":
                return False
            raise _translated(error) from error
        return True

    def login(self, credentials: Credentials) -> Tokens:
        try:
            answer = self._cognito.initiate_auth(
                ClientId=self._app_client,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={
                    "USERNAME": credentials.email,
                    "PASSWORD": credentials.password,
                },
            )
        except AWS_ERRORS as error:
            if _code(error) in _WRONG_CREDENTIALS or _code(error) == "InvalidParameterException":
                raise WrongCredentialsError from None
            raise _translated(error) from error
        result = answer.get("AuthenticationResult")
        if not result:  # a challenge: a second factor or a forced change, set by an administrator
            raise WrongCredentialsError
        return _tokens(result, result["RefreshToken"])

    def refresh(self, refresh_token: str) -> Tokens:
        """A client that rotates its tokens gets a new one of these; another keeps its own."""
        try:
            answer = self._cognito.get_tokens_from_refresh_token(
                ClientId=self._app_client, RefreshToken=refresh_token
            )
        except AWS_ERRORS as error:
            if _code(error) in _ENDED:
                raise SessionEndedError from None
            raise _translated(error) from error
        result = answer["AuthenticationResult"]
        return _tokens(result, result.get("RefreshToken") or refresh_token)

    def revoke(self, refresh_token: str) -> None:
        """What is no token of ours, or ended before, has nothing to end."""
        try:
            self._cognito.revoke_token(ClientId=self._app_client, Token=refresh_token)
        except AWS_ERRORS as error:
            if _code(error) not in _ENDED:
                raise _translated(error) from error


def _tokens(result: Mapping[str, Any], refresh_token: str) -> Tokens:
    return Tokens(
        access_token=result["AccessToken"],
        id_token=result["IdToken"],
        refresh_token=refresh_token,
        expires_in=int(result["ExpiresIn"]),
    )


def _code(error: Exception) -> str:
    return code_of(error) if isinstance(error, ClientError) else ""


def _said(error: Exception) -> str:
    """Cognito's own words; they name the rule of the pool that is broken."""
    assert isinstance(error, ClientError)
    return str(error.response.get("Error", {}).get("Message", "breaks a rule of the user pool"))


def _by_field(error: Exception) -> InvalidInputError:
    said = _said(error)
    field = "password" if "password" in said.lower() else "email"
    return InvalidInputError([Fault(field, said)])


def _translated(error: Exception) -> Exception:
    if _code(error) in _SLOW_DOWN:
        return TooManyAttemptsError()
    if passes(error):
        return AccountsUnavailableError("Cognito does not answer")
    return error
