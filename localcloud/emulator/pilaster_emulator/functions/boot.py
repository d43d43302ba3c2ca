"""The first thing in a function's process: `boot.py <channel> <task root> <ports> <bounds>`.

In a network of its own (`bounds` is `listen`) it listens on the ports this function may talk to and
hands the listening sockets to the platform outside, which forwards. Elsewhere it gives up what it
can. Then it becomes Lambda's runtime. Copied beside awslambdaric; it imports nothing of Pilaster.
"""

import builtins
import os
import socket
import sys


def main() -> None:
    channel = socket.socket(fileno=int(sys.argv[1]))
    task, bounds = sys.argv[2], sys.argv[4]
    ports = [int(port) for port in sys.argv[3].split(",") if port]
    listeners = [_listen(port) for port in ports] if bounds == "listen" else []
    # The message also carries this process's pid as the outside sees it (SO_PASSCRED).
    socket.send_fds(channel, [b"b"], [listener.fileno() for listener in listeners])
    for listener in listeners:
        listener.close()

    runtime = os.path.dirname(os.path.abspath(__file__))
    # The archive's own packages come first, as on Lambda. There are no site-packages.
    sys.path[:] = [task, runtime, *(path for path in sys.path if path != runtime)]
    sys.argv[:] = ["bootstrap", os.environ["_HANDLER"]]
    # `-S` leaves these out; a handler may call them.
    builtins.exit = builtins.quit = sys.exit  # type: ignore[attr-defined]
    from awslambdaric.__main__ import main as run

    os.chdir(task)
    # Once the platform answers it has put this process under its limits: the handler may run.
    channel.recv(1)
    channel.close()
    if bounds != "listen":
        _give_up(bounds, ports)
    run(sys.argv)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def _give_up(bounds: str, ports: list[int]) -> None:
    """Without namespaces: end with the platform, and see the archive only if Landlock can do it."""
    import ctypes

    set_parent_death_signal, kill = 1, 9
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(set_parent_death_signal, kill)
    if bounds != "plain":
        import landlock
        import seccomp

        readable, writable = (part.split(",") for part in bounds.split(":"))
        landlock.restrict(readable, writable, ports)
        seccomp.refuse_unix_sockets()


if __name__ == "__main__":
    main()
