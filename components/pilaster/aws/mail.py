"""Letters by SES: who writes them, and a configuration of the stack's own.

The decision taken here for everybody: mail goes out over TLS or not at all, and an address that
bounced or complained gets no more.
"""

import re
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from pilaster.aws.iam import Grant
from pilaster.naming import Place, once
from pilaster.tagging import tags

_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True, kw_only=True)
class MailArgs:
    """Who writes."""

    place: Place
    """Project, stack, account, region."""
    sender: str
    """The address letters come from, its domain in lower case."""
    identity: str | None = None
    """What the account has shown to be its own already: the sender's domain or the address itself.
    None makes an identity of the address, which is good once its owner follows the link SES sends
    there; an account has each identity once, so a second stack names the first one's."""

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.sender):
            raise ValueError(
                f"sender {self.sender!r} is no address: write it as name@example.org, the domain "
                "in lower case"
            )
        domain = self.sender.partition("@")[2]
        if self.identity is not None and self.identity not in (self.sender, domain):
            raise ValueError(
                f"identity {self.identity!r} does not send for {self.sender!r}: name the address "
                f"or its domain, {domain!r}"
            )


class Mail(pulumi.ComponentResource):
    """See the module's first lines."""

    sender: pulumi.Output[str]
    """The address letters come from. Known at preview."""
    configuration_set: pulumi.Output[str]
    """What a function names when it sends. Known at preview."""

    def __init__(
        self, name: str, args: MailArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("pilaster:aws:Mail", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        labels = tags(args.place, name)
        set_name = args.place.name("configuration-set", name)
        identity = args.identity or args.sender
        self._logical_name = name
        self._arns = [
            args.place.arn("ses", f"identity/{identity}"),
            args.place.arn("ses", f"configuration-set/{set_name}"),
        ]

        made = aws.sesv2.ConfigurationSet(
            f"{name}-configuration",
            configuration_set_name=set_name,
            delivery_options={"tls_policy": "REQUIRE"},
            reputation_options={"reputation_metrics_enabled": True},
            suppression_options={"suppressed_reasons": ["BOUNCE", "COMPLAINT"]},
            tags=labels,
            opts=child,
        )
        self.sender = pulumi.Output.from_input(args.sender)
        if args.identity is None:
            self.sender = once(
                aws.sesv2.EmailIdentity(
                    f"{name}-identity", email_identity=args.sender, tags=labels, opts=child
                ),
                args.sender,
            )
        self.configuration_set = once(made, set_name)
        self.register_outputs({"sender": self.sender, "configurationSet": self.configuration_set})

    def send(self) -> Grant:
        """Sending letters from the address, by the configuration."""
        return Grant(owner=self._logical_name, actions=["ses:SendEmail"], resources=self._arns)
