"""A load balancer listens with TLS 1.2 or later; on HTTP it does nothing but send people there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, NotKnown, Resource, Violation, graph_rule, rule
from pilaster_policies.rules.in_transit import ID, OLD, PLAIN, WHY
from pilaster_policies.values import Value, inside, is_unknown

LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
_RULES = ("aws:lb/listenerRule:ListenerRule", "aws:alb/listenerRule:ListenerRule")
_CLASSIC = (
    "aws:elb/loadBalancer:LoadBalancer",
    "aws:elasticloadbalancing/loadBalancer:LoadBalancer",
)
_DEFAULT = "ELBSecurityPolicy-2016-08"
"""What a listener made by an API gets; the console's own default is another.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""
_BROKEN = re.compile(
    r"ELBSecurityPolicy-(?:(?:FS-)?20\d\d-\d\d|(?:TLS|TLS13|FS)-1-[01](?!\d).*)", re.DOTALL
)
"""Those that take TLS 1.0 or 1.1: the old ones named by their month, and what says so itself."""
FIX = "redirect to HTTPS, or set protocol to HTTPS and a certificate"
NEWER = "use ELBSecurityPolicy-TLS13-1-2-2021-06"


@rule(ID, on=LISTENERS, why=WHY)
def listener(resource: Resource) -> Iterator[Finding]:
    """One that does nothing but send to HTTPS is how browsers get there."""
    protocol = resource.get("protocol")
    if is_unknown(protocol):
        yield NotKnown(f"protocol, and with it whether {PLAIN}")
    elif protocol == "HTTP" and not _only_redirects(resource.get("defaultActions")):
        yield Violation(f"the listener speaks HTTP: {PLAIN}", FIX)
    policy = resource.get("sslPolicy")
    if isinstance(policy, str) and _BROKEN.fullmatch(policy):
        yield Violation(f"sslPolicy is {policy!r}: {OLD}", NEWER)
    elif policy in (None, "") and protocol in ("HTTPS", "TLS"):
        yield Violation(f"sslPolicy is not set, which means {_DEFAULT}: {OLD}", NEWER)


@graph_rule(ID, why=WHY)
def rules(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    """A listener that redirects by default may forward all the same, by a rule of its own.

    Rules of a listener that is not in the stack are left out: which protocol it speaks is said
    where it is made.
    """
    stack = Stack(resources)
    for each in stack.of(*_RULES):
        listeners = stack.references(each, "listenerArn", types=LISTENERS).found
        plain = [found for found in listeners if found.get("protocol") == "HTTP"]
        if plain and not _only_redirects(each.get("actions")):
            yield (
                each,
                Violation(
                    f"the rule answers on {plain[0].name}, which speaks HTTP, and does not "
                    f"redirect: {PLAIN}",
                    "put the rule on the HTTPS listener, or let it redirect to HTTPS",
                ),
            )


@rule(ID, on=_CLASSIC, why=WHY)
def classic(resource: Resource) -> Iterator[Finding]:
    """It cannot redirect. What it passes on as TCP may be encrypted by who answers."""
    said = resource.get("listeners")
    for each in _list(said):
        protocol = inside(each, "lbProtocol")
        if is_unknown(protocol):
            yield NotKnown(f"lbProtocol, and with it whether {PLAIN}")
        elif str(protocol).lower() == "http":
            yield Violation(
                f"a listener speaks HTTP: {PLAIN}",
                "set lbProtocol to https and sslCertificateId to a certificate",
            )


def _only_redirects(actions: Value) -> bool:
    """To HTTPS. What is not known yet is asked for by who read it."""
    listed = _list(actions)
    return bool(listed) and all(
        is_unknown(each)
        or (inside(each, "type") == "redirect" and inside(each, "redirect", "protocol") == "HTTPS")
        for each in listed
    )


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]
