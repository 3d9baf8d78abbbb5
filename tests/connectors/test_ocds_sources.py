"""Where OCDS releases stand: archives, links, offices; what is missed is named, and nothing else is lost by it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.kit import Fetch, Limits, SourceError
from connectors.kit.completeness import Facts, judge
from connectors.kit.simulator import Canned, serve
from connectors.ocds import Ocds
from schemas.demand import DemandSchema

RECORDINGS = Path(__file__).parent / "recordings" / "ocds"


def release(number: int, title: str = "Meja", day: int = 1) -> dict:
    tender = {"title": title, "items": [{"id": "1", "description": "Meja kayu", "quantity": 4, "unit": {"name": "unit"}}]}
    date = f"2026-01-{day:02d}T00:00:00Z"
    return {
        "ocid": f"ocds-karang-{number}",
        "id": str(number),
        "date": date,
        "tag": ["tender"],
        "buyer": {"name": "Dinas"},
        "tender": tender,
    }


def package(*numbers: int) -> bytes:
    return json.dumps({"releases": [release(number) for number in numbers]}).encode()


def zipped(*members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", how) as out:
        for name, body in members:
            out.writestr(name, body)
    return whole.getvalue()


@pytest.fixture
def pull(partner, fetching):
    """What came (by number), the run's state, what ended it, and what was asked, of a script of answers."""

    def pulled(script: dict[str, bytes | Canned], path: str = "/a", **more):
        served = partner({target: [body if isinstance(body, Canned) else Canned(body)] for target, body in script.items()})
        source = Ocds({"url": served.base + path})
        fetch = fetching(served.base, **more)
        came, error = [], None
        try:
            for raw in source.listings(fetch, None):
                came.append(raw.reference.removeprefix("ocds-karang-"))
        except SourceError as stopped:
            error = stopped
        facts = fetch.facts
        state = judge(Facts(len(came), facts.lengths_agree, facts.last_page, facts.total, error=error)).state.value
        return came, state, error, [each.target for each in served.asked]

    return pulled


def _recorded(case: str, partner, fetching) -> dict[str, dict]:
    folder = RECORDINGS / case
    told = json.loads((folder / "case.json").read_text("utf-8"))
    served = partner({target: [Canned((folder / file).read_bytes()) for file in files] for target, files in told["answers"].items()})
    source = Ocds({"url": told["settings"]["url"].replace("{base}", served.base)})
    listings = source.listings(fetching(served.base), None)
    return {raw.reference.removeprefix("ocds-karang-"): DemandSchema().load(source.translate(raw)) for raw in listings}


def test_the_archives_of_all_offices_are_read_and_releases_in_two_members_are_one_demand(partner, fetching):
    demands = _recorded("offices", partner, fetching)
    assert set(demands) == {"40", "41", "42"}
    desks = demands["40"]
    assert (desks["title"], desks["description"], desks["status"]) == ("Pengadaan meja belajar", "Jumlah meja bertambah", "open")
    assert (desks["budget"]["amount"], desks["budget"]["currency"]) == (96_000_000, "IDR")
    assert [(item["text"], item["quantity"]["amount"]) for item in desks["items"]] == [("Meja belajar kayu", 60), ("Papan tulis", 5)]
    assert demands["42"]["status"] == "cancelled"


def test_an_index_of_links_gives_the_release_behind_each(partner, fetching):
    demands = _recorded("index", partner, fetching)
    told = {name: (each["title"], each["budget"]["amount"], each["status"]) for name, each in demands.items()}
    assert told == {
        "b-2026-1": ("Belanja alat tulis kantor", 18_000_000, "planned"),
        "s-2026-2": ("Pengadaan lampu jalan", 920, "closed"),
        "b-2026-3": ("Belanja makanan rapat", 7_500_000, "planned"),
    }


def test_members_that_are_cut_or_no_ocds_are_named_and_the_others_are_read(pull):
    whole = zipped(
        ("satu.json", package(1)), ("dua.json", package(2)[:-9]), ("tiga.json", package(3)), ("empat.json", b'{"result":"Error"}')
    )
    came, state, error, _ = pull({"/a": whole})
    assert (came, state) == (["1", "3"], "partial")
    assert error.message.startswith("2 bagian tidak terbaca: dua.json: JSON dari sumber terpotong")
    assert "; empat.json: " in error.message


def test_a_member_whose_bytes_are_broken_is_named_and_the_others_are_read(pull):
    whole = bytearray(zipped(("satu.json", package(1)), ("dua.json", package(2)), how=zipfile.ZIP_STORED))
    whole[whole.find(b"Meja kayu")] ^= 1  # its checksum tells
    came, state, error, _ = pull({"/a": bytes(whole)})
    assert (came, state, "satu.json" in error.message) == (["2"], "partial", True)


def test_a_locked_member_and_an_unknown_way_of_packing_are_named_and_the_others_are_read(pull):
    locked, strange = (bytearray(zipped(("terkunci.json", package(number)))) for number in (1, 2))
    central = locked.find(b"PK\x01\x02")
    locked[central + 8] |= 1
    strange[strange.find(b"PK\x01\x02") + 10] = 99
    for broken in (locked, strange):
        assert pull({"/a": bytes(broken)})[:2] == ([], "failed")
    came, state, error, _ = pull({"/a": zipped(("bz.json", package(1)), how=zipfile.ZIP_BZIP2)})
    assert (came, state, error.rule) == ([], "failed", "wrong_answer")


