"""The process of a policy pack: started for one run, listened to, and ended with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import IO, Any, cast

import yaml

from pilaster_local.engine import analyzer_host
from pilaster_local.engine.errors import EngineError, RefusedError

PATIENCE_SECONDS = 60.0
"""For a pack to start: it imports its SDK and its rules."""


class PolicyPackError(EngineError):
    """A policy pack did not start, or one of its rules raised."""


class PackProcess:
    """A pack that starts in the background. Raises PolicyPackError for a folder that is none."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._said: deque[str] = deque(maxlen=40)
        self._python = _python(folder, _runtime(folder))
        self._process = _started(folder, self._python, environment)
        self._listening = [threading.Thread(target=self._listen, args=(self._process.stderr,))]
        self._listening[0].daemon = True
        self._listening[0].start()

    @property
    def said(self) -> str:
        """The last lines it printed; complete once it has ended."""
        if self._process.poll() is not None:
            for thread in self._listening:
                thread.join(2)
        return "\n".join(self._said)

    @property
    def ended(self) -> int | None:
        """Its exit code, once there is one. Waits a moment: a closed socket is noticed earlier."""
        try:
            return self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            return None

    def port(self) -> int:
        """The first line it prints. What it prints later is a rule talking."""
        stdout = cast("IO[bytes]", self._process.stdout)
        impatient = threading.Event()

        def give_up() -> None:
            impatient.set()
            self.kill()

        late = threading.Timer(PATIENCE_SECONDS, give_up)
        late.start()
        try:
            line = stdout.readline()
        finally:
            late.cancel()
        if line.strip().isdigit():
            self._listening.append(threading.Thread(target=self._listen, args=(stdout,)))
            self._listening[-1].daemon = True
            self._listening[-1].start()
            return int(line)
        # It may well be serving by now, and would do so for ever.
        self.kill()
        self._process.wait()
        why = self.said or "it ended without a word"
        if impatient.is_set():
            why = f"it was not ready after {PATIENCE_SECONDS:g} seconds. {self.said}".rstrip()
        elif line:
            text = line.decode(errors="replace").strip()
            why = (
                f"it printed {text[:200]!r} where engines expect the port it serves; what a pack "
                "has to say goes to standard error"
            )
        elif missing := re.search(r"^ModuleNotFoundError: No module named '([^']+)'", why, re.M):
            why = (
                f"{self._python} has no module {missing[1]!r}; install what the pack needs there "
                "(Pulumi's own part is `pip install pulumi-policy`), or give the pack's folder a "
                ".venv of its own"
            )
        raise PolicyPackError(f"the policy pack {str(self._folder)!r} did not start: {why}")

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        """End it. Closing its input is enough; a rule that hangs is killed."""
        cast("IO[bytes]", self._process.stdin).close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._listening:
            thread.join(2)
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()

    def _listen(self, stream: IO[bytes]) -> None:
        """A pipe nobody reads would stop the pack when it is full."""
        try:
            for line in stream:
                self._said.append(line.decode(errors="replace").rstrip())
        except ValueError:
            return  # closed while waiting for a line


def _started(folder: Path, python: str, more: dict[str, str]) -> subprocess.Popen[bytes]:
    if not (folder / "__main__.py").is_file():
        raise PolicyPackError(f"{str(folder)!r} is no policy pack: it has no __main__.py")
    environment = {**os.environ, **more}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # seconds at every start
    # -P: or this folder would stand before the standard library.
    host = [analyzer_host.__file__, "127.0.0.1:1", str(folder)]
    try:
        return subprocess.Popen(
            [python, "-u", "-P", *host],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Ctrl-C is for the run, which ends its packs itself.
            start_new_session=True,
        )
    except OSError as error:
        raise PolicyPackError(
            f"the policy pack {str(folder)!r} did not start: {python} cannot be run "
            f"({error.strerror}); make its environment anew"
        ) from None


def _runtime(folder: Path) -> dict[str, Any]:
    """The options of a pack's Python. Raises for what is no pack, and for other languages."""
    described = folder / "PulumiPolicy.yaml"
    try:
        content = yaml.safe_load(described.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PolicyPackError(
            f"{str(folder)!r} is no policy pack: {described.name} cannot be read ({error})"
        ) from None
    if not isinstance(content, dict) or not content.get("runtime"):
        raise PolicyPackError(
            f"{str(folder)!r} is no policy pack: {described.name} names no runtime"
        )
    said = cast("dict[str, Any]", content)["runtime"]
    name, options = (said.get("name"), said.get("options")) if isinstance(said, dict) else (said, 0)
    if name != "python":
        raise RefusedError(
            f"a policy pack in {name!r} ({str(folder)!r})", "use the official engine"
        )
    return cast("dict[str, Any]", options) if isinstance(options, dict) else {}


def _python(folder: Path, options: dict[str, Any]) -> str:
    """The environment the pack names, or the one in its folder, or that of this process."""
    named = options.get("virtualenv")
    if isinstance(named, str) and named:
        python = folder / named / "bin" / "python"
        if not python.is_file():
            raise PolicyPackError(
                f"the policy pack {str(folder)!r} did not start: its virtualenv {named!r} does "
                "not exist; make it and install the pack's requirements"
            )
        return str(python)
    own = folder / ".venv" / "bin" / "python"
    return str(own) if own.is_file() or own.is_symlink() else sys.executable
