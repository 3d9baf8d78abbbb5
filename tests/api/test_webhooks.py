"""A partner keeps its webhooks by the API: its own alone, secrets shown once, and what became of each event."""

from __future__ import annotations

from base64 import b64decode

import pytest
from standardwebhooks import Webhook

from connectors.kit.simulator import Canned, serve
from exchange.access import webhooks
from exchange.access.partners import named
from exchange.access.telling import EVENTS
from exchange.access.webhooks import MOST, add_webhook, sealer, webhook_named
from exchange.jobs.webhooks import Webhooks
from exchange.jobs.worker import Worker
from exchange.store.audit import history
from exchange.store.webhooks import WebhookRow
from schemas.webhook import EVENT_TYPES, REASONS

PATH = "/api/v1/partner/webhooks"
URL = "https://dagang.kota-contoh.go.id/webhook"


def add(office, url=URL, events=("match.new", "agreement.stage_changed")):
    return office.open("POST", PATH, {"url": url, "events": list(events)}, key=None)


@pytest.fixture
def receiver():
    with serve(feeds=(), script={"/": [Canned(b"")]}) as served:
        yield served


@pytest.fixture
def local(office, store, settings, receiver):
    """An address of the partner on this machine, which only the operator can add; (ident, secret)."""
    with store.work() as session:
        its = sealer(settings.secret_key)
        added = add_webhook(
            session, named(session, office.ident), receiver.base + "/", EVENTS, its, today=settings.day(), local=True, actor="x"
        )
        return added.row.ident, added.secret


