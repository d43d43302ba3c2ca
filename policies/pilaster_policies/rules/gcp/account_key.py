"""No key of a service account: what runs on Google has none, and what does not can be trusted by
federation."""

from __future__ import annotations

from collections.abc import Iterator

from pilaster_policies.registry import Finding, Resource, Violation, rule
from pilaster_policies.rules.gcp.bindings import TYPES, bindings, known

ID = "gcp-account-key"
WHY = "A key is a password without an end: it is copied, and whoever has it is that account."
_MAKES_KEYS = ("roles/iam.serviceAccountKeyAdmin", "roles/storage.hmacKeyAdmin")
FIX = "leave it out: functions have tokens of where they run, CI has workload identity federation"


@rule(ID, on=("gcp:serviceaccount/key:Key", "gcp:storage/hmacKey:HmacKey"), why=WHY)
def key(resource: Resource) -> Iterator[Finding]:
    where = "" if resource.has("publicKeyData") else ", and its private half in the state"
    yield Violation(f"a key that is good until somebody deletes it{where}", FIX)


@rule(ID, on=TYPES, why=WHY)
def may_make_keys(resource: Resource) -> Iterator[Finding]:
    for each in bindings(resource):
        if (role := known(each.role)) in _MAKES_KEYS:
            yield Violation(f"{each.label}{role} is granted: its member may make keys", FIX)
