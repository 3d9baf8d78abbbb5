"""The receiver that the page for partners shows takes what the node sends, once, and nothing else."""

from __future__ import annotations

import re
import threading
from http.server import HTTPServer
from pathlib import Path

import pytest
import requests

from exchange.access import webhooks
from exchange.access.partners import add_partner, named, set_stage
from exchange.access.scopes import SCOPES
from exchange.access.telling import EVENTS
from exchange.access.webhooks import add_webhook, sealer, webhook_named
from exchange.jobs.worker import Worker
from exchange.store.webhooks import deliveries_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "partners.md").read_text(encoding="utf-8")


@pytest.fixture
def receiver(monkeypatch):
    """The page's own receiver, on loopback; (its class, its address)."""
    (block,) = [each for each in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "webhook-signature" in each]
    names: dict[str, object] = {}
    exec(compile(block, "partners.md", "exec"), names)
    shown = names["Receiver"]
    monkeypatch.setattr(shown, "log_message", lambda *_: None)
    with HTTPServer(("127.0.0.1", 0), shown) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield shown, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_the_receiver_on_the_page_takes_an_event_once_and_refuses_what_is_not_the_nodes(store, settings, receiver):
    shown, url = receiver
    its = sealer(settings.secret_key)
    with store.work() as session:
        partner = add_partner(session, "kota-contoh", "Kota Contoh", "33.74", SCOPES, actor="uji")
        row, shown.secret = add_webhook(session, partner, url, EVENTS, its, today=settings.day(), local=True, actor="uji")
        ident = row.ident
        set_stage(session, named(session, "kota-contoh"), "agreed", actor="uji")
    Worker(store, settings).run(once=True)
    with store.work() as session:
        row = webhook_named(session, ident)
        (delivery,) = deliveries_of(session, row.id)
        assert (delivery.state, delivery.status) == ("sent", 204)
        webhooks.redeliver(session, row, delivery.event.ident, actor="uji")
        webhooks.rotate(session, row, its, actor="uji")
    Worker(store, settings).run(once=True)
    with store.read() as session:
        assert deliveries_of(session, webhook_named(session, ident).id)[0].status == 204, "the old secret signs as well"
    (told,) = shown.told
    assert (told["type"], told["data"]["stage"]) == ("agreement.stage_changed", "agreed")
    forged = {"webhook-id": "msg_1", "webhook-timestamp": "1700000000", "webhook-signature": "v1,AAAA"}
    assert requests.post(url, data=b"{}", headers=forged, timeout=5).status_code == 400
    assert len(shown.told) == 1
