"""A mapping is checked as a whole before anything is asked, and says what listings mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import Refused, Skip
from connectors.kit.mapping import MappingError, read_mapping
from connectors.kit.mapping.expressions import JmesPath, WrongExpression, XPath

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "docs" / "mappings").glob("*.toml"))
LEAST = """
format = "json"
[listing]
reference = "id"
[demand]
title = "judul"
[demand.buyer]
name = "pembeli"
"""
BODY = {"id": 7, "judul": "Meja", "pembeli": "Dinas Contoh"}


def _with(demand: str = "", top: str = "", listing: str = "") -> str:
    return LEAST.replace("[listing]", f"{top}\n[listing]\n{listing}").replace('title = "judul"', f'title = "judul"\n{demand}')


def _read(mapping: str, body: dict, **more) -> dict:
    return read_mapping(mapping).translate("7", body | more)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_example_of_the_documentation_can_be_used(path):
    assert read_mapping(path.read_text("utf-8")).digest


def test_the_least_mapping_gives_a_demand():
    assert _read(LEAST, BODY) == {
        "reference": "7", "title": "Meja", "description": None, "buyer": {"name": "Dinas Contoh", "code": None, "unit": None},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("format = ", "bukan TOML yang sah"),
        ("a" * 70_000, "lebih besar dari 64 KiB"),
        ("", "format: wajib ada; listing: wajib ada; demand: wajib ada"),
        (LEAST.replace('"json"', '"pdf"'), "format: harus salah satu dari: json, ndjson, csv, xml"),
        (LEAST.replace('"json"', "7"), "format: harus teks"),
        (_with("harga = 'x'"), "demand.harga: kunci tidak dikenal; yang ada: title, description, buyer"),
        (_with(top="paging = 3"), "paging: harus berupa tabel"),
        (_with(top="[paging]\nkind = 'page'"), "paging.parameter: wajib ada pada kind = page"),
        (_with(top="[paging]\nkind = 'link'\nnext = 'a'\nfirst = 1"), "paging.first: tidak dipakai pada kind = link"),
        (_with(top="[paging]\nkind = 'offset'\nparameter = 'mulai'"), "paging.size: isi size, total atau more"),
        (_with(top="[paging]\nkind = 'page'\nparameter = 'p'\nsize = 0"), "paging.size: harus bilangan bulat 1 sampai 100000"),
        (_with(top="[paging]\nkind = 'page'\nparameter = 'a b'"), "paging.parameter: harus nama parameter alamat"),
        (_with(top="[request]\ntoken_header = 'Host'"), "request.token_header: kepala ini diisi oleh simpul sendiri"),
        (_with(top="[request]\ntoken_header = 'a: b'"), "request.token_header: harus nama kepala HTTP"),
        (_with("method = 'a b'"), "demand.method: ungkapan 'a b' bukan JMESPath yang sah"),
        (_with("method = ''"), "demand.method: ungkapan '' kosong"),
        (_with("method = 3"), "demand.method: harus ungkapan (teks) atau tabel dengan from atau constant"),
        (_with("method = { from = 'a', constant = 'b' }"), "demand.method: harus memuat from atau constant, tidak keduanya"),
        (_with("method = { from = [] }"), "demand.method.from: from harus teks, atau daftar"),
        (_with("method = { from = 'a', scale = 2 }"), "demand.method.scale: kunci tidak dikenal; yang ada: from, constant, read"),
        (_with("status = { constant = 'baru' }"), "demand.status: 'baru' bukan salah satu dari: planned, open, closed, cancelled"),
        (_with("status = { from = 'a', codes = 'x' }"), "demand.status.codes: tabel [codes.x] tidak ada; yang ada: belum satu pun"),
        (_with("status = { from = 'a', codes = { Baru = 'new' } }"), "demand.status.codes.Baru: 'new' bukan salah satu dari"),
        (_with("region = { constant = '99.99' }"), "demand.region: '99.99' bukan kode wilayah"),
        (_with("budget = { amount = { constant = 3 }, basis = 'tender_value' }"), "demand.budget.amount: harus ungkapan (from)"),
        (_with("budget = { amount = 'a' }"), "demand.budget.basis: wajib ada"),
        (_with("budget = { amount = { from = 'a', scale = 0 }, basis = 'tender_value' }"), "demand.budget.amount.scale: harus bilangan"),
        (_with("published_at = { from = 'a', zone = 'GMT' }"), "demand.published_at.zone: harus salah satu dari: WIB, WITA, WIT, UTC"),
        (_with("url = { from = 'a', pattern = 'ftp://x/{}' }"), "demand.url.pattern: harus alamat https:// dengan {} satu kali"),
        (_with("items = { each = 'a', list = { text = 'b' } }"), "demand.items: harus memuat each (larik barang) atau list"),
        (_with("items = { each = 'a' }"), "demand.items.text: wajib ada bersama each"),
        (_with("items = { each = 'a', text = 'b', quantity = { amount = 'c', unit = { constant = '???' } } }"), "bukan kode satuan"),
        (LEAST.replace("name", "unit"), "demand.buyer: harus memuat name atau code"),
        (_with(top="[[keep]]\nfrom = 'a'\nis = ['x']\nis_not = ['y']\nreason = 'z'"), "keep.1: harus memuat is atau is_not"),
        (_with(top="[[skip]]\nreason = 'z'\nwhen = [{ from = 'a', is = ['x'] }, { from = 'b c', is = ['x'] }]"), "skip.1.when.2.from:"),
        (_with(top="[namespaces]\na = 'b'"), "namespaces: hanya dipakai pada format = xml"),
        (_with(top="[csv]\ndelimiter = ';'"), "csv: hanya dipakai pada format = csv"),
        (_with(top="list = 'a'").replace('"json"', '"csv"'), "list: tidak dipakai pada format = csv"),
        (_with(top="[paging]\nkind = 'link'\nnext = 'a'").replace('"json"', '"ndjson"'), "paging: format = ndjson tidak memuat"),
        (LEAST.replace('"json"', '"xml"'), "list: harus jalur elemen dari akar sampai data"),
        (_with(top="list = 'a:b'").replace('"json"', '"xml"'), "list: awalan a: belum dinyatakan di [namespaces]"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_table_and_key_with_what_is_allowed(mapping, said):
    with pytest.raises(MappingError) as caught:
        read_mapping(mapping)
    assert said in str(caught.value)


def test_all_faults_are_told_at_once_and_a_flood_of_them_is_counted():
    keys = "\n".join(f"salah{n} = 1" for n in range(40))
    with pytest.raises(MappingError) as caught:
        read_mapping(_with(keys))
    assert "Dan 28 lagi." in str(caught.value)


def test_another_mapping_has_another_digest_and_the_same_one_the_same():
    commented = LEAST + "# catatan\n"
    assert read_mapping(LEAST).digest == read_mapping(commented).digest
    assert read_mapping(LEAST).digest != read_mapping(_with("method = 'a'")).digest


def test_the_first_expression_that_says_something_holds():
    mapping = _with("method = { from = ['a', 'b.c', 'd'] }")
    assert _read(mapping, BODY, a="", b={"c": "-"}, d="Tender")["method"] == "Tender"
    assert _read(mapping, BODY)["method"] is None


@pytest.mark.parametrize(
    ("said", "amount"),
    [(15, "15000000"), ("1.5", "1500000"), (0, None), ("", None), ("-", None), (None, None), (0.000001, "1")],
)
def test_an_amount_is_scaled_exactly_and_nothing_is_not_said(said, amount):
    mapping = _with("budget = { amount = { from = 'n', scale = 1000000 }, basis = 'tender_value' }")
    budget = _read(mapping, BODY, n=said)["budget"]
    assert budget == (amount and {"amount": amount, "currency": "IDR", "basis": "tender_value"})


@pytest.mark.parametrize("said", ["lima", -1, True, [1, 2], {"a": 1}, "1e400"])
def test_an_amount_that_is_none_goes_to_quarantine(said):
    with pytest.raises(Refused):
        _read(_with("budget = { amount = 'n', basis = 'tender_value' }"), BODY, n=said)


@pytest.mark.parametrize(("said", "amount"), [("605 Jt", "605000000"), ("Rp 600.500.000,00", "600500000"), ("1,2 M", "1200000000")])
def test_sums_are_read_as_offices_write_them(said, amount):
    mapping = _with("budget = { amount = { from = 'n', read = 'rupiah' }, basis = 'tender_value' }")
    assert _read(mapping, BODY, n=said)["budget"]["amount"] == amount


@pytest.mark.parametrize(
    ("start", "end", "precision", "wanted"),
    [
        ("2026-02-01", "2026-05-01", "month", ("2026-02-01", "2026-05-01", "month")),
        ("2026-02-01", "2026-05-20", "month", ("2026-02-01", "2026-05-20", "day")),
        ("2026-02-01", "2026-05-01", None, ("2026-02-01", "2026-05-01", "day")),
        ("2026-02", None, None, ("2026-02-01", None, "month")),
        ("2026-01-01", "2026-01-01", "year", ("2026-01-01", "2026-01-01", "year")),
        ("2026-05-01", "2026-02-01", None, ("2026-05-01", None, "day")),
    ],
)
def test_a_period_keeps_its_precision(start, end, precision, wanted):
    told = f", precision = '{precision}'" if precision else ""
    mapping = _with(f"periods = {{ use = {{ start = 'a', end = 'b'{told} }} }}")
    use = _read(mapping, BODY, a=start, b=end)["periods"]["use"]
    assert (use["start"], use["end"], use["precision"]) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("January 2026", ("2026-01-01", "month")), ("31/01/2026", ("2026-01-31", "day")), ("7 Mei 2021", ("2021-05-07", "day")),
     ("2026", ("2026-01-01", "year")), ("2026-01-31 10:00:00", ("2026-01-31", "day"))],
)  # fmt: skip
def test_days_and_months_are_read_as_people_write_them(said, wanted):
    mapping = _with("periods = { use = { start = { from = 'a', read = 'written' } } }")
    use = _read(mapping, BODY, a=said)["periods"]["use"]
    assert (use["start"], use["precision"]) == wanted


def test_codes_do_not_mind_capitals_and_what_they_do_not_name_is_as_told():
    codes = "codes = { Barang = 'goods', 'Jasa Lainnya' = 'services' }, split = ';'"
    usual, nothing, refuse = (
        _with(f"category = {{ from = 'j', {codes}{more} }}") for more in ("", ", otherwise = 'nothing'", ", otherwise = 'refuse'")
    )
    assert _read(usual, BODY, j=" BARANG ")["category"] == "goods"
    assert _read(usual, BODY, j="Barang;Jasa Lainnya;")["category"] == "mixed"
    assert _read(usual, BODY, j="works")["category"] == "works"
    assert _read(nothing, BODY, j="works")["category"] is None
    assert _read(refuse, BODY, j="")["category"] is None
    with pytest.raises(Refused, match="code_unknown"):
        _read(refuse, BODY, j="works")


def test_rules_are_asked_in_order_and_each_has_its_reason():
    mapping = _with(top="""
