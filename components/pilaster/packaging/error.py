"""The one error of packaging."""


class PackagingError(Exception):
    """A package that cannot be built: says what, of which module or set, why, and what to do."""
