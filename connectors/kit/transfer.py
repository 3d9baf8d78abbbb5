"""
One exchange over the wire: the body read within the bounds, and the library's errors in words of ours.

No text of the library leaves this module: its messages repeat the whole address.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import requests
from urllib3.exceptions import HTTPError as TransportError

from connectors.kit.errors import SourceError, TimedOut, TlsFailed, TooMuch, Truncated, Unreachable
from connectors.kit.expand import Expander
from connectors.kit.limits import Limits
from connectors.kit.masking import mask
from connectors.kit.session import Watch

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Came:
    """What one try brought: the body as far as it came, and what is wrong with it."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent: int
    declared: int | None
    failure: SourceError | None


def receive(response: requests.Response, url: str, watch: Watch, limits: Limits) -> Came:
    """Read the body within the bounds; what came before a failure is given as well."""
    failure: SourceError | None = None
    expander: Expander | None = None
    body = b""
    try:
        expander = Expander(response.headers.get("Content-Encoding", ""), limits)
        while not watch.expired and (chunk := response.raw.read1(_CHUNK, decode_content=False)):
            expander.feed(chunk)
        body = expander.finish()
    except SourceError as error:
        failure = error
    except (TransportError, OSError) as error:
        failure = in_words(error, url)
    sent = expander.sent if expander else 0
    declared = _length(response.headers.get("Content-Length"))
    if failure is None and declared is not None and sent < declared:
        failure = Truncated(f"Jawaban terpotong: {sent} dari {declared} bita datang.")
    if failure is not None and expander is not None:
        body = bytes(expander.body[: limits.evidence] if isinstance(failure, TooMuch) else expander.body)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Came(response.status_code, headers, body, sent, declared, failure)


def in_words(error: Exception, url: str) -> SourceError:
    """The library's error as one of ours, without a word of its text."""
    causes: list[object] = [error]
    while causes[-1] is not None and len(causes) < 8:
        last = causes[-1]
        inner = [each for each in getattr(last, "args", ()) if isinstance(each, Exception)]
        causes.append(getattr(last, "reason", None) or (inner[0] if inner else None) or getattr(last, "__cause__", None))
    if any(isinstance(each, SourceError) for each in causes):
        return next(each for each in causes if isinstance(each, SourceError))
    if any(isinstance(each, requests.exceptions.SSLError | ssl.SSLError) for each in causes):
        return TlsFailed(f"Sambungan aman ke {mask(url)} gagal: sertifikatnya tidak membuktikan host itu.")
    names = {type(each).__name__ for each in causes}
    if names & {"IncompleteRead", "InvalidChunkLength", "ChunkedEncodingError"}:
        return Truncated(f"Sambungan ke {mask(url)} putus sebelum jawaban selesai.")
    if names & {"ConnectTimeout", "ConnectTimeoutError"}:
        return Unreachable(f"{mask(url)} tidak dapat disambung dalam waktunya.")
    if names & {"ReadTimeout", "ReadTimeoutError", "TimeoutError"}:
        return TimedOut(f"{mask(url)} berhenti mengirim.")
    return Unreachable(f"Sambungan ke {mask(url)} gagal atau putus.")


def _length(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None
