"""Which addresses of this machine a tablet in the same room can reach."""

import fcntl
import ipaddress
import socket
import struct

SIOCGIFADDR = 0x8915
"""Linux: the IPv4 address of a network interface (netdevice(7))."""
NOWHERE = ("192.0.2.1", 9)
"""A documentation address (RFC 5737): connecting a datagram socket sends nothing, and tells the way out."""
NOT_FOR_TABLETS = ("docker", "br-", "veth", "virbr", "cni", "flannel", "tailscale", "zt", "utun")


def local_addresses() -> list[str]:
    """Private IPv4 addresses of this machine, the one on the way out first."""
    found = [
        _way_out(),
        *(_address_of(name) for _, name in socket.if_nameindex() if not name.startswith(NOT_FOR_TABLETS)),
    ]
    return list(dict.fromkeys(address for address in found if address and _for_tablets(address)))


def _way_out() -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(NOWHERE)
        except OSError:
            return None
        return str(asking.getsockname()[0])


def _address_of(interface: str) -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            answer = fcntl.ioctl(asking, SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
        except OSError:
            return None
        return socket.inet_ntoa(answer[20:24])


def _for_tablets(address: str) -> bool:
    read = ipaddress.ip_address(address)
    return read.is_private and not read.is_loopback
