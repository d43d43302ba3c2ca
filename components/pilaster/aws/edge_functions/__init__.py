"""What runs at the edge, before anything else: small programs in CloudFront's JavaScript.

They run as they stand here; a test runs them too.
"""

from pathlib import Path

RUNTIME = "cloudfront-js-2.0"


def code(name: str) -> str:
    """The program of that name."""
    return (Path(__file__).parent / f"{name}.js").read_text(encoding="utf-8")
