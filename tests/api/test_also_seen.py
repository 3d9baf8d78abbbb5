"""As what else a demand is seen: in the record that staff read, and nowhere else."""

from __future__ import annotations

from sqlalchemy import select

from exchange.access.segments import differences
from exchange.store.demands import DemandRow
from exchange.store.links import DemandLinkRow


def _linked(store, one, other, **more):
    with store.work() as session:
        ids = {row.ident: row.id for row in session.scalars(select(DemandRow))}
        low, high = sorted((ids[one], ids[other]))
        session.add(DemandLinkRow(low_id=low, high_id=high, kind="same_need", reason="Keduanya menyebut kode RUP 5.", **more))


def test_staff_read_it_with_its_state_and_the_public_reads_nothing_of_it(staff, visitor, store, world):
    path = f"/api/v1/demands/{world.own_demand}"
    before = {who: client.get(path) for who, client in (("staff", staff), ("public", visitor))}
    assert "also_seen" not in before["staff"].get_json()
    _linked(store, world.own_demand, world.pulled_demand, state="confirmed", decided_by="petugas")
    told = staff.get(path)
    (seen,) = told.get_json()["also_seen"]
    assert (seen["ident"], seen["source"], seen["kind"], seen["state"]) == (world.pulled_demand, "semarang", "same_need", "confirmed")
    assert told.headers["ETag"] != before["staff"].headers["ETag"], "who has the record without it asks again"
    open_to_all = visitor.get(path)
    assert open_to_all.data == before["public"].data
    assert world.pulled_demand not in open_to_all.text
    assert all("also_seen" not in each for each in staff.get("/api/v1/demands").get_json()["items"]), "lists stay as they are"


def test_stored_representations_know_nothing_of_links(store, settings, world):
    _linked(store, world.own_demand, world.pulled_demand)
    with store.read() as session:
        assert differences(session, settings.home_region) == []
