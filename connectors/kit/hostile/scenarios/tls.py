"""Secured connections that prove nothing or come to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from ssl import SSLContext

from connectors.kit.hostile.base import NotApplicable, Outcome, Play, scenario
from connectors.kit.hostile.checks import ends
from connectors.kit.hostile.ordinary import Ordinary
from connectors.kit.hostile.self_signed import self_signed

_ALERT = b"\x15\x03\x03\x00\x02\x02\x28"  # fatal, handshake_failure


@cache
def _unvouched() -> SSLContext:
    return self_signed()


def _secure(ordinary: Ordinary) -> str:
    """The server's address over TLS; raises NotApplicable where the settings do not name the server's address."""
    base = ordinary.stage.base.replace("http://", "https://")
    if not any(value.startswith(base) for value in ordinary.sample.settings_at(base).values()):
        raise NotApplicable("Pengaturannya tidak memuat alamat server.")
    return base


@scenario("Sertifikat yang tidak dijamin siapa pun", once=True)
def certificate_unvouched(ordinary: Ordinary) -> Iterator[Play]:
    """A server with a certificate of its own making and the ordinary list: not one request is made over it."""
    base = _secure(ordinary)
    yield ordinary.play(ordinary.at_base(base), ends("tls_failed"), _nothing_asked, base=base, tls=_unvouched())


@scenario("TLS ditolak server", once=True)
def tls_refused(ordinary: Ordinary) -> Iterator[Play]:
    """The server answers the greeting with a fatal alert: an end that says so, no attempt without TLS."""
    base = _secure(ordinary)
    yield ordinary.play(ordinary.at_base(base), ends("tls_failed", "network"), _nothing_asked, base=base, greeting=_ALERT)


@scenario("Port TLS yang menjawab tanpa TLS", once=True)
def tls_answered_in_the_clear(ordinary: Ordinary) -> Iterator[Play]:
    """Plain HTTP with the ordinary list where TLS was asked for: nothing of it is read."""
    base = _secure(ordinary)
    clear = ordinary.pages[0].reply.wire()
    yield ordinary.play(ordinary.at_base(base), ends("tls_failed", "network"), _nothing_asked, base=base, greeting=clear)


@scenario("Sambungan TLS ditutup di tengah salam", once=True)
def tls_closed_while_greeting(ordinary: Ordinary) -> Iterator[Play]:
    """The connection is closed after the greeting: an end that says so."""
    base = _secure(ordinary)
    yield ordinary.play(ordinary.at_base(base), ends("tls_failed", "network"), _nothing_asked, base=base, greeting=b"", twice=False)


def _nothing_asked(outcome: Outcome, ordinary: Ordinary) -> str | None:
    return "Pertanyaan dikirim lewat sambungan yang tidak terbukti." if outcome.wire else None
