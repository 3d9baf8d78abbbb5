"""
Which addresses a source may have: the public internet, and loopback where the source was added with `--local`.

`ipaddress.is_global` lets multicast and addresses through that wrap another one (64:ff9b::/96, 2002::/16), so the
lists stand here and a wrapped address is judged by what it wraps.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# IANA IPv4 Special-Purpose Address Registry, and multicast
_CLOSED_V4 = tuple(
    (IPv4Network(block), why)
    for block, why in (
        ("0.0.0.0/8", "tanpa tujuan"),
        ("10.0.0.0/8", "jaringan pribadi"),
        ("100.64.0.0/10", "jaringan operator (CGNAT)"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local, termasuk layanan metadata"),
        ("172.16.0.0/12", "jaringan pribadi"),
        ("192.0.0.0/24", "dicadangkan"),
        ("192.0.2.0/24", "contoh dokumentasi"),
        ("192.88.99.0/24", "relai 6to4"),
        ("192.168.0.0/16", "jaringan pribadi"),
        ("198.18.0.0/15", "uji kinerja"),
        ("198.51.100.0/24", "contoh dokumentasi"),
        ("203.0.113.0/24", "contoh dokumentasi"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "dicadangkan"),
    )
)
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    (IPv6Network(block), why)
    for block, why in (
        ("::/128", "tanpa tujuan"),
        ("::1/128", "loopback"),
        ("fc00::/7", "jaringan pribadi"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "jaringan pribadi"),
        ("ff00::/8", "multicast"),
        ("64:ff9b:1::/48", "NAT64 setempat"),
        ("100::/64", "pembuangan"),
        ("2001::/32", "terowongan Teredo"),
        ("2001::/23", "dicadangkan"),
        ("2001:db8::/32", "contoh dokumentasi"),
        ("3fff::/20", "contoh dokumentasi"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_COMPATIBLE = IPv6Network("::/96")
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")


def wrapped(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, compatible, 6to4, NAT64 or ISATAP; None where there is none."""
    packed = address.packed
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _SIX_TO_FOUR:
        return IPv4Address(packed[2:6])
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1) or packed[8:12] in _ISATAP:
        return IPv4Address(packed[12:])
    return None


def refusal(text: str, *, local: bool = False) -> str | None:
    """
    Why a numeric address may not be connected to; None where it may.

    local: lets 127.0.0.0/8 and ::1 pass as well, said plainly and not wrapped in another address.
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return "bukan alamat IP"
    if local and address.is_loopback and (isinstance(address, IPv4Address) or int(address) == 1):
        return None
    if isinstance(address, IPv4Address):
        return _refusal_v4(address)
    inner = wrapped(address)
    if inner is not None:
        why = _refusal_v4(inner)
        return f"{why}, terbungkus dalam alamat IPv6" if why else None
    for block, why in _CLOSED_V6:
        if address in block:
            return why
    return None if address in _OPEN_V6 else "di luar alamat IPv6 publik"


def _refusal_v4(address: IPv4Address) -> str | None:
    return next((why for block, why in _CLOSED_V4 if address in block), None)
