"""A partner brings, changes and withdraws its own demand; what a lost answer, a doubled request or another partner do to it."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.access.policy import Tier
from exchange.demand.intake import Unfit, check
from exchange.store.audit import AuditRow
from exchange.store.base import Store
from exchange.store.demands import DemandRow
from exchange.store.feed import changes_told, last_change
from exchange.store.idempotency import IdempotencyRow
from exchange.store.sources import SourceRow
from exchange.sync.archive import Archive

PATH = "/api/v1/partner/demands"


def wanted(reference: str = "P-1", **more: Any) -> dict[str, Any]:
    return {
        "reference": reference, "title": "Meja belajar untuk 40 siswa", "buyer": {"name": "Dinas Pendidikan"}, "status": "open",
        "items": [{"position": 1, "text": "meja belajar", "quantity": {"amount": "40", "unit": "C62", "said": "40 buah"}}],
        "budget": {"amount": "60000000.25", "basis": "owner_estimate"},
    } | more  # fmt: skip


def kept(store: Store) -> list[DemandRow]:
    with store.read() as session:
        rows = session.query(DemandRow).join(SourceRow, SourceRow.id == DemandRow.source_id).where(SourceRow.connector == "push")
        return list(rows.order_by(DemandRow.id))


def test_what_a_partner_brings_is_kept_as_any_demand_and_read_back_by_it(office, store, app, settings_of):
    made = office.open("POST", PATH, wanted())
    assert made.status_code == 201, made.text
    told = made.get_json()
    assert made.headers["Location"] == f"{PATH}/{told['ident']}"
    again = office.get(made.headers["Location"])
    assert again.get_json() == told
    assert again.headers["ETag"] == made.headers["ETag"]
    assert told["budget"] == {"amount": "60000000.25", "currency": "IDR", "basis": "owner_estimate"}
    assert (told["region"], told["state"], told["version"]) == ("33.74", "live", 1)
    (row,) = kept(store)
    body = Archive(settings_of(app).data_dir / "archive").read(row.raw_answer)
    assert b"Meja belajar" in body, "the request lies in the archive as it came"
    assert office.get(PATH).get_json()["items"] == [told]


def test_nobody_but_its_partner_and_staff_reads_it(office, another, visitor, staff):
    ident = office.open("POST", PATH, wanted()).get_json()["ident"]
    another.stage("agreed")
    for reader in (another, visitor):
        for path in (f"{PATH}/{ident}", f"/api/v1/demands/{ident}"):
            assert reader.get(path).status_code in {401, 404}
        assert ident not in reader.get("/api/v1/demands").text + reader.get("/api/v1/changes").text
    assert another.get(PATH).get_json()["items"] == []
    assert staff.get(f"/api/v1/demands/{ident}").status_code == 200
    assert staff.get(PATH).status_code == 401, "a session is no token"


def test_two_partners_may_use_the_same_reference(office, another):
    mine, theirs = (one.open("POST", PATH, wanted()).get_json() for one in (office, another))
    assert mine["ident"] != theirs["ident"]
    assert [one["ident"] for one in office.get(PATH).get_json()["items"]] == [mine["ident"]]


def test_the_same_key_and_body_get_the_same_answer_and_do_nothing_twice(office, store):
    first = office.open("POST", PATH, wanted(), key="kunci-1")
    with store.read() as session:
        place, acts = last_change(session), session.query(AuditRow).count()
    for key in ("kunci-1", '"kunci-1"'):
        again = office.open("POST", PATH, wanted(), key=key)
        assert (again.status_code, again.data, again.headers["ETag"]) == (201, first.data, first.headers["ETag"])
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.headers["Location"] == first.headers["Location"]
    with store.read() as session:
        assert (last_change(session), session.query(AuditRow).count()) == (place, acts)


def test_the_same_key_for_something_else_is_refused(office, another):
    office.open("POST", PATH, wanted(), key="kunci-1")
    other = office.open("POST", PATH, wanted("P-2"), key="kunci-1")
    assert (other.status_code, other.get_json()["type"]) == (422, "/problems/kunci-dipakai-lagi")
    assert office.open("POST", f"{PATH}/bulk", {"demands": [wanted()]}, key="kunci-1").status_code == 422
    assert another.open("POST", PATH, wanted("P-2"), key="kunci-1").status_code == 201, "another partner's keys are its own"


@pytest.mark.parametrize("key", [None, " ", "dua kata", "é", '"', "x" * 101])
def test_a_key_that_is_missing_or_unreadable_is_asked_for(office, store, key):
    answer = office.open("POST", PATH, wanted(), key=key)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.get_json()["detail"]
    assert kept(store) == []


def test_a_refused_request_leaves_its_key_free(office):
    assert office.open("POST", PATH, wanted(title=""), key="kunci-1").status_code == 400
    assert office.open("POST", PATH, wanted(), key="kunci-1").status_code == 201


def test_many_requests_with_one_key_at_once_do_their_work_once(app, office, store):
    answers, gate = [], threading.Barrier(8)

    def send() -> None:
        client = app.test_client()
        gate.wait()
        answers.append(client.post(PATH, json=wanted(), headers=office.headers | {"Idempotency-Key": "bersama"}))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(one.status_code, one.data) for one in answers} == {(201, answers[0].data)}
    assert sum("Idempotency-Replayed" not in one.headers for one in answers) == 1
    assert len(kept(store)) == 1
    with store.read() as session:
        assert session.query(IdempotencyRow).count() == 1


def test_a_known_reference_with_another_content_is_no_new_demand(office):
    first = office.open("POST", PATH, wanted())
    assert office.open("POST", PATH, wanted()).status_code == 200
    other = office.open("POST", PATH, wanted(title="Kursi"))
    assert other.status_code == 409
    assert first.get_json()["ident"] in other.get_json()["mend"]
    assert office.get(first.headers["Location"]).get_json()["title"] == "Meja belajar untuk 40 siswa"


def test_a_change_must_name_the_version_that_was_read(office):
    made = office.open("POST", PATH, wanted())
    path, tag = made.headers["Location"], made.headers["ETag"]
    assert office.open("PUT", path, wanted(title="Kursi")).status_code == 428
    assert office.open("DELETE", path).status_code == 428
    changed = office.open("PUT", path, wanted(title="Kursi"), If_Match=tag)
    assert (changed.status_code, changed.get_json()["version"]) == (200, 2)
    for method, body in (("PUT", wanted()), ("DELETE", None)):
        assert office.open(method, path, body, If_Match=tag).status_code == 412
        assert office.open(method, path, body, If_Match=f"W/{changed.headers['ETag']}").status_code == 412, "a weak one is no match"
    assert office.get(path).get_json()["title"] == "Kursi"
    assert office.open("PUT", path, wanted("P-9"), If_Match=changed.headers["ETag"]).status_code == 400
    assert office.open("PUT", path, wanted(), If_Match="*").status_code == 200


def test_a_withdrawn_demand_is_a_tombstone_and_may_come_back(office, store):
    made = office.open("POST", PATH, wanted())
    path = made.headers["Location"]
    with store.read() as session:
        place = last_change(session)
    gone = office.open("DELETE", path, If_Match=made.headers["ETag"])
    assert (gone.status_code, gone.get_json()["state"]) == (200, "withdrawn")
    with store.read() as session:
        part = changes_told(session, Tier.STAFF, 1, ("demand",), after=place, limit=10)
    assert [(one.ident, one.body) for one in part.entries] == [(made.get_json()["ident"], None)]
    assert [one["state"] for one in office.get(f"{PATH}?state=withdrawn").get_json()["items"]] == ["withdrawn"]
    assert office.get(f"{PATH}?state=live").get_json()["items"] == []
    back = office.open("PUT", path, wanted(), If_Match=gone.headers["ETag"])
    assert (back.status_code, back.get_json()["state"], back.get_json()["version"]) == (200, "live", 3)


def test_another_partners_demand_can_be_neither_changed_nor_withdrawn(office, another, store):
    path = office.open("POST", PATH, wanted()).headers["Location"]
    for method, body in (("PUT", wanted(title="Kursi")), ("DELETE", None), ("GET", None)):
        assert another.open(method, path, body, If_Match="*").status_code == 404
    assert [(row.title, row.state) for row in kept(store)] == [("Meja belajar untuk 40 siswa", "live")]


@pytest.mark.parametrize("world_demand", ["own_demand", "private_demand", "pulled_demand"])
def test_a_demand_of_the_node_itself_is_nobodys_own(office, world, world_demand):
    path = f"{PATH}/{getattr(world, world_demand)}"
    for method, body in (("GET", None), ("PUT", wanted("RUP-1")), ("DELETE", None)):
        assert office.open(method, path, body, If_Match="*").status_code == 404


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (wanted(title=""), "title"),
        (wanted(nama_ppk="Budi"), "nama_ppk"),
        (wanted(region="36.72"), "33.74"),
        (wanted(budget={"amount": "-1", "basis": "owner_estimate"}), "budget.amount"),
        (wanted("P\n1"), "reference"),
        ([], "objek JSON"),
        (7, "objek JSON"),
    ],
)
def test_a_demand_that_does_not_fit_is_refused_with_what_is_wrong(office, store, record, says):
    answer = office.open("POST", PATH, record)
    assert answer.status_code == 400, answer.text
    assert says in answer.get_json()["detail"]
    assert kept(store) == []


@pytest.mark.parametrize(
    "body", [{}, {"demands": []}, {"demands": [wanted()], "lain": 1}, {"demands": [wanted()] * 1001}, [wanted()], {"demands": wanted()}]
)
def test_a_bulk_request_of_another_shape_is_refused_whole(office, store, body):
    assert office.open("POST", f"{PATH}/bulk", body).status_code == 400
    assert kept(store) == []


def test_bodies_that_are_no_json_are_refused(office, store):
    headers = office.headers | {"Idempotency-Key": "k", "Content-Type": "application/json"}
    for path in (PATH, f"{PATH}/bulk"):
        assert office.client.post(path, data=b'{"a":', headers=headers).status_code == 400
        assert office.client.post(path, data=b" " * ((4 << 20) + 1), headers=headers).status_code == 413
        assert office.client.post(path, data=b"<a/>", headers=headers | {"Content-Type": "text/xml"}).status_code == 415


def test_without_the_scope_nothing_is_written_and_the_refusal_names_it(app, office, store):
    form = {"grant_type": "client_credentials", "client_id": office.ident, "client_secret": office.secret, "scope": "demand:read"}
    token = office.client.post("/oauth/token", data=form).get_json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    for path, body in ((PATH, wanted()), (f"{PATH}/bulk", {"demands": [wanted()]})):
        answer = office.client.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.get_json()["missing"]) == (403, ["demand:write"])
        assert 'scope="demand:write"' in answer.headers["WWW-Authenticate"]
        assert app.test_client().post(path, json=body).status_code == 401
    assert kept(store) == []
    assert not list((store_folder(app) / "archive").rglob("*.z")), "what nobody may send is not kept either"


def store_folder(app):
    from exchange.wiring import settings

    with app.app_context():
        return settings().data_dir


@pytest.fixture
def settings_of():
    def its(app):
        from exchange.wiring import settings

        with app.app_context():
            return settings()

    return its


def test_the_nightly_run_asks_no_partner_for_what_it_brings_itself(office, store, app, settings_of):
    from exchange.jobs.nightly import nightly

    office.open("POST", PATH, wanted())
    with store.work() as session:
        for source in session.query(SourceRow).where(SourceRow.connector != "push"):
            source.state = "disabled"
    night = nightly(store, settings_of(app))
    assert night.sources == [] and night.all_well
    assert [row.state for row in kept(store)] == ["live"]
    assert kept(store)[0].matched_version == 1, "it was matched like any other"


ROWS = st.lists(
    st.one_of(
        st.builds(wanted, st.sampled_from(["A", "B", "C"]), title=st.sampled_from(["Meja", "Kursi", ""])),
        st.sampled_from([None, 1, "x", {}, {"reference": "A"}]),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=st.lists(ROWS, min_size=1, max_size=3))
def test_whatever_rows_are_sent_each_gets_its_outcome_and_the_last_good_one_holds(office, store, requests):
    held: dict[str, str] = {}
    prefix = uuid4().hex  # the database is the same for all examples
    for rows in requests:
        sent = [row | {"reference": f"{prefix}-{row['reference']}"} if row and isinstance(row, dict) else row for row in rows]
        told = office.open("POST", f"{PATH}/bulk", {"demands": sent}).get_json()
        assert [one["position"] for one in told["items"]] == list(range(len(sent)))
        for row, one in zip(sent, told["items"], strict=True):
            try:
                check(row if isinstance(row, dict) else {})
            except Unfit:
                assert one["outcome"] == "refused" and one["detail"]
                continue
            before = held.get(row["reference"])
            assert one["outcome"] == ("new" if before is None else "unchanged" if before == row["title"] else "changed")
            held[row["reference"]] = row["title"]
        assert sum(told["counts"].values()) == len(sent)
    assert {row.reference: row.title for row in kept(store) if row.reference.startswith(prefix)} == held
