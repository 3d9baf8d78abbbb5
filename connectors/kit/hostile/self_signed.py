"""
A certificate that nobody vouches for, made when it is needed, so that none has to be shipped nor a program called.

ECDSA over P-256 in plain integers: slow and not safe against timing, which a server on loopback that exists to be refused may be.
Source: SEC 1 (2.0) 4.1.3, FIPS 186-4 D.1.2.3, RFC 5280 4.1, RFC 5915.
"""

from __future__ import annotations

import base64
import secrets
import ssl
import tempfile
from hashlib import sha256
from pathlib import Path

_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_EC_KEY, _CURVE = "2a8648ce3d0201", "2a8648ce3d030107"
_ECDSA_SHA256, _COMMON_NAME, _ALTERNATIVE = "2a8648ce3d040302", "550403", "551d11"

Point = tuple[int, int]


def self_signed() -> ssl.SSLContext:
    """A server's TLS with a certificate for 127.0.0.1 that vouches for itself alone."""
    key = secrets.randbelow(_N - 1) + 1
    public = _times(key, _G)
    point = b"\x04" + public[0].to_bytes(32, "big") + public[1].to_bytes(32, "big")
    pem = _pem("EC PRIVATE KEY", _private(key, point)) + _pem("CERTIFICATE", _certificate(key, point))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_text(pem)
        context.load_cert_chain(path)
    return context


def _certificate(key: int, point: bytes) -> bytes:
    algorithm = _sequence(_identifier(_ECDSA_SHA256))
    name = _sequence(_der(0x31, _sequence(_identifier(_COMMON_NAME), _der(0x0C, b"sumber karangan"))))
    validity = _sequence(_der(0x17, b"250101000000Z"), _der(0x17, b"491231235959Z"))
    key_info = _sequence(_sequence(_identifier(_EC_KEY), _identifier(_CURVE)), _bits(point))
    names = _sequence(_der(0x87, bytes([127, 0, 0, 1])))
    extensions = _der(0xA3, _sequence(_sequence(_identifier(_ALTERNATIVE), _der(0x04, names))))
    told = _sequence(_der(0xA0, _integer(2)), _integer(1), algorithm, name, validity, name, key_info, extensions)
    return _sequence(told, algorithm, _bits(_signature(key, told)))


def _private(key: int, point: bytes) -> bytes:
    return _sequence(_integer(1), _der(0x04, key.to_bytes(32, "big")), _der(0xA0, _identifier(_CURVE)), _der(0xA1, _bits(point)))


def _signature(key: int, told: bytes) -> bytes:
    once = secrets.randbelow(_N - 1) + 1
    r = _times(once, _G)[0] % _N
    s = pow(once, -1, _N) * (int.from_bytes(sha256(told).digest(), "big") + r * key) % _N
    return _sequence(_integer(r), _integer(s))


def _times(factor: int, point: Point) -> Point:
    result: Point | None = None
    while factor:
        if factor & 1:
            result = _plus(result, point) if result else point
        point = _plus(point, point)
        factor >>= 1
    assert result is not None
    return result


def _plus(one: Point, other: Point) -> Point:
    """The sum of two points, neither the other's inverse."""
    if one == other:
        slope = (3 * one[0] * one[0] - 3) * pow(2 * one[1], -1, _P) % _P
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, _P) % _P
    x = (slope * slope - one[0] - other[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _integer(value: int) -> bytes:
    return _der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _identifier(hexadecimal: str) -> bytes:
    return _der(0x06, bytes.fromhex(hexadecimal))


def _bits(content: bytes) -> bytes:
    return _der(0x03, b"\0" + content)


def _pem(label: str, content: bytes) -> str:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(content).decode()}-----END {label}-----\n"
