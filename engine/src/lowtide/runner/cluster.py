"""Which of several processes this is, and where all of them listen: from Bytewax's own variables.

    BYTEWAX_ADDRESSES="shop-0:2101;shop-1:2101"   all processes, in order; or BYTEWAX_HOSTFILE_PATH, one a line
    BYTEWAX_PROCESS_ID=0                          which this is; or BYTEWAX_POD_NAME=shop-0, BYTEWAX_STATEFULSET_NAME=shop

The processes send each other Python objects without a password: who reaches the port runs code as this user.
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
    """Which process of how many; alone without addresses."""

    process: int = 0
    addresses: tuple[str, ...] = ()

    @property
    def processes(self) -> int:
        """How many there are."""
        return max(1, len(self.addresses))

    @classmethod
    def of(cls, environment: Mapping[str, str], *, insecure: bool = False) -> Cluster:
        """The cluster that the environment names. Raises SettingsError; unless `insecure` beyond loopback too."""
        addresses = _addresses(environment)
        number = _number(environment)
        if number is None and len(addresses) <= 1:
            return cls()
        if number is None or not 0 <= number < len(addresses):
            raise SettingsError(
                f"process {number} of {len(addresses)} addresses: there is none",
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
    found = [one.strip() for one in text.split(";") if one.strip()]
    for one in found:
        if not one.rpartition(":")[0] or not one.rpartition(":")[2].isdigit():
            raise SettingsError(f"`{one}` is no address of a process", "Write `host:port`, separated by `;`.")
    return found


def _number(environment: Mapping[str, str]) -> int | None:
    text = environment.get("BYTEWAX_PROCESS_ID")
    if text is None and (pod := environment.get("BYTEWAX_POD_NAME")):
        text = pod.removeprefix(environment.get("BYTEWAX_STATEFULSET_NAME", "") + "-")
    if text is None or text == "":
        return None
    if not text.isdigit():
        raise SettingsError(f"`{text}` is no number of a process", "Set BYTEWAX_PROCESS_ID to 0, 1, ….")
    return int(text)


def _must_be_loopback(address: str) -> None:
    host = address.rpartition(":")[0].strip("[]")
    try:
        found = {ipaddress.ip_address(one[4][0]) for one in socket.getaddrinfo(host, None)}
    except (OSError, ValueError):
        found = set()
    if not found or not all(one.is_loopback for one in found):
        raise SettingsError(
            f"other machines can reach `{address}`, and processes of a cluster trust whoever they hear: "
            "code can be run through this port",
            "On a network that only the cluster reaches, say so with `--insecure-cluster`.",
        )
