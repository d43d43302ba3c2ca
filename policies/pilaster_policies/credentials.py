"""What looks like a credential: by its name, and by its value. Nothing here prints a value."""

from __future__ import annotations

import re

from pilaster_policies.drawn import PATH, is_drawn, is_random

_WORDS = ("bearer", "cred", "creds", "credential", "credentials", "pass", "secrets")
_ENDINGS = (
    "accesskey",
    "apikey",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "secretkey",
    "token",
)
"""A word is one of these or ends in it: PGPASSWORD is one word."""
_PASSING = ("bypass", "compass", "overpass", "trespass", "underpass")
"""What ends in `pass` and is none, where DBPASS is one."""
_HOLDING = ("key", "keys", "token", "secret", "password")
"""A name that ends in one of these and has a random value holds a credential."""
_PUBLIC = {"public", "publishable", "site"}
"""Of a pair of keys, the half that everybody may have."""
_KEYS = {"api", "access", "private", "signing", "encryption", "master", "hmac", "ssh", "jwt"}
"""Words that make the following `key` a credential."""
_ABOUT = {
    "algorithm",
    "alias",
    "arn",
    "arns",
    "attribute",
    "audience",
    "auth",
    "backend",
    "bucket",
    "capacity",
    "check",
    "claim",
    "class",
    "column",
    "cookie",
    "count",
    "date",
    "day",
    "days",
    "domain",
    "driver",
    "email",
    "enabled",
    "encoding",
    "endpoint",
    "env",
    "expires",
    "expiry",
    "field",
    "file",
    "format",
    "function",
    "group",
    "handler",
    "header",
    "hint",
    "history",
    "host",
    "hours",
    "id",
    "ids",
    "index",
    "issuer",
    "kind",
    "label",
    "length",
    "lifetime",
    "limit",
    "link",
    "location",
    "login",
    "manager",
    "max",
    "maximum",
    "min",
    "minimum",
    "minutes",
    "mode",
    "module",
    "name",
    "names",
    "owner",
    "param",
    "parameter",
    "path",
    "pattern",
    "plugin",
    "policy",
    "port",
    "prefix",
    "provider",
    "queue",
    "rate",
    "reader",
    "ref",
    "region",
    "required",
    "reset",
    "resolver",
    "role",
    "rotation",
    "rules",
    "scope",
    "seconds",
    "service",
    "size",
    "source",
    "state",
    "status",
    "store",
    "strategy",
    "table",
    "template",
    "topic",
    "ttl",
    "type",
    "uri",
    "url",
    "use",
    "user",
    "username",
    "validity",
    "version",
    "window",
}
"""A name that ends in one of these speaks of a credential and holds none."""

_DRAWN = {
    "build",
    "ca",
    "cert",
    "certificate",
    "chain",
    "cid",
    "ciphertext",
    "client",
    "commit",
    "etag",
    "guid",
    "hash",
    "image",
    "integrity",
    "kid",
    "md5",
    "measurement",
    "pool",
    "release",
    "revision",
    "sha",
    "sha1",
    "sheet",
    "tag",
    "thumbprint",
    "trace",
    "uuid",
}
"""A name that ends in one of these may hold something drawn that everybody may know."""

_DIGESTS = {"checksum", "digest", "fingerprint", "sha256", "sha512"}
"""What a name ends in that holds what a credential is compared with. `HASH` is none of them: a
password's can be guessed from."""
_DIGEST = re.compile(r"(?:[0-9a-f]{64}|[0-9a-f]{128})(?:,(?:[0-9a-f]{64}|[0-9a-f]{128}))*|")

