"""The program: the stack's settings -> the system they name -> what the stack exports."""

import pulumi

from systems import chosen

for name, value in chosen.deploy().items():
    pulumi.export(name, value)
