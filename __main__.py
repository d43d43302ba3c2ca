"""The program: the stack's settings -> the system they name -> what the stack exports."""

import pulumi

from systems.documents.aws import page as documents_on_aws
from systems.settings import Settings

SYSTEMS = {"documents": documents_on_aws.deploy}

settings = Settings.of_stack()
for name, value in SYSTEMS[settings.system](settings).items():
    pulumi.export(name, value)
