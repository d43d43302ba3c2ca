"""Pilaster on Azure: the same parts under the same names as on AWS."""

from pilaster.azure.api import Api, ApiArgs
from pilaster.azure.data_tier import DataTier, DataTierArgs
from pilaster.azure.function import Function, FunctionArgs
from pilaster.azure.group import Group, GroupArgs
from pilaster.azure.iam import Grant
from pilaster.azure.identity import Identity, IdentityArgs, IdentityRef
from pilaster.azure.naming import Place
from pilaster.azure.network import Network, NetworkArgs, NetworkRef
from pilaster.azure.secret import Secret, SecretArgs
from pilaster.packaging import Code

__all__ = [
    "Api",
    "ApiArgs",
    "Code",
    "DataTier",
    "DataTierArgs",
    "Function",
    "FunctionArgs",
    "Grant",
    "Group",
    "GroupArgs",
    "Identity",
    "IdentityArgs",
    "IdentityRef",
    "Network",
    "NetworkArgs",
    "NetworkRef",
    "Place",
    "Secret",
    "SecretArgs",
]
