"""One name for one thing of Azure: the SDK has a type once more for each version of an API, and its
second and third edition call some modules by other names. Rules know the third edition's.
"""

from __future__ import annotations

import re
from functools import cache

_TYPE = re.compile(r"azure-native:(\w+)(?:/v(\d{8})\w*)?:(\w+)")
_MODULES = {"cache": "redis", "documentdb": "cosmosdb"}
_SINGLE = ("dbformysql", "dbforpostgresql")
"""Before 2020 these had one kind of server, which is called SingleServer now."""


@cache
def plain_type(type_: str) -> str:
    """`azure-native:sql/v20230801:Server` is `azure-native:sql:Server`; others stay as they are."""
    found = _TYPE.fullmatch(type_)
    if found is None:
        return type_
    module, version, name = found[1], found[2] or "", found[3]
    if module in _SINGLE and version and version < "2020" and not name.startswith("Single"):
        name = f"Single{name}" if name.startswith("Server") else f"SingleServer{name}"
    return f"azure-native:{_MODULES.get(module, module)}:{name}"
