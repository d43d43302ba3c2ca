"""Run as a file by the target's own Python, isolated: compiles what standard input names.

In goes {"folder": where the sources lie, "names": [...]}, out comes {name: why it has no bytecode}.
Nothing of Pilaster can be imported here, and nothing that is compiled is run.
"""

import json
import py_compile
import sys
import warnings

TASK = "/var/task"
"""Where Lambda unpacks an archive, and what tracebacks name: no folder of this machine."""


def main() -> None:
    request = json.load(sys.stdin)
    warnings.simplefilter("ignore")  # escapes in somebody else's docstrings
    failed: dict[str, str] = {}
    # One after the other, always in the same order: what else a process compiled before decides
    # which constants are written as references, and so the bytes.
    for name in request["names"]:
        try:
            py_compile.compile(
                f"{request['folder']}/{name}",
                dfile=f"{TASK}/{name}",
                doraise=True,
                # Lambda starts Python without -O and looks for no other level. `assert` and
                # docstrings stay: libraries lean on both.
                optimize=0,
                # Never compared with a source: dates in an archive are not the sources', and a
                # hash would be computed at every start.
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        except py_compile.PyCompileError as error:
            failed[name] = str(error.exc_value)
    json.dump(failed, sys.stdout, sort_keys=True)


if __name__ == "__main__":
    main()
