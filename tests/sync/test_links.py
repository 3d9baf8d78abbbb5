"""The same listing twice, and one need seen from several sources: linked, never merged."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from connectors.kit.simulator import Canned, serve
from exchange.demand.links import also_seen, decide_link
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import history
from exchange.store.changes import ChangeRow
from exchange.store.demands import DemandRow, count_demands
from exchange.store.links import DemandCodeRow, DemandLinkRow
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.codes import codes_of
from exchange.sync.links import link_changes
from exchange.sync.run import sync_source

from .conftest import counts, package, packages  # isort: skip


def twin(code, **more):
    """A package that says the same as every other twin, but for its code."""
    return package(code, nama_paket="Pengadaan rak arsip", pagu=5_000_000, **more)


def tender(code, rup, **more):
    """One announced tender of the service bus, made up."""
    return {
        "kd_tender": code, "kd_rup": rup, "kd_klpd": "D9374", "nama_klpd": "Kota Contoh", "nama_satker": "Dinas Contoh",
        "nama_paket": f"Tender {code}", "pagu": 9_000_000 + code, "hps": 8_000_000 + code, "jenis_pengadaan": "Pengadaan Barang",
        "mtd_pemilihan": "Tender", "status_tender": "Berlangsung", "tgl_pengumuman_tender": "2026-11-02 09:00:00",
    } | more  # fmt: skip


class Region:
    """Sources of a region that answer what the test says."""

    def __init__(self, store, settings, served):
        self.store, self.settings, self.served = store, settings, served

    def pull(self, name, rows, connector="lkpp_isb", region="33.74", **options):
        path = f"/{name}"
        self.served.script[path] = [rows if isinstance(rows, Canned) else Canned.json(rows)]
        with self.store.work() as session:
            if source_by_name(session, name) is None:
                given = {"url": self.served.base + path, **options}
                session.add(SourceRow(name=name, connector=connector, region=region, options=given, local=True, state="approved"))
        report = sync_source(self.store, self.settings, name)
        assert report.state == "complete", report.reasons
        return report

    def links(self, kind=None):
        """(source and reference of both, state), in order."""
        with self.store.read() as session:
            told = select(DemandRow.id, SourceRow.name, DemandRow.reference).join(SourceRow)
            names = {row_id: f"{name} {reference}" for row_id, name, reference in session.execute(told)}
            query = select(DemandLinkRow).where(DemandLinkRow.kind == kind) if kind else select(DemandLinkRow)
            return sorted((*sorted((names[row.low_id], names[row.high_id])), row.state) for row in session.scalars(query))


@pytest.fixture
def region(store, settings):
    with serve(feeds=(), script={}) as served:
        yield Region(store, settings, served)


def test_listings_of_one_source_that_say_the_same_are_counted_and_linked_to_the_first(region):
    report = region.pull("bus", [*packages(range(20)), *(twin(code) for code in (50, 51, 52))])
    assert counts(report) == {"fetched": 23, "new": 23}
    assert report.duplicates == 2
    assert region.links() == [("bus 50", "bus 51", "proposed"), ("bus 50", "bus 52", "proposed")]
    with region.store.read() as session:
        assert count_demands(session) == 23, "nothing is merged"
        assert session.scalars(select(DemandLinkRow.reason)).first() == "Pembeli, judul, barang, anggaran dan waktunya sama."


@pytest.mark.parametrize(
    "differs",
    [{"pagu": 6_000_000}, {"nama_satker": "Dinas Lain"}, {"urarian_pekerjaan": "Meja; "},
     {"tgl_awal_pemilihan": "2027-05-01", "tgl_akhir_pemilihan": "2027-05-01"},
     {"nama_paket": "Pengadaan rak buku"}, {"volume_pekerjaan": "3 unit"}],
)  # fmt: skip
def test_one_thing_that_differs_makes_them_two(region, differs):
    assert region.pull("bus", [twin(50), twin(51) | differs]).duplicates == 0
    assert region.links() == []


def test_the_count_stays_while_nothing_changes_and_follows_what_does(region):
    rows = [*packages(range(20)), twin(50), twin(51)]
    assert region.pull("bus", rows).duplicates == 1
    assert region.pull("bus", rows).duplicates == 1
    assert region.pull("bus", [*rows, twin(52)]).duplicates == 2
    assert region.links() == [("bus 50", "bus 51", "proposed"), ("bus 50", "bus 52", "proposed")]
    assert region.pull("bus", [*rows, twin(52) | {"pagu": 1}]).duplicates == 1
    assert region.links() == [("bus 50", "bus 51", "proposed")]


def test_where_the_first_one_becomes_another_the_others_are_linked_anew(region):
    region.pull("bus", [*packages(range(20)), twin(50), twin(51), twin(52)])
    region.pull("bus", [*packages(range(20)), twin(50) | {"pagu": 1}, twin(51), twin(52)])
    assert region.links() == [("bus 51", "bus 52", "proposed")]


@pytest.mark.parametrize("many", [0, 5000], ids=["by going through all", "by index"])
def test_a_plan_its_tender_and_the_search_are_linked_in_whatever_order_they_come(region, monkeypatch, many):
    for place in ("exchange.store.links._MANY", "exchange.sync.links._MANY"):
        monkeypatch.setattr(place, many)
    sources = {
        "bus": lambda: region.pull("bus", [package(code) for code in range(60000000, 60000020)]),
        "tender": lambda: region.pull("tender", [tender(700 + n, "60000003;60000004" if n == 0 else str(61000000 + n)) for n in range(10)]),
        "cari": lambda: region.pull("cari", _searched(60000003, 60000009), "sirup_search"),
    }
    wanted = [
        ("bus 60000003", "cari 60000003", "proposed"),
        ("bus 60000003", "tender 700", "proposed"),
        ("bus 60000004", "tender 700", "proposed"),
        ("bus 60000009", "cari 60000009", "proposed"),
        ("cari 60000003", "tender 700", "proposed"),
    ]
    for order in (("bus", "tender", "cari"), ("cari", "tender", "bus")):
        for name in order:
            sources[name]()
        assert region.links("same_need") == wanted
        with region.store.work() as session:
            session.execute(DemandLinkRow.__table__.delete())
            session.execute(DemandCodeRow.__table__.delete())
            for row in session.scalars(select(SourceRow)):
                row.linked_at = None


def _searched(*codes):
    row = {"kldi": "Kota Contoh", "idKldi": "D9374", "metode": "E-Purchasing", "jenisPengadaan": "Barang", "pemilihan": "January 2027"}
    rows = [{"id": code, "paket": f"Rak {code}", "pagu": 1000 + code} | row for code in codes]
    return Canned.json({"draw": 1, "recordsTotal": len(rows), "recordsFiltered": len(rows), "data": rows})


def test_why_two_are_one_need_names_the_code(region):
    region.pull("bus", [package(code) for code in range(60000000, 60000020)])
    region.pull("tender", [tender(700, "60000003")])
    with region.store.read() as session:
        assert session.scalars(select(DemandLinkRow.reason)).all() == ["Keduanya menyebut kode RUP 60000003."]


@pytest.mark.parametrize(("where", "linked"), [("33.74", True), ("33", True), ("33.75", False), ("36.72", False)])
def test_only_sources_that_can_speak_of_the_same_need_are_linked(region, where, linked):
    region.pull("bus", [package(code) for code in range(60000000, 60000020)])
    region.pull("tender", [tender(700, "60000003")], region=where)
    assert bool(region.links()) is linked


def test_the_number_of_a_tender_is_never_taken_for_a_plan_s_code(region):
    region.pull("bus", [package(code) for code in range(60000000, 60000020)])
    region.pull("tender", [tender(60000003, "61000001")])
    assert region.links() == []


def test_a_code_that_moves_takes_its_proposal_along_and_leaves_what_staff_decided(region):
    region.pull("bus", [package(code) for code in range(60000000, 60000020)])
    region.pull("tender", [tender(700, "60000003"), tender(701, "60000004")])
    with region.store.work() as session:
        link = session.scalars(select(DemandLinkRow).where(DemandLinkRow.reason.contains("60000004"))).one()
        link.state, link.decided_by = "confirmed", "sari"
    region.pull("tender", [tender(700, "60000005"), tender(701, "60000006")])
    assert region.links() == [
        ("bus 60000004", "tender 701", "confirmed"),
        ("bus 60000005", "tender 700", "proposed"),
        ("bus 60000006", "tender 701", "proposed"),
    ]


def test_processes_of_ocds_are_linked_by_the_process_that_they_name(region):
    def release(ocid, title, **more):
        return {"ocid": ocid, "id": "1", "date": "2026-11-01T00:00:00Z", "tag": ["tender"], "buyer": {"name": "Kota Contoh", "id": "K"},
                "tender": {"title": title, "status": "active"}, **more}  # fmt: skip

    plan = release("ocds-x-1", "Rencana rak arsip")
    later = release(
        "ocds-y-9",
        "Tender rak arsip",
        relatedProcesses=[{"id": "1", "scheme": "ocid", "identifier": "ocds-x-1", "relationship": ["planning"]}],
    )
    region.pull("rencana", {"releases": [plan]}, "ocds")
    region.pull("lelang", {"releases": [later]}, "ocds")
    assert region.links() == [("lelang ocds-y-9", "rencana ocds-x-1", "proposed")]


def test_a_code_under_which_hundreds_were_bought_makes_one_link_each(region):
    region.pull("bus", [package(code) for code in range(60000000, 60000020)])
    region.pull("tender", [tender(700 + number, "60000003") for number in range(300)])
    assert len(region.links()) == 300


def test_links_change_no_demand_and_no_feed(region):
    region.pull("bus", [*(package(code) for code in range(60000000, 60000020)), twin(60000050), twin(60000051)])
    with region.store.read() as session:
        before = session.scalars(select(ChangeRow.id)).all()
    region.pull("tender", [tender(700, "60000003")])
    with region.store.read() as session:
        assert len(session.scalars(select(ChangeRow.id)).all()) == len(before) + 1, "the tender itself"
        assert set(session.scalars(select(DemandRow.version))) == {1}


def test_a_fault_in_linking_is_no_fault_of_the_run_and_is_made_good_by_the_next(region, monkeypatch):
    region.pull("bus", [package(code) for code in range(60000000, 60000020)])
    with monkeypatch.context() as patch:
        patch.setattr("exchange.sync.links.put_links", lambda *_: 1 / 0)
        report = region.pull("tender", [tender(700, "60000003")])
    assert "ZeroDivisionError" in report.notes[-1]
    assert region.links() == []
    assert region.pull("tender", [tender(700, "60000003")]).notes == []
    assert region.links() == [("bus 60000003", "tender 700", "proposed")]


def test_what_was_kept_before_links_were_made_is_linked_at_the_first_run(region):
    region.pull("bus", [*packages(range(20)), twin(50), twin(51)])
    with region.store.work() as session:
        session.execute(DemandLinkRow.__table__.delete())
        source = source_by_name(session, "bus")
        source.linked_at = None
    assert link_changes(region.store, source.id, changed=False) == 1


def test_staff_confirm_reject_and_take_it_back(region):
    region.pull("bus", [*packages(range(20)), twin(50), twin(51)])
    with region.store.work() as session:
        row = session.scalars(select(DemandRow).where(DemandRow.reference == "51")).one()
        (seen,) = also_seen(session, row.id)
        assert (seen["reference"], seen["source"], seen["kind"], seen["state"]) == ("50", "bus", "same_listing", "proposed")
        number = seen["id"]
        decide_link(session, row.ident, number, "proposed", "rejected", "sari")
        with pytest.raises(Conflict, match="sari"):
            decide_link(session, row.ident, number, "proposed", "confirmed", "budi")
        with pytest.raises(NotFound):
            decide_link(session, "d-lain", number, "rejected", "confirmed", "budi")
        with pytest.raises(BadRequest):
            decide_link(session, row.ident, number, "rejected", "merged", "budi")
        assert also_seen(session, row.id)[0]["decided_by"] == "sari"
        assert [act.action for act in history(session, "demand", seen["ident"])] == ["link.reject"], "both demands remember"
    assert region.pull("bus", [*packages(range(20)), twin(50), twin(51)]).duplicates == 0
    assert region.pull("bus", [*packages(range(21)), twin(50), twin(51)]).duplicates == 0
    assert region.links() == [("bus 50", "bus 51", "rejected")], "it is not proposed again"
    with region.store.work() as session:
        decide_link(session, row.ident, number, "rejected", "proposed", "sari")
        assert also_seen(session, row.id)[0]["decided_by"] is None


def test_a_withdrawn_demand_is_no_other_sight_of_anything(region):
    region.pull("bus", [*packages(range(20)), twin(50), twin(51)])
    with region.store.work() as session:
        one, other = session.scalars(select(DemandRow).where(DemandRow.reference.in_(["50", "51"])).order_by(DemandRow.id))
        one.state = "withdrawn"
        session.flush()
        assert also_seen(session, other.id) == []


@pytest.mark.parametrize(
    ("reference", "related", "own", "named"),
    [
        ("53980244", '{"rup":["53980244"]}', {"rup:53980244"}, set()),
        ("700", '{"rup":["1","2"],"tender":["700"]}', {"tender:700"}, {"rup:1", "rup:2"}),
        ("53980244", "{}", {"rup:53980244"}, set()),
        ("12", "{}", set(), set()),
        ("tanpa-kode-1", "{}", set(), set()),
        ("2006493", '{"tender":["2006493"]}', {"tender:2006493"}, set()),
        ("ocds-a-1", '{"ocid":["ocds-b-2"],"uri":["x"]}', {"ocid:ocds-a-1"}, {"ocid:ocds-b-2"}),
    ],
)
def test_a_demand_has_codes_of_its_own_and_names_others(reference, related, own, named):
    assert codes_of(reference, related) == (own, named)
