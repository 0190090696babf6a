"""A pod's network as the AWS VPC CNI wires it: no bridge, every address a route of its own."""

import ipaddress
import subprocess
from collections.abc import Sequence
from pathlib import Path

from local.node.namespaces import command

# What every pod takes for its router: nobody has this address, the host answers for it.
ROUTER = "169.254.1.1"


def connect(address: str, namespace: Path, enter: Sequence[str]) -> None:
    """Connect a pod's network namespace to this one. Raises SandboxError, also when the address is in use.

    enter: what to put before a command so that it runs in the pod's.
    """
    ours, hardware = link(address), _hardware_address(address)
    _ip(f"link add {ours} address {hardware} type veth peer name eth0 netns {namespace}")
    try:
        _ip(f"link set {ours} up", f"route add {address}/32 dev {ours} scope link")
        _inside(hardware, address, enter)
    except BaseException:
        disconnect(address)
        raise


def _inside(hardware: str, address: str, enter: Sequence[str]) -> None:
    _ip(
        "link set lo up",
        f"address add {address}/32 dev eth0",
        "link set eth0 up",
        f"neighbour add {ROUTER} lladdr {hardware} dev eth0 nud permanent",
        f"route add {ROUTER} dev eth0 scope link",
        f"route add default via {ROUTER} dev eth0",
        enter=enter,
    )


def disconnect(address: str) -> None:
    """Remove both ends of a pod's link, and with them its route; do nothing when there is none."""
    subprocess.run(["ip", "link", "delete", link(address)], stderr=subprocess.DEVNULL, check=False)


def link(address: str) -> str:
    """Return the name of this side of a pod's link; the kernel allows 15 characters."""
    return f"pod{int(ipaddress.IPv4Address(address)):08x}"


def _hardware_address(address: str) -> str:
    """Return a locally administered hardware address derived from the IP address, so that it is known without ARP."""
    return ":".join(f"{each:02x}" for each in (2, 0, *ipaddress.IPv4Address(address).packed))


def _ip(*lines: str, enter: Sequence[str] = ()) -> None:
    command("ip", "-batch", "-", enter=enter, text="\n".join(lines))
