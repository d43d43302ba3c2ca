"""What travels in plain text, who a list lets in, what a setting hides: second thoughts.

By somebody who wrote stacks from the providers' documentation and looked at what was not said. The
form is that of `policy_cases_access`.
"""

from __future__ import annotations

from typing import Any

from pilaster_policies.testing import UNKNOWN, Thing

from tests.support.policy_cases_access import OURS, THEIRS, Case, one, text
from tests.support.policy_cases_databases import made

FILES = "arn:aws:s3:::files"
BOTH = [FILES, f"{FILES}/*"]


def no_http(
    *denied: Any,
    action: Any = "s3:*",
    test: str = "Bool",
    said: Any = "false",
    who: Any = "*",
    name: Any = "files",
) -> tuple[Thing, ...]:
    """A bucket whose policy denies plain HTTP on each of these, in a statement each."""
    policy = text(
        *(
            {
                "Effect": "Deny",
                "Principal": who,
                "Action": action,
                "Resource": on,
                "Condition": {test: {"aws:SecureTransport": said}},
            }
            for on in denied
        )
    )
    return (
        Thing("aws:s3/bucket:Bucket", "files", {"bucket": name}),
        made("aws:s3/bucketPolicy:BucketPolicy", "only-tls", {"policy": policy}, bucket="files"),
    )


def listener(**more: Any) -> tuple[Thing, ...]:
    return one("aws:lb/listener:Listener", loadBalancerArn="lb", **more)


TO_HTTPS = {"type": "redirect", "redirect": {"protocol": "HTTPS", "statusCode": "HTTP_301"}}
FORWARD = {"type": "forward", "targetGroupArn": "t"}


