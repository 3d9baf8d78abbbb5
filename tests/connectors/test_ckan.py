"""The connector `ckan`: which file is the table, whatever it is called, and what a portal says instead."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from connectors.ckan import Ckan
from connectors.kit import SettingsError, SourceError
from connectors.kit.ckan_resources import resources, wanted
from connectors.kit.simulator import Canned

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ckan"
TABLE = b"Kode Paket;Nama Paket;Volume;Satuan\nA;Meja;3;buah\nB;Kursi;4;buah\n"
BUYER = {"buyer": "Pemerintah Kota Contoh"}


def book() -> bytes:
    made = Workbook()
    for line in (["Nama Barang", "Volume"], ["Meja", 3]):
        made.worksheets[0].append(line)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def told(id: str, name: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "name": name, "url": url, "state": "active", "format": "", "mimetype": None} | more


def package(*several: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "p", "name": "kebutuhan", "title": "Kebutuhan barang", "state": "active", "resources": list(several)} | more


def ok(result: Any) -> Canned:
    return Canned.json({"success": True, "result": result})


class Portal:
    """A portal on loopback with one dataset."""

    def __init__(self, partner: Any, fetching: Any) -> None:
        self._partner, self._fetching = partner, fetching

    def run(self, answers: dict[str, Any], **settings: str) -> list[str]:
        self.served = self._partner({path: each if isinstance(each, list) else [each] for path, each in answers.items()})
        given = {"url": self.served.base, "dataset": "kebutuhan"} | BUYER | settings
        self.source = Ckan({name: value for name, value in given.items() if value})
        self.fetch = self._fetching(*self.source.approved())
        self.listings = []
        for raw in self.source.listings(self.fetch, None):
            self.listings.append(raw)
        return [raw.reference for raw in self.listings]

    def fails(self, answers: dict[str, Any], **settings: str) -> SourceError:
        with pytest.raises(SourceError) as caught:
            self.run(answers, **settings)
        return caught.value


@pytest.fixture
def portal(partner, fetching):
    return Portal(partner, fetching)


SHOW = "/api/3/action/package_show?id=kebutuhan"
ROWS = "/api/3/action/datastore_search?resource_id=d&sort=_id&limit=1000&offset="


def test_a_picture_that_is_labelled_csv_is_told_without_asking_for_it(portal, archive):
    listed = package(told("r", "Hasil Akip.png", "/unduh/hasil-akip.png", format="CSV", mimetype="image/png"))
    error = portal.fails({SHOW: ok(listed)})
    assert error.rule == "wrong_answer" and "1 gambar" in error.message and "resource" in error.mend
    assert len(archive.metas) == 1


def test_the_answers_of_a_real_portal_are_understood():
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside this checkout")
    real = json.loads((SHARED / "muaraenimkab_package_show.json").read_text())["result"]
    (found,) = resources(real)
    assert (found.other, found.year, found.stored) == ("gambar", None, False)
    single = json.loads((SHARED / "muaraenimkab_resource_show.json").read_text())["result"]
    (found,) = resources(package(single))
    assert found.other is None and found.year is None


@pytest.mark.parametrize(
    ("more", "other"),
    [
        ({"mimetype": "text/csv"}, None), ({"mimetype": "application/octet-stream"}, None), ({}, None),
        ({"mimetype": "image/png", "url": "/a.csv"}, None), ({"format": "CSV", "url": "/a.pdf"}, "PDF"), ({"name": "foto.JPG"}, "gambar"),
        ({"format": "PNG", "url": "/a.xlsx?x=1"}, None), ({"mimetype": "application/json"}, "JSON"), ({"format": "PDF"}, None),
    ],
)  # fmt: skip
def test_surer_places_go_before_the_label(more, other):
    (found,) = resources(package(told("r", "berkas", "/unduh/1") | more))
    assert found.other == other


def test_the_newest_year_is_read_and_never_an_older_one_in_its_place(portal):
    two = [told("a", "Kebutuhan 2025", "/a.csv"), told("b", "Kebutuhan 2026", "/b.csv")]
    assert portal.run({SHOW: ok(package(*two)), "/b.csv": Canned(TABLE)}) == ["A", "B"]
    error = portal.fails({SHOW: ok(package(two[0], told("b", "Kebutuhan 2026", "/b.pdf"))), "/a.csv": Canned(TABLE)})
    assert error.rule == "wrong_answer" and "1 PDF" in error.message
    assert portal.fails({SHOW: ok(package(*two)), "/a.csv": Canned(TABLE)}).rule == "http_status"


@pytest.mark.parametrize("named", ["2025", "a", "kebutuhan 2025", "Triwulan lama"])
def test_a_setting_names_another_file_by_id_name_or_year(named):
    files = resources(
        package(told("a", "Kebutuhan 2025", "/a.csv"), told("b", "Kebutuhan 2026", "/b.csv"), told("c", "triwulan lama", "/c"))
    )
    assert [each.id for each in wanted(files, named)] == (["c"] if "lama" in named else ["a"])


def test_years_are_read_from_names_and_not_out_of_dates_and_ids():
    (found,) = resources(package(told("r", "data", "/dataset/2031-aa/download/data_20260310.csv"), title="Kebutuhan TA 2026"))
    assert found.year == 2026


def test_a_file_beside_that_is_a_table_of_something_else_is_passed_over(portal):
    listed = package(
        told("m", "Metadata", "/m.csv", last_modified="2026-03-01"), told("t", "Data", "/t", last_modified="2026-01-01", format="PDF")
    )
    answers = {SHOW: ok(listed), "/m.csv": Canned(b"Kolom;Arti\nVolume;banyaknya\n"), "/t": Canned(book())}
    (raw,) = portal.run(answers)
    assert raw.startswith("tanpa-kode-")


def test_what_came_under_a_name_of_a_table_is_sniffed(portal):
    error = portal.fails({SHOW: ok(package(told("r", "a.csv", "/a.csv", mimetype="text/csv"))), "/a.csv": Canned(b"%PDF-1.7")})
    assert error.rule == "wrong_answer" and "apa pun labelnya" in error.message


def test_a_page_in_place_of_the_file_ends_the_run_and_no_other_file_is_taken(portal):
    listed = package(told("a", "a.csv", "/a.csv", last_modified="2026-02-01"), told("b", "b.csv", "/b.csv"))
    answers = {SHOW: ok(listed), "/a.csv": Canned(b"<html><body>Masuk</body></html>"), "/b.csv": Canned(TABLE)}
    assert portal.fails(answers).rule == "html_page"


def test_a_file_on_another_host_is_asked_for_only_where_a_setting_approves_it(portal, partner):
    files = partner({"/a.csv": [Canned(TABLE)]})
    answers = {SHOW: ok(package(told("a", "a.csv", f"{files.base}/a.csv")))}
    error = portal.fails(answers)
    assert files.base in error.message and "resource_host" in error.mend
    assert portal.run(answers, resource_host=files.base) == ["A", "B"]


@pytest.mark.parametrize(
    "link", ["http://[", "ftp://contoh.example/a.csv", "http://a\\@b/a.csv", "javascript:alert(1)", "http://a:b@c/x.csv"]
)
def test_a_link_that_is_no_address_is_a_file_that_cannot_be_had(portal, link):
    assert portal.fails({SHOW: ok(package(told("a", "a.csv", link)))}).rule == "wrong_answer"


def test_a_portal_that_forgot_tls_in_its_links_is_asked_over_tls():
    source = Ckan({"url": "https://satudata.example/", "dataset": "x"})
    assert source._address("http://satudata.example/a.csv") == "https://satudata.example/a.csv"
    assert source._address("/a.csv") == "https://satudata.example/a.csv"


def test_a_search_takes_the_newest_of_all_it_finds_over_its_pages(portal):
    first = {"count": 2, "results": [package(told("a", "2025", "/a.csv"))]}
    second = {"count": 2, "results": [package(told("b", "2026", "/b.csv"), name="lain")]}
    asked = "/api/3/action/package_search?q=kebutuhan%20barang&rows=100&start="
    answers = {f"{asked}0": ok(first), f"{asked}1": ok(second), "/b.csv": Canned(TABLE)}
    assert portal.run(answers, dataset="", query="kebutuhan barang") == ["A", "B"]
    nothing = portal.fails({f"{asked}0": ok({"count": 0, "results": []})}, dataset="", query="kebutuhan barang")
    assert nothing.rule == "wrong_answer"


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (409, {"__type": "Validation Error", "id": ["Missing value"]}, "parameter: id"),
        (409, {"__type": "Validation Error", "__extras": ['invalid value "limitf"']}, "Validation Error"),
        (404, {"__type": "Not Found Error", "message": "Not found: orang@contoh.invalid"}, "tidak mempunyai dataset"),
        (403, {"__type": "Authorization Error", "message": "Access denied"}, "tidak membuka"),
        (200, {"__type": "Search Query Error"}, "tidak memahami"),
        (400, "Bad request - Action name not known", "galat"),
    ],
)
def test_the_portals_own_errors_are_told_in_words_of_ours(portal, archive, status, error, says):
    body = {"help": "x", "success": False, "error": error}
    failure = portal.fails({SHOW: Canned(json.dumps(body).encode(), status=status)})
    assert (failure.rule, failure.state) == ("ckan_refused", "failed")
    assert says in failure.message and failure.mend
    assert "orang@" not in failure.message and failure.answer in archive.bodies


@pytest.mark.parametrize(
    ("canned", "rule"),
    [
        (Canned(b"<html><body>Satu Data</body></html>"), "html_page"),
        (Canned(b"<html>404</html>", status=404), "http_status"),
        (Canned(b'{"success": false, "error": {}}', status=500), "source_busy"),
        (Canned(b'{"data": []}'), "shape_changed"),
        (Canned(b'{"success": true, "result": []}'), "wrong_answer"),
        (Canned(b'{"success": true}'), "shape_changed"),
    ],
)
def test_an_address_that_is_no_portal_is_said_to_be_none(portal, canned, rule):
    error = portal.fails({SHOW: canned})
    assert error.rule == rule and error.mend


def stored(rows: list[dict[str, Any]], **more: Any) -> Canned:
    fields = [{"id": name} for name in ("_id", "Kode Paket", "Nama Paket", "Volume", "Email")]
    return ok({"fields": fields, "records": rows, "limit": 1000} | more)


def row(number: int, **more: Any) -> dict[str, Any]:
    return {
        "_id": number,
        "Kode Paket": f"K{number}",
        "Nama Paket": f"Meja {number}",
        "Volume": number,
        "Email": "orang@contoh.invalid",
    } | more


STORED = ok(package(told("d", "data", "https://berkas.example/a.csv", datastore_active=True)))


def test_the_datastore_stands_in_for_a_file_on_another_host_and_is_paged_by_its_own_bound(portal, archive):
    answers = {
        SHOW: STORED, f"{ROWS}0": stored([row(1), row(2)], total=3, limit=2), f"{ROWS}2": stored([row(3)], total=3, limit=2, offset=2),
    }  # fmt: skip
    assert portal.run(answers) == ["K1", "K2", "K3"]
    last = portal.listings[-1]
    assert last.position == 0 and json.loads(archive.bodies[last.answer])["result"]["offset"] == 2
    assert "Email" not in last.body and "_id" not in last.body
    assert portal.fetch.facts.last_page is True


@pytest.mark.parametrize(
    ("second", "state"),
    [
        (Canned(status=500), "partial"),
        (stored([row(3)], total=4, limit=2), "unproven"),
        (stored([row(1), row(2)], total=3, limit=2), "partial"),
        (stored([], total=3, limit=2), "partial"),
        (stored([row(3), row(4)], total=3, limit=2), "unproven"),
    ],
)
def test_a_datastore_that_does_not_come_to_its_end_proves_nothing(portal, second, state):
    answers = {SHOW: STORED, f"{ROWS}0": stored([row(1), row(2)], total=3, limit=2), f"{ROWS}2": second}
    error = portal.fails(answers)
    assert error.state == state and [raw.reference for raw in portal.listings][:2] == ["K1", "K2"]


def test_a_dataset_is_taken_from_the_address_of_its_page():
    source = Ckan({"url": "https://satudata.example/data/id/dataset/kebutuhan-2026/resource/4769846d?x=1"})
    assert source.approved() == ("https://satudata.example/data",)
    assert (source._dataset, source._resource) == ("kebutuhan-2026", "4769846d")
    assert Ckan({"url": "https://satudata.example/api/3/action/package_show?id=abc"})._dataset == "abc"


def test_without_a_dataset_or_a_search_the_settings_say_what_is_missing():
    with pytest.raises(SettingsError, match="dataset"):
        Ckan({"url": "https://satudata.example"})
