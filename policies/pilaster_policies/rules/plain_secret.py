"""No secret in a plain environment: who may read a function's settings would read its secrets.

Judged by name, by value, and by the mark the program itself gave it. No value ever appears in a
message. A reference (an ARN, a name, an address) to where a secret is kept is what belongs there.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pilaster_policies.credentials import looks_like, named_like, refers, says_digest
from pilaster_policies.registry import Finding, Resource, Violation, graph_rule, rule
from pilaster_policies.values import SecretText, Unknown, Value, from_json, is_unknown, texts

ID = "aws-plain-secret"
WHY = "Secrets are kept where access to them is granted, logged and rotated, not in settings."
FIX = (
    "keep it in Secrets Manager or as a SecureString, pass its ARN, and read it at start; then "
    "change it: what stood here has been seen"
)

_VARIABLES: dict[str, tuple[tuple[str, ...], ...]] = {
    "aws:lambda/function:Function": (("environment", "variables"),),
    "aws:apprunner/service:Service": (
        (
            "sourceConfiguration",
            "imageRepository",
            "imageConfiguration",
            "runtimeEnvironmentVariables",
        ),
        (
            "sourceConfiguration",
            "codeRepository",
            "codeConfiguration",
            "codeConfigurationValues",
            "runtimeEnvironmentVariables",
        ),
    ),
    "aws:codebuild/project:Project": (("environment", "environmentVariables"),),
    "aws:synthetics/canary:Canary": (("runConfig", "environmentVariables"),),
    "aws:sagemaker/trainingJob:TrainingJob": (("environment",),),
    "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime": (("environmentVariables",),),
    "aws:lambda/microvmsImage:MicrovmsImage": (("environmentVariables",),),
    "aws:lambdamicrovms/image:Image": (("environmentVariables",),),
    "aws:amplify/app:App": (("environmentVariables",),),
    "aws:amplify/branch:Branch": (("environmentVariables",),),
    "aws:glue/job:Job": (("defaultArguments",),),
    "aws:sagemaker/model:Model": (("primaryContainer", "environment"), ("containers",)),
    "aws:elasticbeanstalk/environment:Environment": (("settings",),),
    "aws:elasticbeanstalk/configurationTemplate:ConfigurationTemplate": (("settings",),),
}
_DOCUMENTS = {
    "aws:ecs/taskDefinition:TaskDefinition": ("containerDefinitions",),
    "aws:batch/jobDefinition:JobDefinition": (
        "containerProperties",
        "nodeProperties",
        "ecsProperties",
        "eksProperties",
    ),
}
_SCRIPTS = {
    "aws:ec2/instance:Instance": ("userData", "userDataBase64"),
    "aws:ec2/launchTemplate:LaunchTemplate": ("userData",),
    "aws:ec2/launchConfiguration:LaunchConfiguration": ("userData", "userDataBase64"),
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest": ("userData", "userDataBase64"),
    "aws:imagebuilder/imageRecipe:ImageRecipe": ("userDataBase64",),
    "aws:lightsail/instance:Instance": ("userData",),
}


@rule(ID, on=_VARIABLES, why=WHY)
def variables(resource: Resource) -> Iterator[Finding]:
    for path in _VARIABLES[resource.type]:
        yield from environment(resource, ".".join(path), resource.get(*path))


@rule(ID, on=_DOCUMENTS, why=WHY)
def containers(resource: Resource) -> Iterator[Finding]:
    for where in _DOCUMENTS[resource.type]:
        value = resource.get(where)
        if isinstance(value, Unknown):
            continue
        document = _parsed(value)
        marked = isinstance(value, SecretText)
        for number, each in enumerate(_under(document, ("environment", "env")), 1):
            yield from environment(resource, f"{where}, environment {number}", each, marked)
        for number, command in enumerate(_under(document, ("command", "entrypoint", "args")), 1):
            yield from _command(f"{where}, command {number}", command)


@rule(ID, on=_SCRIPTS, why=WHY)
def scripts(resource: Resource) -> Iterator[Finding]:
    for where in _SCRIPTS[resource.type]:
        value = resource.get(where)
        if isinstance(value, SecretText):
            yield _secret(f"{where} holds a Pulumi secret")
        elif isinstance(value, str):
            yield from _script(where, _decoded(value))


@rule(ID, on="aws:ssm/parameter:Parameter", why=WHY)
def parameter(resource: Resource) -> Iterator[Finding]:
    """SDKs mark the value of every parameter as secret: the mark says nothing here."""
    if resource.get("type") not in ("String", "StringList"):
        return
    name = str(resource.get("name")).rpartition("/")[2]
    for where in ("value", "insecureValue"):
        value = resource.get(where)
        text = str(value) if isinstance(value, str | int | float) else ""
        kind = looks_like(text, name)
        if kind or (text and not refers(name, text) and named_like(name, text)):
            yield Violation(
                f"{where} holds {kind or 'what the name says is a credential'}, and the type is "
                "String: whoever may read parameters has it, no key stands before it",
                "set type to SecureString, and change it: what stood here has been seen",
            )


@graph_rule(ID, why=WHY)
def made_of(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Finding]]:
    """What is not known yet and made of a resource of this stack is its address or its name:
    what a provider itself holds to be secret, it marks."""
    for resource in resources:
        for path in _VARIABLES.get(resource.type, ()):
            made = [each.type for each in resource.needs.get(path[0], ())]
            known = bool(made) and all(type_.startswith("aws:") for type_ in made)
            for name, value in _unknowns(resource.get(*path)):
                if not value.secret and not named_like(name, "") and not says_digest(name):
                    resource.ask((*path, name), unknown=not known)
    yield from ()


def _unknowns(value: Value) -> Iterator[tuple[str, Unknown]]:
    if isinstance(value, dict):
        name = value.get("name")
        for key, item in value.items():
            if isinstance(item, Unknown):
                yield (name if isinstance(name, str) else key), item
            else:
                yield from _unknowns(item)
    elif isinstance(value, list):
        for item in value:
            yield from _unknowns(item)


def environment(
    resource: Resource, where: str, value: Value, marked: bool = False
) -> Iterator[Finding]:
    """Either names with values, or a list of `{name, value}`, as services have it."""
    if isinstance(value, Unknown):
        if value.secret:
            yield _secret(f"{where} is made of a Pulumi secret")
        else:
            resource.ask((where,), unknown=True)
    elif isinstance(value, list):
        for entry in value:
            if isinstance(entry, dict) and isinstance(entry.get("name"), str):
                # A build's variable of another kind is a reference to where the secret is.
                if entry.get("type") in (None, "", "PLAINTEXT"):
                    yield from _variable(resource, where, entry["name"], entry.get("value"), marked)
            else:
                if isinstance(entry, dict) and is_unknown(entry.get("name")):
                    resource.ask((where, "name"), unknown=True)
                yield from environment(resource, where, entry, marked)
    elif isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, dict | list):
                yield from environment(resource, f"{where}.{name}", item, marked)
            else:
                yield from _variable(resource, where, name, item, marked)


def _variable(
    resource: Resource, where: str, name: str, value: Value, marked: bool
) -> Iterator[Finding]:
    if isinstance(value, Unknown):
        if value.secret:
            yield _secret(f"{where}: {name} is made of a Pulumi secret")
        elif named_like(name, ""):
            resource.ask((where, name), unknown=True)
        return  # under other names: see `made_of`
    text = str(value) if isinstance(value, str | int | float) else ""
    if kind := looks_like(text, name):
        yield _secret(f"{where}: {name} holds {kind}")
    elif refers(name, text):
        return
    elif marked or isinstance(value, SecretText):
        yield _secret(f"{where}: {name} holds a Pulumi secret")
    elif word := named_like(name, text):
        yield _secret(
            f"{where}: {name} is named like a credential ({word}) and holds a plain value"
        )
    elif text.lstrip()[:1] in ("{", "["):
        # Settings packed into one variable, as JSON.
        inside = _parsed(text)
        if isinstance(inside, dict | list):
            yield from environment(resource, f"{where}.{name}", inside)


def _script(where: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        here = f"{where}, line {number}"
        if kind := looks_like(line, ""):
            yield _secret(f"{here} holds {kind}")
            continue
        name, found, value = line.strip().removeprefix("export ").partition("=")
        value = value.strip().strip("'\"")
        if not found or not name.replace("_", "").isalnum() or value.startswith(("$", "`")):
            continue  # a value that is fetched when it runs is what is wanted
        if not refers(name, value) and (word := named_like(name, value)):
            yield _secret(f"{here}: {name} is named like a credential ({word}), with a plain value")


def _secret(what: str) -> Violation:
    return Violation(f"{what}: whoever may look at the settings has it", FIX)


def _parsed(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    try:
        return from_json(value)
    except ValueError:
        return None


def _under(document: Value, keys: Sequence[str]) -> Iterator[Value]:
    """What stands under these keys of every container, wherever a service's document has them."""
    if isinstance(document, list):
        for item in document:
            yield from _under(item, keys)
    elif isinstance(document, dict):
        for key, item in document.items():
            if key.lower() in keys:
                yield item
            else:
                yield from _under(item, keys)


def _command(where: str, value: Value) -> Iterator[Finding]:
    """Its arguments: `--password=x`, and `--password` with the next one."""
    for argument, following in pairwise([*texts(value), ""]):
        if kind := looks_like(argument, ""):
            yield _secret(f"{where} holds {kind}")
        if not argument.startswith("-"):
            continue
        name, found, text = argument.strip("-").partition("=")
        text = text if found else following
        fetched = text.startswith(("$", "`", "-"))
        if text and not fetched and not refers(name, text) and (word := named_like(name, text)):
            yield _secret(
                f"{where}: {name} is named like a credential ({word}), with a plain value"
            )


def _decoded(text: str) -> str:
    """User data is text, or the same in base64."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return text