def with_rule(*actions: Any, protocol: str = "HTTP") -> tuple[Thing, ...]:
    new = {"sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}
    return (
        Thing(
            "aws:lb/listener:Listener",
            "door",
            {"protocol": protocol, "defaultActions": [TO_HTTPS]}
            | (new if protocol == "HTTPS" else {}),
        ),
        made(
            "aws:lb/listenerRule:ListenerRule",
            "way",
            {"actions": [*actions]},
            listenerArn="door",
        ),
    )


def classic(*protocols: str) -> tuple[Thing, ...]:
    listeners = [{"lbProtocol": each, "lbPort": 80, "instancePort": 80} for each in protocols]
    return one("aws:elb/loadBalancer:LoadBalancer", listeners=listeners)


def posted(protocol: str) -> tuple[Thing, ...]:
    return one(
        "aws:sns/topicSubscription:TopicSubscription",
        topic="t",
        protocol=protocol,
        endpoint=f"{protocol}://shop.org/hook",
        redrivePolicy=text(),
    )


def schedule(**target: Any) -> tuple[Thing, ...]:
    arn = f"arn:aws:lambda:eu-west-2:{OURS}:function:tidy"
    return one(
        "aws:scheduler/schedule:Schedule",
        scheduleExpression="rate(1 hour)",
        target={"arn": arn, "roleArn": f"arn:aws:iam::{OURS}:role/tick", **target},
    )


TRANSIT: list[Case] = [
    ("plain HTTP is denied for a bucket and its objects", "transit", False, no_http(BOTH)),
    ("in a statement each", "transit", False, no_http(*BOTH)),
    ("for everything", "transit", False, no_http("*")),
    ("by a pattern that holds the bucket's name", "transit", False, no_http("arn:aws:s3:::fil*")),
    ("for the bucket alone", "transit", True, no_http(FILES)),
    ("for the objects alone", "transit", True, no_http(f"{FILES}/*")),
    ("for some of the objects", "transit", True, no_http([FILES, f"{FILES}/private/*"])),
    ("for another bucket", "transit", True,
     no_http(["arn:aws:s3:::other", "arn:aws:s3:::other/*"])),
    ("for a bucket whose name begins so", "transit", True,
     no_http(["arn:aws:s3:::files-2", "arn:aws:s3:::files-2/*"])),
    ("if the key is there", "transit", False, no_http(BOTH, test="BoolIfExists")),
    ("of every action there is", "transit", False, no_http(BOTH, action="*")),
    ("of all of S3, in pieces", "transit", False,
     no_http(BOTH, action=[f"s3:{first}*" for first in "ABCDGHILOPRSTU"])),
    ("of reading only", "transit", True, no_http(BOTH, action=["s3:Get*", "s3:List*"])),
    ("a value that is no text", "transit", False, no_http(BOTH, said=False)),
    ("where TLS is used", "transit", True, no_http(BOTH, said="true")),
    ("only for one principal", "transit", True,
     no_http(BOTH, who={"AWS": f"arn:aws:iam::{OURS}:role/app"})),
    ("of a bucket that is not named yet, for everything", "transit", False,
     no_http("arn:aws:s3:::*", name=UNKNOWN)),
    ("TLS by the default of the year 2016", "transit", True,
     listener(protocol="HTTPS", defaultActions=[FORWARD])),
    ("the same before bytes", "transit", True, listener(protocol="TLS", defaultActions=[FORWARD])),
    ("bytes that are not looked into", "transit", False,
     listener(protocol="TCP", defaultActions=[FORWARD])),
    ("TLS 1.0 under a newer name", "transit", True,
     listener(protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-0-2021-06")),
    ("forward secrecy of 2018, with TLS 1.0", "transit", True,
     listener(protocol="HTTPS", sslPolicy="ELBSecurityPolicy-FS-2018-06")),
    ("forward secrecy with TLS 1.2", "transit", False,
     listener(protocol="HTTPS", sslPolicy="ELBSecurityPolicy-FS-1-2-Res-2020-10")),
    ("keys for tomorrow", "transit", False,
     listener(protocol="HTTPS", sslPolicy="ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09")),
    ("a rule that forwards past the redirection", "transit", True, with_rule(FORWARD)),
    ("a rule that redirects to another page", "transit", False, with_rule(TO_HTTPS)),
    ("a rule that stays on HTTP", "transit", True,
     with_rule({"type": "redirect", "redirect": {"protocol": "HTTP", "statusCode": "HTTP_301"}})),
    ("a rule of an encrypted listener", "transit", False, with_rule(FORWARD, protocol="HTTPS")),
    ("an old load balancer in plain text", "transit", True, classic("http")),
    ("one of its listeners in plain text", "transit", True, classic("https", "HTTP")),
    ("an old load balancer with TLS", "transit", False, classic("https", "ssl")),
    ("messages posted in plain text", "transit", True, posted("http")),
    ("messages posted with TLS", "transit", False, posted("https")),
    ("a schedule without letters", "letters", True, schedule()),
    ("a schedule with its letters", "letters", False,
     schedule(deadLetterConfig={"arn": f"arn:aws:sqs:eu-west-2:{OURS}:dead"})),
]  # fmt: skip
IMAGE = "aws:ec2/amiLaunchPermission:AmiLaunchPermission"
SNAPSHOT = "aws:rds/snapshot:Snapshot"
SHARED: list[Case] = [
    ("an image for everybody", "who", True, one(IMAGE, imageId="ami-1", group="all")),
    ("an image for another's account", "who", True, one(IMAGE, imageId="ami-1", accountId=THEIRS)),
    ("an image for one's own account", "who", False, one(IMAGE, imageId="ami-1", accountId=OURS)),
    ("an image for one's own organisation", "who", False,
     one(IMAGE, imageId="ami-1",
         organizationArn=f"arn:aws:organizations::{OURS}:organization/o-1")),
    ("a database's snapshot for another's account", "who", True,
     one(SNAPSHOT, dbInstanceIdentifier="db", sharedAccounts=[OURS, THEIRS])),
    ("a database's snapshot for nobody", "who", False, one(SNAPSHOT, dbInstanceIdentifier="db")),
    ("a disk's snapshot for another's account", "who", True,
     one("aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission",
         snapshotId="snap-1", accountId=THEIRS)),
    ("a runbook for everybody", "who", True,
     one("aws:ssm/document:Document", permissions={"type": "Share", "accountIds": "All"})),
    ("a runbook for two accounts", "who", True,
     one("aws:ssm/document:Document", permissions={"type": "Share",
                                                   "accountIds": f"{OURS},{THEIRS}"})),
    ("a runbook", "who", False, one("aws:ssm/document:Document", content="{}")),
]  # fmt: skip
CASES = TRANSIT + SHARED
