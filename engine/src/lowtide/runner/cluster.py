"""Which of several processes this is, and where all of them listen: from the variables of Bytewax.

    BYTEWAX_ADDRESSES="shop-0:2101;shop-1:2101"   all processes, in order; or BYTEWAX_HOSTFILE_PATH, one a line
    BYTEWAX_PROCESS_ID=0                          its number; or BYTEWAX_POD_NAME=shop-0, BYTEWAX_STATEFULSET_NAME=shop

The processes send each other Python objects without a password: whoever reaches a port can run code as this user.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lowtide.errors import SettingsError


@dataclass(frozen=True)
class Cluster:
    """The number of this process, and the addresses of all; without addresses it is the only one."""

    process: int = 0
    addresses: tuple[str, ...] = ()

    @property
    def processes(self) -> int:
        """The number of processes."""
        return max(1, len(self.addresses))

    @classmethod
    def of(cls, environment: Mapping[str, str], *, insecure: bool = False) -> Cluster:
        """The cluster that the environment names. Raises SettingsError; addresses beyond loopback need `insecure`."""
        addresses = _addresses(environment)
        number = _number(environment)
        if number is None and len(addresses) <= 1:
            return cls()
        if number is None or not 0 <= number < len(addresses):
            raise SettingsError(
                f"there are {len(addresses)} addresses, and process {number} is not among them",
                "Set BYTEWAX_PROCESS_ID from 0 on, and BYTEWAX_ADDRESSES to `host:port;host:port`, the same everywhere.",
            )
        if not insecure:
            for address in addresses:
                _must_be_loopback(address)
        return cls(number, tuple(addresses))


def _addresses(environment: Mapping[str, str]) -> list[str]:
    text = environment.get("BYTEWAX_ADDRESSES", "")
    if not text and (file := environment.get("BYTEWAX_HOSTFILE_PATH")):
        try:
            text = ";".join(Path(file).read_text().split())
        except OSError as error:
            raise SettingsError(
                f"BYTEWAX_HOSTFILE_PATH: `{file}` cannot be read: {error.strerror}"
            ) from error
    addresses = [address.strip() for address in text.split(";") if address.strip()]
    for address in addresses:
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit():
            raise SettingsError(
                f"`{address}` is not the address of a process", "Write `host:port`, separated by `;`."
            )
    return addresses


def _number(environment: Mapping[str, str]) -> int | None:
    text = environment.get("BYTEWAX_PROCESS_ID")
    if text is None and (pod := environment.get("BYTEWAX_POD_NAME")):
        text = pod.removeprefix(environment.get("BYTEWAX_STATEFULSET_NAME", "") + "-")
    if text is None or text == "":
        return None
    if not text.isdigit():
        raise SettingsError(f"`{text}` is not the number of a process", "Set BYTEWAX_PROCESS_ID to 0, 1, ….")
    return int(text)


def _must_be_loopback(address: str) -> None:
    host = address.rpartition(":")[0].strip("[]")
    try:
        resolved = {ipaddress.ip_address(answer[4][0]) for answer in socket.getaddrinfo(host, None)}
    except (OSError, ValueError):
        resolved = set()
    if not resolved or not all(ip.is_loopback for ip in resolved):
        raise SettingsError(
            f"other machines can reach `{address}`, and the processes of a cluster ask for no password: "
            "whoever reaches this port can run code",
            "On a network that only the cluster reaches, say so with `--insecure-cluster`.",
        )