def test_many_broken_members_are_counted_and_the_first_five_named_without_signs_or_numbers_of_persons(pull):
    names = ["a{b}&.json", "198001012005011001.json", *(f"{number}.json" for number in range(6))]
    came, _, error, _ = pull({"/a": zipped(("baik.json", package(1)), *((name, b"{") for name in names))})
    assert came == ["1"]
    assert error.message.startswith("8 bagian tidak terbaca: a_b__.json: ")
    assert error.message.endswith("; dan 3 lainnya.")
    assert "198001012005011001" not in error.message


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_an_archive_that_is_cut_is_no_list(pull, share):
    whole = zipped(("satu.json", package(*range(200))))
    came, state, error, _ = pull({"/a": whole[: int(len(whole) * share)]})
    assert (came, state, error.rule) == ([], "failed", "truncated")


def test_an_archive_without_members_proves_nothing(pull):
    assert pull({"/a": zipped()})[:2] == ([], "unproven")


def test_where_no_name_ends_in_json_every_member_is_read(pull):
    assert pull({"/a": zipped(("paket", package(1)), ("lain/paket-2", package(2)), ("lain/", b""))})[0] == ["1", "2"]


def test_an_archive_that_swells_ends_the_reading(pull):
    whole = zipped(("satu.json", package(1)), ("bom.json", b"[" + b" " * 4_000_000 + b"]"), ("tiga.json", package(3)))
    came, state, error, _ = pull({"/a": whole})
    assert (came, state) == (["1"], "partial")
    assert "mengembang lebih dari 200 kali" in error.message


def test_members_that_share_their_bytes_are_counted_together(pull):
    body = json.dumps([release(number, "Meja " + "x" * (number % 7)) for number in range(9000)]).encode()
    whole = bytearray(zipped(("satu.json", body)))
    start, end = whole.find(b"PK\x01\x02"), whole.find(b"PK\x05\x06")
    entry, tail = bytes(whole[start:end]), bytearray(whole[end:])
    tail[8:12], tail[12:16] = (50).to_bytes(2, "little") * 2, (50 * len(entry)).to_bytes(4, "little")
    _, state, error, _ = pull({"/a": bytes(whole[:start]) + entry * 50 + bytes(tail)}, limits=Limits(tries=1, ratio=60))
    assert state in {"partial", "failed"}
    assert "mengembang lebih dari 60 kali" in error.message or "tidak terbaca" in error.message


@pytest.mark.parametrize(
    ("limits", "rule"),
    [({"entries": 3}, "too_many_entries"), ({"expanded": 2000}, "too_large"), ({"streamed": 5000}, "too_large")],
)
def test_the_bounds_of_an_archive_hold(pull, limits, rule):
    members = [("0.json", b"[" + b" " * 3000 + b"]")] * 1 + [(f"{number}.json", b"[" + b" " * 1500 + b"]") for number in range(1, 4)]
    came, state, error, _ = pull({"/a": zipped(*members)}, limits=Limits(tries=1, **limits))
    assert (came, state, error.rule) == ([], "failed", rule)


def test_an_office_whose_archive_cannot_be_had_is_named_and_the_others_are_read(pull):
    codes = ["11", None, "12", "13", "11"]
    script = {
        "/api/master/lpse?year=2026": Canned.json({"data": [{"code": code} for code in codes]}),
        "/api/tender/export-ocds-batch/?year=2026&lpse=11": zipped(("a.json", package(1))),
        "/api/tender/export-ocds-batch/?year=2026&lpse=13": zipped(("a.json", package(3)), ("b.json", b"{")),
    }  # fmt: skip
    came, state, error, asked = pull(script, "/api/master/lpse?year=2026")
    assert (came, state, len(asked)) == (["1", "3"], "partial", 4)
    assert "LPSE 12: Sumber menjawab dengan status 404" in error.message
    assert "LPSE 13, b.json: " in error.message


def test_a_list_of_offices_without_a_year_says_what_to_add(pull):
    _, state, error, _ = pull({"/api/master/lpse": b'{"results": [{"code": 11}]}'}, "/api/master/lpse")
    assert (state, "year=" in error.mend) == ("failed", True)


def test_a_source_that_fails_three_times_in_a_row_is_not_asked_for_the_rest(pull):
    links = [f"/d{number}" for number in range(20)]
    script = {"/a": Canned.json({"data": [{"uri": link} for link in links]}), "/d0": package(0)}
    script |= {link: Canned(b"rusak", status=503) for link in links[1:]}
    came, state, error, asked = pull(script)
    assert (came, state, error.rule, len(asked)) == (["0"], "partial", "cut_short", 5)


