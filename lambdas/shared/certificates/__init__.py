"""The certificate authorities of Amazon RDS, in the archive so that a login can verify its server.

`rds-global-bundle.pem` names its source and licence in its first lines.
"""

from __future__ import annotations

from pathlib import Path

DATA_FILES = ("rds-global-bundle.pem", "LICENSE")

RDS_BUNDLE = str(Path(__file__).with_name("rds-global-bundle.pem"))
