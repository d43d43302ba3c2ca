"""Pilaster on Google Cloud: the same blocks as on AWS, by the same names."""

from pilaster.gcp.api import Api, ApiArgs
from pilaster.gcp.data_tier import DatabaseUser, DataTier, DataTierArgs
from pilaster.gcp.function import Function, FunctionArgs
from pilaster.gcp.iam import Grant
from pilaster.gcp.identity import Identity, IdentityArgs, IdentityRef
from pilaster.gcp.naming import Place
from pilaster.gcp.network import Network, NetworkArgs, NetworkRef
from pilaster.gcp.secret import Secret, SecretArgs
from pilaster.gcp.sources import Sources, SourcesArgs, SourcesRef
from pilaster.packaging import Code

__all__ = [
    "Api",
    "ApiArgs",
    "Code",
    "DataTier",
    "DataTierArgs",
    "DatabaseUser",
    "Function",
    "FunctionArgs",
    "Grant",
    "Identity",
    "IdentityArgs",
    "IdentityRef",
    "Network",
    "NetworkArgs",
    "NetworkRef",
    "Place",
    "Secret",
    "SecretArgs",
    "Sources",
    "SourcesArgs",
    "SourcesRef",
]
