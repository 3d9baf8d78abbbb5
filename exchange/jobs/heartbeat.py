"""The sign of a finished night: one call to an address whose watcher, outside of this machine, misses it where it does not come."""

from __future__ import annotations

import logging

from connectors.kit import Fetch, Limits, SourceError
from connectors.kit.masking import mask, mask_text
from exchange.settings import Settings

log = logging.getLogger("exchange.heartbeat")


def call(settings: Settings) -> str | None:
    """
    Call `EXCHANGE_HEARTBEAT_URL` by GET, through the guarded way out; loopback is allowed here, since the operator chose the address.

    Returns:
        What went wrong (Indonesian, the address masked), None where it was heard. Nothing is raised: a watcher that cannot be reached
        costs the night nothing.
    """
    url = settings.heartbeat_url
    # three short tries: a watcher expects the call within minutes, and the night's lock is held meanwhile
    limits = Limits(connect=settings.connect_timeout, read=10.0, total=30.0, longest_pause=5.0, tries=3, sent=65536, expanded=65536)
    try:
        with Fetch(lambda _body, _meta: "", (url,), local=True, limits=limits, contact=settings.contact) as fetch:
            fetch.get(url, "*/*")
    except SourceError as error:
        says = f"Alamat denyut {mask(url)} tidak dapat dipanggil ({error.rule}): {mask_text(error.message)}"
        log.warning("%s", says)
        return says
    except Exception as error:  # whatever it is, the night is done
        log.error("heartbeat raised %s", type(error).__name__)
        return f"Alamat denyut {mask(url)} tidak dapat dipanggil ({type(error).__name__})."
    return None
