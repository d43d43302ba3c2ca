"""No way from a principal to more than it was given.

The paths are those published at https://pathfinding.cloud (DataDog, 65 paths as of 2025-12-17),
which hold those of Rhino Security Labs (2018, 2019) and Bishop Fox (iam-vulnerable, 2021). Only
the smallest sets of actions stand here: what holds one of them is found by it. `sts:AssumeRole`
alone is no path of its own: the role's trust is judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pilaster_policies.actions import expand, level
from pilaster_policies.breadth import is_everything
from pilaster_policies.documents import Condition
from pilaster_policies.globs import is_anything, matches
from pilaster_policies.principals import Granted, Principal, principals
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
            by = [_granted(principal, action, needed) for action in needed]
            if all(by):
                places = sorted({each.here for each in by if each})
                first = next(each for each in by if each)
                yield (
                    first.carrier,
                    Violation(
                        f"{principal.resource.name} may {' + '.join(needed)} ({name} of "
                        f"pathfinding.cloud; {'; '.join(places)}): it can give itself what it was "
                        "not given",
                        FIX,
                        first.statement.label,
                    ),
                )


def _granted(principal: Principal, action: str, path: tuple[str, ...]) -> Granted | None:
    """The statement that allows the action on more than something named.

    What somebody may do is another matter: who writes the policy of one role has what it is given,
    the moment anything of theirs may use it. Naming the role is no bound; a boundary is.
    """
    if any(action in expand(pattern) for pattern in principal.denied()):
        return None
    if principal.boundary is not None and not any(
        each.allows and any(action in expand(pattern) for pattern in each.actions)
        for each in principal.boundary
    ):
        return None
    for each in principal.allowed():
        statement = each.statement
        if not any(action in expand(pattern) for pattern in statement.actions):
            continue
        if any(_narrows(condition, action, path) for condition in statement.conditions):
            continue
        if _manages(action) or any(_is_broad(each, principal) for each in statement.resources):
            return each
    return None


def _manages(action: str) -> bool:
    """It says what somebody may do."""
    return action.startswith("iam:") and (
        action == "iam:AddUserToGroup" or "Permissions management" in level(action)
    )


def _is_broad(resource: str, principal: Principal) -> bool:
    """All of a kind, or the principal itself."""
    if is_everything(resource):
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