[[skip]]
reason = "dua-duanya"
when = [{ from = "a", is = ["1", "true"] }, { from = "b", is_not = ["x"] }]
[[keep]]
from = "a"
is_not = ["1"]
reason = "satu saja"
""")  # fmt: skip
    for body, reason in (({"a": 1, "b": "y"}, "dua-duanya"), ({"a": True, "b": "y"}, "dua-duanya"), ({"a": "1", "b": "X"}, "satu saja")):
        with pytest.raises(Skip) as caught:
            _read(mapping, BODY, **body)
        assert caught.value.reason == reason
    assert _read(mapping, BODY, a="2")["title"] == "Meja"


@pytest.mark.parametrize(("said", "wanted"), [("36.72", "36.72"), (3672, "36.72"), ("36", "36"), (None, None), ("-", None)])
def test_a_region_is_a_code_of_the_table(said, wanted):
    assert _read(_with("region = 'w'"), BODY, w=said)["region"] == wanted
    with pytest.raises(Refused, match="region_unknown"):
        _read(_with("region = 'w'"), BODY, w="99.99")


@pytest.mark.parametrize(
    ("missing", "rule"), [("id", "reference_missing"), ("judul", "title_or_buyer_missing"), ("pembeli", "title_or_buyer_missing")]
)
def test_what_a_demand_needs_is_asked_for(missing, rule):
    for nothing in (None, "", " - "):
        with pytest.raises(Refused) as caught:
            _read(LEAST, BODY | {missing: nothing if missing != "id" else None})
        assert caught.value.rule == rule


@pytest.mark.parametrize("text", ["a.b", '"a b".c', "a", "a[0].b", "a.b | [0]", "length(a)", "a[?b=='x'].c"])
@given(data=st.data())
def test_a_plain_path_finds_what_the_library_finds(text, data):
    import jmespath

    values = st.recursive(
        st.none() | st.integers() | st.text(max_size=2),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "c", "a b"]), inner, max_size=3),
        max_leaves=6,
    )
    body = data.draw(st.dictionaries(st.sampled_from(["a", "a b"]), values, max_size=2))
    try:
        wanted = jmespath.search(text, body)
    except jmespath.exceptions.JMESPathError:
        with pytest.raises(Refused):
            JmesPath().compile(text).one(body)
    else:
        assert JmesPath().compile(text).one(body) == wanted


@pytest.mark.parametrize(
    "text",
    ["document('file:///etc/hostname')", "$x", "re:test(a, 'b')", "x:a/b", "//a//b//c//d", "a[", "", "a" * 501, "count(", "id('x')",
     "ancestor::a/following::b/preceding::c/descendant::d"],
)  # fmt: skip
def test_an_xpath_that_reaches_out_or_floods_is_refused(text):
    with pytest.raises(WrongExpression):
        XPath({"k": "urn:k"}).compile(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("k:a", "1"), ("@n", "9"), ("k:b/k:c", ["2", "3"]), ("k:b/@x", "y"), ("k:a/text()", "1"), ("count(k:b/k:c)", 2),
        ("k:b[@x='y']/k:c[2]", "3"), ("k:none", None), ("string(k:b)", "23"), ("k:b", "23"), ("concat(k:a, '$(x)')", "1$(x)"),
        ("boolean(k:a)", True), ("number('x')", None), (".//k:c", ["2", "3"]),
    ],
)  # fmt: skip
def test_plain_paths_and_whole_expressions_agree_on_an_element(text, wanted):
    body = {"@n": "9", "k:a": "1", "k:b": {"@x": "y", "k:c": ["2", "3"]}}
    assert XPath({"k": "urn:k"}).compile(text).value(body) == wanted


def test_where_no_namespace_is_declared_names_are_local():
    assert XPath().compile("b[c='2']/c").value({"b": {"c": "2"}}) == "2"
