"""Addresses of the balancers in the machine's network, and the way back of packets that carry a visitor's address."""

import subprocess

# Documentation ranges (RFC 5737): nobody else's, here or elsewhere.
BALANCERS, VISITORS = "198.51.100.{}", "203.0.113.{}"
# Whoever connects from the machine itself, as a browser on this computer does, comes from here.
AT_HOME = VISITORS.format(1)
# Of our own in the words that kube-proxy and others mark packets with, and a routing table.
MARK, TABLE, PRIORITY = "0x100000", "100", "100"
# Packets of connections that a balancer opened in a visitor's name.
RULES = f"""
table ip entrance {{
  chain prerouting {{
    type filter hook prerouting priority mangle; policy accept;
    meta l4proto tcp socket transparent 1 meta mark set meta mark | {MARK}
  }}
}}
"""


def open_way_back() -> None:
    """Route replies to a client's address through the balancer, which connects with the client's address."""
    _run("ip", "address", "replace", f"{AT_HOME}/32", "dev", "lo")
    _run("ip", "rule", "add", "fwmark", f"{MARK}/{MARK}", "lookup", TABLE, "priority", PRIORITY)
    _run("ip", "route", "replace", "local", "default", "dev", "lo", "table", TABLE)
    _run("nft", "-f", "-", text=RULES)


def close_way_back() -> None:
    """Undo ``open_way_back``."""
    _run("nft", "delete", "table", "ip", "entrance")
    _run("ip", "route", "flush", "table", TABLE)
    _run("ip", "rule", "del", "fwmark", f"{MARK}/{MARK}", "lookup", TABLE, "priority", PRIORITY)
    _run("ip", "address", "del", f"{AT_HOME}/32", "dev", "lo")


def add(address: str) -> None:
    """Add a balancer's address."""
    _run("ip", "address", "replace", f"{address}/32", "dev", "lo")
    # Without it the machine itself would ask from the balancer's own address.
    _run("ip", "route", "change", "table", "local", "local", address, "dev", "lo", "src", AT_HOME)


def remove(address: str) -> None:
    """Remove a balancer's address."""
    _run("ip", "address", "del", f"{address}/32", "dev", "lo")


def _run(*argv: str, text: str | None = None) -> None:
    subprocess.run(argv, input=text, text=True, check=True, capture_output=True)
