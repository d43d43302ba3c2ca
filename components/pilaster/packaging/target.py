"""What a package is built for: a Python version on a kind of machine."""

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from pilaster.packaging import archive

Architecture = Literal["arm64", "x86_64"]

_ARCHITECTURES: Mapping[str, Architecture] = {
    "aarch64": "arm64",
    "arm64": "arm64",
    "x86_64": "x86_64",
    "amd64": "x86_64",
}
_LIBC = "manylinux_2_34"
_LIBC_BEFORE_312: Mapping[str, str] = {"3.10": "manylinux2014", "3.11": "manylinux2014"}
_WHEEL_MACHINES: Mapping[str, str] = {"arm64": "aarch64", "x86_64": "x86_64"}


@dataclass(frozen=True, kw_only=True)
class Target:
    """A Python version and a machine. The default is AWS Lambda's, as we use it."""

    python: str = "3.13"
    """Python's version, major and minor."""
    architecture: Architecture = "arm64"
    """`arm64` or `x86_64`, in AWS's words."""
    libc: str = ""
    """The newest C library wheels may want. Empty for that of Lambda's Python: 3.12 and later stand
    on 2.34, earlier ones on 2.26, which only wheels for 2.17 are sure to run with."""
    machine: str = ""
    """Says which machine, if the package is for the one it is built on; empty for AWS Lambda."""

    def __post_init__(self) -> None:
        if self.architecture not in _WHEEL_MACHINES:
            raise ValueError(
                f"architecture {self.architecture!r} is none of Lambda's: "
                f"use {' or '.join(_WHEEL_MACHINES)}"
            )
        if not self.libc and not self.machine:
            object.__setattr__(self, "libc", _LIBC_BEFORE_312.get(self.python, _LIBC))

    @classmethod
    def of_this_machine(cls) -> "Target":
        """The Python that runs the program: what the local cloud runs functions with."""
        machine = platform.machine().lower()
        return cls(
            python=f"{sys.version_info.major}.{sys.version_info.minor}",
            # One it does not know is refused below, by its name.
            architecture=_ARCHITECTURES.get(machine, cast(Architecture, machine)),
            machine=f"{sys.platform}-{machine}-{'-'.join(platform.libc_ver())}",
        )

    @property
    def runtime(self) -> str:
        """Lambda's word for the Python version."""
        return f"python{self.python}"

    @property
    def wheel_platform(self) -> str | None:
        """uv's word for the machine; None means the one uv runs on."""
        if self.machine:
            return None
        return f"{_WHEEL_MACHINES[self.architecture]}-{self.libc}"

    @property
    def level(self) -> int:
        """How hard its archives are deflated: those for this machine go nowhere else."""
        return archive.QUICK if self.machine else archive.LEVEL

    def describe(self) -> str:
        """The target in one line, for keys and messages."""
        return f"python{self.python}-{self.architecture}-{self.machine or self.libc}"