def test_single_failures_between_good_answers_do_not_end_the_run(pull):
    links = [f"/d{number}" for number in range(12)]
    script = {"/a": Canned.json({"data": [{"uri": link} for link in links]})}
    script |= {link: Canned(b"rusak", status=500) if number % 3 else package(number) for number, link in enumerate(links)}
    came, state, error, _ = pull(script)
    assert (came, state) == (["0", "3", "6", "9"], "partial")
    assert error.message.startswith("8 bagian tidak terbaca: dokumen ke-2: ")


def test_a_link_to_another_host_is_not_asked_and_one_that_comes_twice_is_asked_once(pull):
    uris = ["/d1", "https://lain.example/d2", "", "/d1", "http://[buruk"]
    came, state, error, asked = pull({"/a": Canned.json({"data": [{"uri": uri} for uri in uris]}), "/d1": package(1)})
    assert (came, state, asked) == (["1"], "partial", ["/a", "/d1"])
    assert error.message.startswith("3 bagian tidak terbaca: dokumen ke-2: ")


def test_an_index_that_names_fewer_documents_than_it_says_is_partial(pull):
    came, state, error, _ = pull({"/a": Canned.json({"total": 3, "data": [{"uri": "/d1"}]}), "/d1": package(1)})
    assert (came, state) == (["1"], "partial")
    assert "menyebut 3 dokumen, yang ditunjuk 1" in error.message


def test_an_index_in_which_no_link_can_be_read_fails_with_what_came(pull):
    came, state, error, _ = pull(
        {"/a": Canned.json({"data": [{"uri": "/d1"}, {"uri": "/d2"}]}), "/d1": b'{"result":"Error"}', "/d2": b"{}, {}"}
    )
    assert (came, state, error.rule) == ([], "failed", "shape_changed")


def test_an_empty_index_proves_nothing(pull):
    assert pull({"/a": Canned.json({"data": [], "next_page_url": None})})[:2] == ([], "unproven")


def test_a_later_page_of_another_shape_keeps_what_came_before(pull):
    first = json.loads(package(1)) | {"next_page": "/b"}
    came, state, error, _ = pull({"/a": Canned.json(first), "/b": b'{"kosong": true}'})
    assert (came, state, error.rule) == (["1"], "partial", "cut_short")


@pytest.mark.parametrize("link", [5, True, ["/b"], {"href": "/b"}, "http://[buruk"])
def test_a_following_page_that_cannot_be_read_is_not_the_end_of_the_list(pull, link):
    came, state, _, asked = pull({"/a": Canned.json(json.loads(package(1)) | {"links": {"next": link}})})
    assert (came, state, asked) == (["1"], "partial", ["/a"])


@pytest.mark.parametrize("link", [None, "", {}, {"uri": ""}])
def test_a_following_page_that_is_not_named_is_the_end_of_the_list(pull, link):
    assert pull({"/a": Canned.json(json.loads(package(1)) | {"links": {"next": link}})})[:2] == (["1"], "complete")


def test_packages_in_an_array_lead_to_the_one_page_that_follows_them(pull):
    first = [json.loads(package(1)) | {"next_page": "/b"}, json.loads(package(2)) | {"next_page": "/b"}]
    assert pull({"/a": Canned.json(first), "/b": package(3)})[:2] == (["1", "2", "3"], "complete")
    first[1]["next_page"] = "/c"
    assert pull({"/a": Canned.json(first), "/b": package(3)})[:2] == (["1", "2"], "partial")


def test_rows_in_envelopes_are_no_releases_and_one_stranger_among_releases_is_its_own(pull):
    rows = [release(1), release(2)]
    assert pull({"/a": Canned.json({"releases": [{"data": row} for row in rows]})})[:2] == ([], "failed")
    came, state, _, _ = pull({"/a": Canned.json({"releases": [*rows, {"data": 1}]})})
    assert (len(came), state) == (3, "complete")


WHOLE = zipped(*((f"{number}.json", package(number, number + 10)) for number in range(3)))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_archive_whose_list_is_shorter_than_it_says_is_no_list_of_demands(pull, number):
    """The library takes the length of the list for granted and reads what lies within it, nothing at all included."""
    body, end = bytearray(WHOLE), WHOLE.rindex(b"PK\x05\x06")
    entries = [each.start() for each in re.finditer(b"PK\x01\x02", WHOLE)] + [end]
    body[end + 12 : end + 16] = (entries[number] - entries[0]).to_bytes(4, "little")
    came, state, error, _ = pull({"/a": bytes(body)})
    assert (came, state, error.rule) == ([], "failed", "truncated")


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_whatever_happens_to_the_bytes_of_an_archive_it_gives_listings_or_says_why_not(data):
    body = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(4, len(body) - 1))] = data.draw(st.integers(0, 255))
    with serve(feeds=(), script={"/a": [Canned(bytes(body))]}) as served:
        source = Ocds({"url": f"{served.base}/a"})
        with Fetch(lambda body, meta: "d", source.approved(), local=True, limits=Limits(tries=1, total=5.0)) as fetch:
            came, error = [], None
            try:
                for raw in source.listings(fetch, None):
                    came.append(raw.reference)
            except SourceError as stopped:
                error = stopped
    assert len(came) == len(set(came))
    assert error is None or error.state in {"failed", "partial"}
    assert error is not None or came
