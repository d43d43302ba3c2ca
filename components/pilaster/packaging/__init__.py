"""Handler code and locked dependencies -> an archive, addressed by its content."""

from pilaster.packaging.build import DIRECT_UPLOAD_LIMIT, Code, Package, build
from pilaster.packaging.bytecode import none_here
from pilaster.packaging.error import PackagingError
from pilaster.packaging.layout import AZURE, LAMBDA, Layout
from pilaster.packaging.target import Target

__all__ = [
    "AZURE",
    "DIRECT_UPLOAD_LIMIT",
    "LAMBDA",
    "Code",
    "Layout",
    "Package",
    "PackagingError",
    "Target",
    "build",
    "none_here",
]
