"""A mapping as a form: what the text says is shown, what is chosen is written into the text, and nothing else of it changes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.mapping import read_mapping
from exchange.web.mapping_fields import SPECS
from exchange.web.mapping_form import CONSTANT, applied, entries, read_text, unshown

from .sourcing import MAPPING, rows

EDITOR = "/sumber/jati/pemetaan"
EXAMPLES = {path.name: path.read_text("utf-8") for path in sorted((Path(__file__).parents[2] / "docs" / "mappings").glob("*.toml"))}
TEXTS = [MAPPING, *EXAMPLES.values()]
MEMBERS = {name: [1.0, {"text": 1.0}, "contoh"] for name in ("id", "judul", "nama", "pagu", "instansi.nama", "Nama Paket", "barang[].nama")}


def form_of(text, members=MEMBERS):
    """What a browser sends of the untouched form."""
    form = {}
    for _title, shown in entries(read_text(text), members, None, []):
        for entry in shown:
            name = entry.spec.name
            form[f"f_{name}"] = entry.chosen
            form |= {f"c_{name}": entry.constant} if entry.spec.constant else {}
            form |= {f"r_{name}": entry.read} if entry.spec.reads else {}
            form |= {f"k_{name}": entry.meanings.replace("\n", "\r\n")} if entry.meanings is not None else {}
    return form


@pytest.fixture(scope="module", autouse=True)
def language():
    from flask import Flask
    from flask_babel import Babel

    app = Flask("form")
    Babel(app, default_locale="id")
    with app.test_request_context():
        yield


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("members", [MEMBERS, {}])
def test_an_untouched_form_leaves_the_text_letter_for_letter(text, members):
    assert applied(text, form_of(text, members)) == (text, [])


@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.sampled_from(SPECS), st.sampled_from(["", "id", "pagu", "Nama Paket"])), max_size=4))
def test_a_choice_changes_its_own_field_and_the_form_made_of_the_text_shows_it(text, choices):
    form = form_of(text)
    choices = [each for each in choices if form["f_format"] != "xml" or " " not in each[1]]
    chosen = {
        spec.name: said for spec, said in choices
        if spec.kind == "source" and f"f_{spec.name}" in form and not spec.of_items and spec.name != "demand.budget.amount"
    }  # fmt: skip
    made, wrong = applied(text, form | {f"f_{name}": said for name, said in chosen.items()})
    assert wrong == []
    again = form_of(made)
    for name, said in form.items():
        if name.startswith("f_"):
            assert again[name] == chosen.get(name[2:], said), name
    untouched = {place for place in unshown(tomllib.loads(text)) if not place.startswith("codes")}
    assert untouched <= set(unshown(tomllib.loads(made)))
    remarks = {line.strip() for line in text.splitlines() if line.strip().startswith("#")}
    assert remarks <= {line.strip() for line in made.splitlines()}


def test_all_that_a_demand_has_can_be_said_by_choices_alone():
    start = 'format = "json"\n[listing]\nreference = "x"\n[demand]\ntitle = "x"\n[demand.buyer]\nname = "x"\n'
    form = form_of(start) | {
        "f_format": "csv", "f_csv.delimiter": ";", "f_listing.reference": "No. Paket", "f_demand.title": "Nama Paket",
        "f_demand.buyer.name": CONSTANT, "c_demand.buyer.name": "Kota Contoh", "f_demand.region": CONSTANT, "c_demand.region": "36.72",
        "f_demand.items.text": "Nama Paket", "f_demand.items.quantity.amount": "Jumlah", "f_demand.items.quantity.unit": "Satuan",
        "f_demand.budget.amount": "Pagu (Rp)", "r_demand.budget.amount": "rupiah", "f_demand.budget.basis": "package_ceiling",
        "f_demand.periods.selection.end": "Batas", "r_demand.periods.selection.end": "written", "f_demand.category": "Jenis",
        "k_demand.category": "Barang = barang\r\nJasa Lain=jasa\r\n",
    }  # fmt: skip
    text, wrong = applied(start, form)
    assert wrong == []
    mapping = read_mapping(text)
    row = {
        "No. Paket": "A-1", "Nama Paket": "Meja", "Jumlah": "3", "Satuan": "buah", "Pagu (Rp)": "Rp 2.500.000,00", "Batas": "31/01/2027",
        "Jenis": "Barang",
    }  # fmt: skip
    told = mapping.translate("A-1", row)
    assert mapping.delimiter == ";" and mapping.reference(row) == "A-1"
    assert (told["buyer"]["name"], told["region"], told["category"]) == ("Kota Contoh", "36.72", "goods")
    assert told["budget"] == {"amount": "2500000", "currency": "IDR", "basis": "package_ceiling"}
    assert told["periods"]["selection"]["end"] == "2027-01-31"
    (item,) = told["items"]
    assert (item["text"], item["quantity"]["amount"], item["quantity"]["unit"]) == ("Meja", "3", "H87")


def test_things_in_a_list_are_chosen_from_that_list_and_not_from_two_places():
    form = form_of(MAPPING) | {"f_demand.items.text": "barang[].nama"}
    text, wrong = applied(MAPPING, form)
    assert wrong == [] and tomllib.loads(text)["demand"]["items"] == {"each": "barang", "text": "nama"}
    assert form_of(text)["f_demand.items.text"] == "barang[].nama"
    wrong = applied(MAPPING, form | {"f_demand.items.specification": "judul"})[1]
    assert [name for name, _ in wrong] == ["demand.items.specification"]


def test_a_budget_without_its_column_goes_whole():
    made, _wrong = applied(MAPPING, form_of(MAPPING) | {"f_demand.budget.amount": ""})
    assert "budget" not in made
    read_mapping(made)


def plain(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)).replace("\u00a0", " ")


def sent(page, csrf, **more):
    """The form of a page as a browser sends it, with some fields filled in otherwise."""
    from html import unescape

    form = {"csrf_token": csrf(page), "cara": "formulir"}
    form["dilihat"] = re.search(r'name="dilihat" value="(\w+)"', page.text)[1]
    for name, inner in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page.text, re.S):
        form[name] = unescape(inner)
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner) or re.search(r'value="([^"]*)"', inner)
        form[name] = unescape(chosen[1])
    for name, value in re.findall(r'<input class="form-control[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page.text):
        form[name] = unescape(value)
    return form | {name.replace("__", "."): value for name, value in more.items()}


@pytest.fixture
def pulled(world, settings, jati):
    from exchange.store.sources import source_by_name
    from exchange.sync.run import sync_source

    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    jati.answers(rows(3))
    sync_source(world, settings, "jati")
    return jati


def test_the_form_shows_the_columns_with_examples_and_tries_and_saves_what_is_chosen(staff, csrf, pulled):
    admin = staff("admin")
    page = admin.get(EDITOR)
    assert '<option value="judul" selected>judul · Meja rapat kayu jati 1</option>' in page.text
    assert "199001012020121001" not in page.text
    form = sent(page, csrf, aksi="pratinjau", f_demand__title="catatan", f_demand__place=CONSTANT, c_demand__place="Kantor Contoh")
    tried = admin.post(EDITOR, data=form)
    assert "untuk ruang tamu" in plain(tried) and "Kantor Contoh" in plain(tried)
    assert '<option value="catatan" selected>' in tried.text, "what was chosen stays chosen"
    part = admin.post(EDITOR, data=form, headers={"HX-Request": "true"})
    assert "<h1" not in part.text and "title = &#34;catatan&#34;" in part.text, "the text that the form makes stands beside"
    assert pulled.row().options["mapping"] == MAPPING
    as_text = admin.post(EDITOR, data=form | {"aksi": "teks"})
    assert 'id="mapping"' in as_text.text and "title = &#34;catatan&#34;" in as_text.text
    assert admin.post(EDITOR, data=form | {"aksi": "simpan"}).status_code == 303
    saved = pulled.row().options["mapping"]
    assert saved == MAPPING.replace('"judul"', '"catatan"').replace('"refuse" }\n', '"refuse" }\nplace = { constant = "Kantor Contoh" }\n')
    again = admin.post(EDITOR, data=sent(admin.get(EDITOR), csrf, aksi="simpan"), follow_redirects=True)
    assert "Tidak ada yang berubah." in plain(again)


def test_what_is_wrong_with_a_choice_stands_at_its_field(staff, csrf, pulled):
    admin = staff("admin")
    page = admin.get(EDITOR)
    form = sent(page, csrf, aksi="simpan", f_demand__buyer__name=CONSTANT, k_demand__status="buka = terbuka\nlain = entah")
    answer = admin.post(EDITOR, data=form)
    assert answer.status_code == 422
    assert "Isi nilainya, atau pilih kolomnya." in answer.text.split('id="salah_demand.buyer.name"')[1][:200]
    assert "Baris “lain = entah” belum lengkap" in plain(answer) and "lain = entah</textarea>" in answer.text.replace("\n</", "</")
    lacking = admin.post(EDITOR, data=sent(page, csrf, aksi="simpan", f_demand__title=""))
    assert lacking.status_code == 422 and "wajib ada" in lacking.text.split('id="salah_demand.title"')[1][:200]
    assert pulled.row().options["mapping"] == MAPPING


def test_a_source_is_added_without_a_mapping_and_the_form_makes_it(staff, csrf, world, jati):
    from exchange.store.sources import source_by_name

    admin = staff("admin")
    page = admin.get("/tambah-sumber?konektor=rest")
    form = {
        "csrf_token": csrf(page),
        "konektor": "rest",
        "nama": "kebutuhan_jepara",
        "wilayah": "33.20",
        "set_url": "https://contoh.example/api",
    }
    assert admin.post("/tambah-sumber", data=form).status_code == 303
    with world.work() as session:
        start = source_by_name(session, "kebutuhan_jepara").options["mapping"]
        row = source_by_name(session, "jati")
        row.options = row.options | {"mapping": start}
    admin.post("/sumber/jati/pratinjau", data={"csrf_token": csrf(page)})
    jati.work()
    editor = admin.get(EDITOR)
    assert "Daftar pertama dalam jawaban itu ada di: daftar" in plain(editor)
    assert '<option value="judul">judul · Meja rapat kayu jati 1</option>' in editor.text
    assert "199001012020121001" not in editor.text and '<option value="nip">' not in editor.text
    chosen = sent(
        editor,
        csrf,
        aksi="pratinjau",
        f_list="daftar",
        f_listing__reference="id",
        f_demand__title="judul",
        f_demand__buyer__name="instansi",
    )
    assert "6 data" in plain(admin.post(EDITOR, data=chosen)) or "5 data" in plain(admin.post(EDITOR, data=chosen))
    assert admin.post(EDITOR, data=chosen | {"aksi": "simpan"}).status_code == 303
