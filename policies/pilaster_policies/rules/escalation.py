"""No way from a principal to more than it was given.

The paths are those published at https://pathfinding.cloud (DataDog, 65 paths as of 2025-12-17),
which hold those of Rhino Security Labs (2018, 2019) and Bishop Fox (iam-vulnerable, 2021). Only
the smallest sets of actions stand here: what holds one of them is found by it. `sts:AssumeRole`
alone is no path of its own: the role's trust is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pilaster_policies.actions import expand, level, templates
from pilaster_policies.breadth import is_everything, is_open
from pilaster_policies.calls.granted import NOTHING
from pilaster_policies.documents import Condition, Statement
from pilaster_policies.globs import is_anything, matches
from pilaster_policies.principals import Granted, Principal, principals
from pilaster_policies.proof.containment import Power, no_broader
from pilaster_policies.references import Stack
from pilaster_policies.registry import Finding, Resource, Violation, graph_rule
from pilaster_policies.rules.pass_role import KEY

ID = "aws-privilege-escalation"
WHY = "Nobody can give themselves what they were not given."
FIX = (
    "take one of these actions away, name the resources it is for, or add a condition "
    "(iam:PassedToService, iam:PermissionsBoundary, aws:ResourceTag)"
)

_P = "iam:PassRole"
PATHS: dict[str, tuple[str, ...]] = {
    # On oneself or on somebody with more.
    "iam-001": ("iam:CreatePolicyVersion",),
    "iam-002": ("iam:CreateAccessKey",),
    "iam-004": ("iam:CreateLoginProfile",),
    "iam-005": ("iam:PutRolePolicy",),
    "iam-006": ("iam:UpdateLoginProfile",),
    "iam-007": ("iam:PutUserPolicy",),
    "iam-008": ("iam:AttachUserPolicy",),
    "iam-009": ("iam:AttachRolePolicy",),
    "iam-010": ("iam:AttachGroupPolicy",),
    "iam-011": ("iam:PutGroupPolicy",),
    "iam-012": ("iam:UpdateAssumeRolePolicy",),
    "iam-013": ("iam:AddUserToGroup",),
    # Rhino's seventh, for versions that are there already.
    "SetExistingDefaultPolicyVersion": ("iam:SetDefaultPolicyVersion",),
    # A role with more, handed to a service that runs what one gives it.
    "apprunner-001": (_P, "apprunner:CreateService"),
    "bedrock-001": (
        _P,
        "bedrock-agentcore:CreateCodeInterpreter",
        "bedrock-agentcore:StartCodeInterpreterSession",
        "bedrock-agentcore:InvokeCodeInterpreter",
    ),
    "cloudformation-001": (_P, "cloudformation:CreateStack"),
    "cloudformation-003": (
        _P,
        "cloudformation:CreateStackSet",
        "cloudformation:CreateStackInstances",
    ),
    "cloudformation-004": (_P, "cloudformation:UpdateStackSet"),
    "codebuild-001": (_P, "codebuild:CreateProject", "codebuild:StartBuild"),
    "codebuild-004": (_P, "codebuild:CreateProject", "codebuild:StartBuildBatch"),
    "datapipeline-001": (
        _P,
        "datapipeline:CreatePipeline",
        "datapipeline:PutPipelineDefinition",
        "datapipeline:ActivatePipeline",
    ),
    "ec2-001": (_P, "ec2:RunInstances"),
    "ec2-003": (_P, "ec2:RequestSpotInstances"),
    "ecs-003": (_P, "ecs:RegisterTaskDefinition", "ecs:CreateService"),
    "ecs-004": (_P, "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    "ecs-005": (_P, "ecs:RegisterTaskDefinition", "ecs:StartTask"),
    "glue-001": (_P, "glue:CreateDevEndpoint"),
    "glue-003": (_P, "glue:CreateJob", "glue:StartJobRun"),
    "glue-004": (_P, "glue:CreateJob", "glue:CreateTrigger"),
    "glue-005": (_P, "glue:UpdateJob", "glue:StartJobRun"),
    "glue-006": (_P, "glue:UpdateJob", "glue:CreateTrigger"),
    "lambda-001": (_P, "lambda:CreateFunction", "lambda:InvokeFunction"),
    "lambda-002": (_P, "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    "lambda-006": (_P, "lambda:CreateFunction", "lambda:AddPermission"),
    "sagemaker-001": (_P, "sagemaker:CreateNotebookInstance"),
    "sagemaker-002": (_P, "sagemaker:CreateTrainingJob"),
    "sagemaker-003": (_P, "sagemaker:CreateProcessingJob"),
    # Something that runs with a role already, made to run what one likes.
    "apprunner-002": ("apprunner:UpdateService",),
    "bedrock-002": (
        "bedrock-agentcore:StartCodeInterpreterSession",
        "bedrock-agentcore:InvokeCodeInterpreter",
    ),
    "cloudformation-002": ("cloudformation:UpdateStack",),
    "cloudformation-005": (
        "cloudformation:CreateChangeSet",
        "cloudformation:ExecuteChangeSet",
    ),
    "codebuild-002": ("codebuild:StartBuild",),
    "codebuild-003": ("codebuild:StartBuildBatch",),
    "ec2-002": ("ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"),
    "ec2-004": ("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
    "ec2instanceconnect-003": ("ec2-instance-connect:SendSSHPublicKey", "ec2:DescribeInstances"),
    "glue-002": ("glue:UpdateDevEndpoint",),
    "lambda-003": ("lambda:UpdateFunctionCode",),
    "sagemaker-004": ("sagemaker:CreatePresignedNotebookInstanceUrl",),
    "sagemaker-005": (
        "sagemaker:CreateNotebookInstanceLifecycleConfig",
        "sagemaker:StopNotebookInstance",
        "sagemaker:UpdateNotebookInstance",
        "sagemaker:StartNotebookInstance",
    ),
    "ssm-001": ("ssm:StartSession",),
    "ssm-002": ("ssm:SendCommand",),
}
_TAGS = ("aws:resourcetag/", "iam:resourcetag/", "ssm:resourcetag/", "ec2:resourcetag/")
_BOUNDS = ("iam:permissionsboundary", "iam:policyarn")
_OWN_NAME = re.compile(r"\$\{aws:(?:username|principaltag/[^}]*)\}", re.IGNORECASE)


@graph_rule(ID, why=WHY)
def paths(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    for principal in principals(Stack(resources)):
        for name, needed in PATHS.items():
            by = _path(principal, needed)
            if by and not any(_path(group, needed) for group in principal.groups):
                yield (
                    by[0].carrier,
                    Violation(
                        f"{principal.resource.name} may {' + '.join(needed)} ({name} of "
                        f"pathfinding.cloud; {'; '.join(sorted({each.here for each in by}))}): it "
                        "can give itself what it was not given",
                        FIX,
                        by[0].statement.label,
                    ),
                )


def _path(principal: Principal, needed: tuple[str, ...]) -> list[Granted]:
    """The statements that allow all of it; none where one is missing."""
    by: list[Granted] = []
    for action in needed:
        found = _granted(principal, action, needed)
        if found is None:
            return []
        by.append(found)
    return by


def _granted(principal: Principal, action: str, path: tuple[str, ...]) -> Granted | None:
    """The statement that allows the action on more than something named.

    What somebody may do is another matter: who writes the policy of one role has what it is given,
    the moment anything of theirs may use it. Naming the role is no bound; a boundary is.
    """
    for each in principal.allowed():
        if each.statement.not_actions:
            continue  # refused as such
        wide = _widely(each.statement, action, path, principal)
        if wide is not None and _is_left(wide, action, path, principal):
            return each
    return None


def _widely(
    statement: Statement, action: str, path: tuple[str, ...], principal: Principal
) -> Statement | None:
    """What it allows of the action on more than something named, if anything."""
    named = statement.other_actions if statement.not_actions else statement.actions
    meant = any(action in expand(pattern) for pattern in named) != statement.not_actions
    if not meant or any(_narrows(each, action, path) for each in statement.conditions):
        return None
    resources = statement.resources
    if not _manages(action) and not statement.not_resources:
        resources = tuple(each for each in resources if _is_broad(each, action, principal))
        if not resources:
            return None
    return replace(
        statement, actions=(action,), not_actions=False, other_actions=(), resources=resources
    )


def _is_left(wide: Statement, action: str, path: tuple[str, ...], principal: Principal) -> bool:
    """Whether any such request is allowed: denied by nothing, and within the boundary."""
    denials = tuple(principal.denials())
    if not denials and principal.boundary is None:
        return True
    bounds: list[tuple[Statement, ...]] = []
    if principal.boundary is not None:
        kept = (
            _widely(each, action, path, principal) if each.allows else each
            for each in principal.boundary
        )
        bounds.append(tuple(each for each in kept if each is not None))
    said = (*denials, *(each for each in principal.boundary or () if not each.allows))
    asked = _of_one_partition(wide, action, said)
    return no_broader(Power((asked, *denials), tuple(bounds)), NOTHING).verdict != "contained"


def _of_one_partition(wide: Statement, action: str, denials: tuple[Statement, ...]) -> Statement:
    """A principal meets one partition, the one its denials speak of; `*` would mean them all."""
    said = {each.split(":")[1] for s in denials for each in s.resources if each.count(":") > 4}
    arns, also_none = templates(action)
    if len(said) != 1 or also_none or not arns:
        return wide
    arn = f"arn:{said.pop()}:*:*:*:*"
    return replace(wide, resources=tuple(arn if is_everything(r) else r for r in wide.resources))


def _manages(action: str) -> bool:
    """It says what somebody may do."""
    return action.startswith("iam:") and (
        action == "iam:AddUserToGroup" or "Permissions management" in level(action)
    )


def _is_broad(resource: str, action: str, principal: Principal) -> bool:
    """All of a kind, or the principal itself."""
    if is_everything(resource) or is_open(resource, action):
        return True
    if _OWN_NAME.search(resource):
        return False  # one's own keys and password: what users are meant to change
    last = resource.split(":", 5)[-1]
    kind, found, name = last.partition("/") if "/" in last else last.partition(":")
    if found and name.strip("*?/") == "" and name:
        return True
    own = principal.resource.props.get("arn")
    own_name = principal.resource.props.get("name")
    if isinstance(own, str) and matches(resource, own):
        return True
    return (
        isinstance(own_name, str)
        and kind in ("role", "user", "group")
        and matches(name.rpartition("/")[2], own_name)
    )


def _narrows(condition: Condition, action: str, path: tuple[str, ...]) -> bool:
    operator = condition.operator.lower()
    if "not" in operator or operator.startswith("forallvalues") or not condition.values:
        return False
    if operator.endswith("ifexists") or any(map(is_anything, condition.values)):
        return False
    if action == _P and condition.key == KEY:
        # The others' service is the one that would run with the role.
        used = {each.partition(":")[0] for each in path if each != _P}
        return not any(
            matches(value.lower(), f"{service}{more}.amazonaws.com")
            for value in condition.values
            for service in used
            for more in ("", "-tasks")
        )
    return condition.key.startswith((*_TAGS, *_BOUNDS))
