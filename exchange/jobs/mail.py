"""One letter to the operator's own mail server. Passwords go over TLS only; on this machine itself none is needed."""

from __future__ import annotations

import platform
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

SECONDS = 20.0


def deliver(url: str, letter: EmailMessage) -> tuple[bool, str | None]:
    """
    Hand a letter to the server that `smtp://` or `smtps://` names, STARTTLS where it is offered.

    Returns:
        Whether anybody will get it, and what went wrong (Indonesian, without the server's words: they repeat addresses).
    """
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    if not letter["To"]:
        return False, "Surat tidak terkirim: EXCHANGE_MAIL_TO belum diisi."
    refused: Mapping[str, object] | None = None
    trouble = ""
    try:
        with _connected(host, parts.port, tls=secure) as server:
            if parts.username:
                if not _secured(server, host, tls=secure):
                    return False, f"Server surat {host} tidak menawarkan TLS; sandi tidak dikirim. Pakai smtps:// atau server lain."
                server.login(unquote(parts.username), unquote(parts.password or ""))
            else:
                _secured(server, host, tls=secure)
            refused = server.send_message(letter)
    except (smtplib.SMTPException, OSError) as error:
        trouble = f"Server surat {host} {_in_words(error)}; surat tidak terkirim."
    if refused is None:
        return False, trouble
    return True, f"Server surat {host} menolak {len(refused)} dari penerima." if refused else None


def _in_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "menolak semua penerima (periksa EXCHANGE_MAIL_TO)"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"menolak nama atau sandi ({error.smtp_code}; periksa EXCHANGE_SMTP_URL)"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"menolak surat ({error.smtp_code})"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "memakai sertifikat yang tidak membuktikan namanya"
    return f"tidak dapat dipakai ({type(error).__name__})"


def _connected(host: str, port: int | None, *, tls: bool) -> smtplib.SMTP:
    name = platform.node() or "localhost"  # asking the network for this machine's whole name can take long
    if tls:
        return smtplib.SMTP_SSL(host, port or 465, local_hostname=name, timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, port or 587, local_hostname=name, timeout=SECONDS)


def _secured(server: smtplib.SMTP, host: str, *, tls: bool) -> bool:
    """Whether a password may go over this connection."""
    if tls or _is_here(host):
        return True
    server.ehlo_or_helo_if_needed()
    if not server.has_extn("starttls"):
        return False
    server.starttls(context=ssl.create_default_context())
    return True


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