_VALUES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), "an AWS access key id"),
    (re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY"), "a private key"),
    (re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"), "a JSON web token"),
    (re.compile(r"\bsk-(?=[\w-]*\d)[\w-]{20,}"), "a model provider's key"),
    (re.compile(r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}"), "a payment provider's key"),
    (re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})"), "a GitHub token"),
    (re.compile(r"\bglpat-[\w-]{20,}"), "a GitLab token"),
    (re.compile(r"\bxox[abeprs]-[\w-]{10,}"), "a Slack token"),
    (re.compile(r"hooks\.slack\.com/(?:services|workflows)/[\w/]{20,}"), "a Slack webhook"),
    (re.compile(r"^(?:Basic|Bearer) +(?=\S*\d)[\w.~+/-]{12,}=*$"), "an Authorization header"),
    (re.compile(r"discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,}"), "a Discord webhook"),
    (re.compile(r"\bhf_[A-Za-z0-9]{30,}"), "a model hub's token"),
    (re.compile(r"\bwhsec_[A-Za-z0-9+/=]{20,}"), "a webhook's secret"),
    (re.compile(r"^base64:[A-Za-z0-9+/]{40,}=*$"), "an application's key"),
    (re.compile(r'"auth"\s*:\s*"[A-Za-z0-9+/]{8,}=*"'), "a registry's login"),
    (re.compile(r"\bAIza[\w-]{35}"), "a Google API key"),
    (re.compile(r"\bnpm_[A-Za-z0-9]{30,}"), "an npm token"),
    (re.compile(r"\bSG\.[\w-]{16,}\.[\w-]{16,}"), "a SendGrid key"),
    (re.compile(r"^django-insecure-\S{4,}"), "a key that says itself that it is not safe"),
    (
        re.compile(
            r"(?i)[?&](?:(?:x-)?api[_-]?key|(?:(?:access|api|auth|bearer|client|refresh)[_-]?)?token"
            r"|(?:(?:api|app|client|shared)[_-]?)?secret|subscription-key)=(?![$<{*%:\[])[^&\s#]{8,}"
            r"|[?&](?:sig|signature|x-amz-signature)=(?![$<{*:\[])[^&\s#]{20,}"
        ),
        "an address with a credential in its query",
    ),
    (
        re.compile(r"(?:^|[\s=])[\w.-]{1,64}:(?![$<{*]|%s)[^\s@]{1,256}@(?:tcp[46]?|unix)\("),
        "a connection string with a password in it",
    ),
    (re.compile(r"://[^/\s:@]*:(?![$<{*]|%s)[^/\s@]+@"), "an address with a password in it"),
    (
        re.compile(
            r"(?i)(?:password|pwd|accountkey|sharedaccesskey)\s*=\s*(?![$<{*;\s'\"])[^;\s]{3,}"
        ),
        "a connection string with a password in it",
    ),
)
_REFERENCE = re.compile(
    r"arn:aws[\w-]*:.*"
    r"|\{\{resolve:.*\}\}"
    r"|https?://[^\s@]*"
    r"|alias/[\w/-]+"  # of a key that never leaves KMS
    r"|/[\w.-]+(?:/[\w.-]+)*"  # a parameter's path, or a file's
    r"|(?i:true|false|yes|no|on|off|0|1|none|null|enabled|disabled|required|optional)"
    r"|\$\{[^}]*\}|\$[A-Za-z_]\w*|<[^>]*>|",
    re.DOTALL,
)


def words(name: str) -> list[str]:
    """The words of a name, in lower case: DB_PASSWORD, dbPassword and db-password have the same."""
    parted = re.sub(r"([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])", r"\1\3_\2", name)
    return [word for word in re.split(r"[^a-z0-9]+", parted.lower()) if word]


def says_digest(name: str, value: str = "") -> bool:
    """Whether the name says it is one, and the value, where it is known, is."""
    said = words(name)
    return bool(said) and said[-1] in _DIGESTS and _DIGEST.fullmatch(value) is not None


def named_like(name: str, value: str) -> str | None:
    """The word by which a name says that it holds a credential; None if it does not."""
    said = words(name)
    if not said or said[-1] in _ABOUT or said[0] in ("max", "min") or _PUBLIC & set(said):
        return None
    if says_digest(name, value):
        return None
    for numbered, following in zip(said, [*said[1:], ""], strict=True):
        word = numbered.rstrip("0123456789")
        # Only at the end: LASTPASS_FOLDER and PW_BROWSER speak of tools.
        ending = word.endswith("pass") or word == "pw"
        passes = ending and not following and word not in _PASSING
        if word in _WORDS or passes or word.endswith(_ENDINGS):
            # TOKEN_BUDGET=100 and FIRST_PASS=1 are numbers about something.
            if word in ("token", "pass") and value.isdigit():
                return None
            return word
        if word in _KEYS and following in ("key", "keys"):
            return f"{word} {following}"
    return None


def refers(name: str, value: str) -> bool:
    """Whether the value says where a secret is kept instead of being one."""
    if _REFERENCE.fullmatch(value):
        return True
    # `prod/database/writer` is a secret's name where the variable speaks of a secret.
    return "secret" in words(name) and PATH.fullmatch(value) is not None


def looks_like(value: str, name: str) -> str | None:
    """What kind of credential a value is; None if it does not look like one."""
    for pattern, kind in _VALUES:
        if pattern.search(value):
            return kind
    said = words(name)
    holds_key = bool(said) and not _PUBLIC & set(said) and said[-1] in _HOLDING
    if (holds_key and is_random(value)) or (_may_hide(said) and is_drawn(value)):
        return "a value that looks like a key"
    return None


def _may_hide(said: list[str]) -> bool:
    """Whether a name leaves open that what was drawn by chance is nobody's business."""
    return bool(said) and not _PUBLIC & set(said) and said[-1] not in _ABOUT | _DRAWN | _DIGESTS