def test_a_webhook_is_added_listed_and_read_and_its_secret_is_shown_once(office, store):
    made = add(office)
    assert made.status_code == 201
    told = made.get_json()
    assert len(b64decode(told["secret"].removeprefix("whsec_"))) == 32
    assert made.headers["Location"] == f"{PATH}/{told['ident']}"
    assert made.headers["Cache-Control"] == "no-store"
    (listed,) = office.get(PATH).get_json()["items"]
    one = office.get(made.headers["Location"]).get_json()
    assert one.pop("deliveries") == []
    assert listed == one == {name: value for name, value in told.items() if name != "secret"}
    assert (one["url"], one["state"], one["reason"], one["counts"]) == (
        URL, "active", None, {"waiting": 0, "failed": 0, "sent": 0, "given_up": 0},
    )  # fmt: skip
    with store.read() as session:
        (act,) = [each for each in history(session, "partner", office.ident) if each.action == "webhook.add"]
        assert act.actor == f"mitra:{office.ident}"
        assert told["secret"] not in str(act.facts)
        assert "/webhook" not in str(act.facts["url"]), "an address may hold a key"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"url": "http://dagang.example.id/x", "events": ["match.new"]}, "HTTPS"),
        ({"url": "https://10.0.0.7/x", "events": ["match.new"]}, "jaringan pribadi"),
        ({"url": "https://127.0.0.1/x", "events": ["match.new"]}, "loopback"),
        ({"url": "https://localhost/x", "events": ["match.new"]}, "nama mesin ini"),
        ({"url": "https://[::1]/x", "events": ["match.new"]}, "loopback"),
        ({"url": "https://169.254.169.254/latest", "events": ["match.new"]}, "link-local"),
        ({"url": "https://a:b@x.example.id/", "events": ["match.new"]}, "tidak dapat dibaca"),
        ({"url": "ftp://x.example.id/", "events": ["match.new"]}, "tidak dapat dibaca"),
        ({"url": "https://x.example.id/#a", "events": ["match.new"]}, "#"),
        ({"url": URL, "events": []}, "events"),
        ({"url": URL, "events": ["match.neu"]}, "events"),
        ({"url": URL}, "events"),
        ({"url": URL, "events": ["match.new"], "local": True}, "local"),
        ([], "objek"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_address_or_an_event_is_refused_in_words(office, body, says):
    answer = office.open("POST", PATH, body, key=None)
    assert (answer.status_code, says in answer.get_json()["detail"]) == (400, True), answer.get_json()
    assert office.get(PATH).get_json()["items"] == []


def test_the_same_address_twice_and_more_than_a_few_are_a_conflict(office):
    assert [add(office, f"{URL}/{n}").status_code for n in range(MOST)] == [201] * MOST
    assert add(office, f"{URL}/0").status_code == 409
    assert add(office, f"{URL}/x").status_code == 409


def test_a_type_wants_the_tokens_scope_and_the_denial_names_it(office):
    form = {"grant_type": "client_credentials", "client_id": office.ident, "client_secret": office.secret, "scope": "catalogue:read"}
    token = office.client.post("/oauth/token", data=form).get_json()["access_token"]
    office.headers = {"Authorization": f"Bearer {token}"}
    denied = add(office, events=["match.new", "demand.withdrawn"])
    assert (denied.status_code, denied.get_json()["missing"]) == (403, ["matches:read", "demand:read"])
    assert add(office, events=["agreement.stage_changed"]).status_code == 201


def test_anothers_webhook_is_none(office, another, visitor):
    ident = add(office).get_json()["ident"]
    assert another.get(PATH).get_json()["items"] == []
    for method, path in (
        ("GET", ""), ("DELETE", ""), ("POST", "/secret"), ("POST", "/test"), ("POST", "/resume"), ("POST", "/deliveries/msg_1/redeliver"),
    ):  # fmt: skip
        assert another.open(method, f"{PATH}/{ident}{path}", key=None).status_code == 404, path
    assert visitor.get(PATH).status_code == 401


def test_a_test_event_is_sent_verified_and_seen_among_the_deliveries_and_sent_again_by_hand(office, store, settings, receiver, local):
    ident, secret = local
    asked = office.open("POST", f"{PATH}/{ident}/test", key="k-1")
    again = office.open("POST", f"{PATH}/{ident}/test", key="k-1")
    assert (asked.status_code, again.get_json(), again.headers["Idempotency-Replayed"]) == (202, asked.get_json(), "true")
    assert asked.get_json()["state"] == "waiting"
    assert Worker(store, settings, [Webhooks(store, settings)]).run(once=True) == 1
    (came,) = receiver.asked
    assert Webhook(secret).verify(came.body, dict(came.headers))["data"] == {"webhook": ident}
    (delivery,) = office.get(f"{PATH}/{ident}").get_json()["deliveries"]
    assert (delivery["message"], delivery["type"], delivery["state"], delivery["tries"], delivery["status"]) == (
        came.headers["webhook-id"], "webhook.test", "sent", 1, 200,
    )  # fmt: skip
    told = office.open("POST", f"{PATH}/{ident}/deliveries/{delivery['message']}/redeliver")
    assert (told.status_code, told.get_json()["state"]) == (202, "waiting")
    assert Worker(store, settings, [Webhooks(store, settings)]).run(once=True) == 1
    assert receiver.asked[1].headers["webhook-id"] == delivery["message"]
    assert office.open("POST", f"{PATH}/{ident}/deliveries/msg_x/redeliver").status_code == 404


def test_a_suspended_webhook_is_seen_as_such_and_resumed_by_its_partner_unless_the_office_did_it(office, store, settings, receiver, local):
    ident, _ = local
    receiver.script["/"] = [Canned(b"", status=410)]
    office.open("POST", f"{PATH}/{ident}/test")
    Worker(store, settings, [Webhooks(store, settings)]).run(once=True)
    told = office.get(f"{PATH}/{ident}").get_json()
    assert (told["state"], told["reason"], told["counts"]["given_up"]) == ("suspended", "gone", 1)
    assert told["since"] is not None
    assert office.open("POST", f"{PATH}/{ident}/test").status_code == 409
    message = told["deliveries"][0]["message"]
    assert office.open("POST", f"{PATH}/{ident}/deliveries/{message}/redeliver").status_code == 409
    assert office.open("POST", f"{PATH}/{ident}/resume").get_json()["state"] == "active"
    with store.work() as session:
        webhooks.suspend(session, webhook_named(session, ident), "office", actor="petugas")
    assert office.open("POST", f"{PATH}/{ident}/resume").status_code == 409
    assert office.get(f"{PATH}/{ident}").get_json()["reason"] == "office"


def test_a_secret_is_rotated_without_a_key_and_a_removed_webhook_is_gone_with_what_waits(office, store, local):
    ident, old = local
    office.open("POST", f"{PATH}/{ident}/test")
    made = office.open("POST", f"{PATH}/{ident}/secret", key=None)
    assert made.status_code == 201
    assert made.get_json()["secret"] != old
    assert office.get(f"{PATH}/{ident}").get_json()["old_secret_until"] == made.get_json()["old_secret_until"] is not None
    assert office.open("DELETE", f"{PATH}/{ident}").status_code == 204
    assert office.get(f"{PATH}/{ident}").status_code == 404
    with store.read() as session:
        assert session.query(WebhookRow).count() == 0


def test_the_words_of_the_contract_are_those_of_the_service():
    assert tuple(EVENTS) == EVENT_TYPES
    assert tuple(webhooks.REASONS) == REASONS
