"""`client.py ADDRESS -m MODULE …`: ask the server for a command and end as it does. It imports only what starts fast."""

import os
import signal
import socket
import sys


def main(address: str, arguments: list[str]) -> None:
    """Hand over streams, arguments, folder and environment; hand on signals; take the wait status."""
    request = ascii((arguments, os.getcwd(), dict(os.environ))).encode()  # noqa: PTH109
    keeper = socket.socket(socket.AF_UNIX)
    keeper.connect(address)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: keeper.sendall(bytes([number])))
    socket.send_fds(keeper, [len(request).to_bytes(4)], [0, 1, 2])
    keeper.sendall(request)
    status = keeper.recv(4)
    code = os.waitstatus_to_exitcode(int.from_bytes(status)) if status else -signal.SIGKILL
    if code < 0:
        if code != -signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


main(sys.argv[1], sys.argv[2:])
