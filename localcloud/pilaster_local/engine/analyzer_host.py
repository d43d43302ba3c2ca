"""Runs a policy pack, and ends with whoever started it, however that ended.

This file is run by path, in the pack's own environment: it imports nothing of ours. The starter
holds the other end of standard input; when it is gone, even by SIGKILL, reading it ends.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading


def _end_with_the_starter() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_starter, daemon=True).start()
    sys.argv[0] = "pulumi.policy"
    runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)
