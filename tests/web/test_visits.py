"""Monitoring visits: once however often the form comes, changed with the version that was seen, read by staff alone."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from exchange.catalogue.firms import visiting
from exchange.store.audit import audit, history
from exchange.store.businesses import BusinessRow
from exchange.store.photos import PhotoRow
from exchange.store.visits import VisitRow

from .firming import DAY, FIRM, PAGE, firm, now, word  # noqa: F401  # isort: skip

pytestmark = pytest.mark.usefixtures("firm")
NEW = f"{PAGE}/kunjungan/baru"


def form(**more):
    said = {
        "kunci": "kuncikunjungan1", "tanggal": DAY, "kapasitas": "40,5", "satuan": "kg", "per": "hari", "tenaga": "14",
        "mesin": "some_broken",
        "mesin_catatan": "Bubut 2 rusak", "pesanan": "20 pagar", "masalah": "Bahan baku mahal", "pelatihan": ["pengelasan", "k3"],
        "pelatihan_lain": "Gambar teknik",
        "tindak_lanjut": "Hubungkan ke pemasok", "tenggat": "2026-11-20", "catatan": "Ramai", "tulisan": "id",
    }  # fmt: skip
    return said | more


def picture(size=(900, 600)):
    out = io.BytesIO()
    Image.new("RGB", size, (20, 90, 140)).save(out, "JPEG")
    out.seek(0)
    return out


def send(client, csrf, path, data, **more):
    return client.post(path, data=data | {"csrf_token": csrf(client.get(NEW))}, content_type="multipart/form-data", **more)


def visits(world):
    with world.read() as session:
        return session.scalars(select(VisitRow).order_by(VisitRow.id)).all()


def test_a_visit_is_put_on_record_and_tells_the_firm_what_is_newest(petugas, csrf, world):
    answer = send(petugas, csrf, NEW, form())
    assert answer.status_code == 303
    (row,) = visits(world)
    assert (row.on, str(row.capacity), row.capacity_unit, row.workers, row.officer) == (date(2026, 11, 1), "40.500000", "kg", 14, "petugas")
    assert row.training_needs == ["pengelasan", "k3", "gambar teknik"]
    page = petugas.get(answer.headers["Location"]).text
    assert "40,5&nbsp;kg per hari" in page and "sebagian rusak" in page and "Hubungkan ke pemasok" in page
    kept = now(world)
    assert (kept.visited_on, kept.workers, kept.training_needs) == (row.on, 14, row.training_needs)
    with world.read() as session:
        assert history(session, "business", FIRM)[0].facts["changes"]["workers"] == [12, 14]
        assert history(session, "visit", str(row.id))[0].action == "visit.add"


def test_the_same_form_again_over_a_line_that_broke_is_the_same_visit(petugas, csrf, world):
    places = {send(petugas, csrf, NEW, form(foto=(picture(), "a.jpg"))).headers["Location"] for _ in range(3)}
    assert len(places) == 1 and len(visits(world)) == 1
    with world.read() as session:
        assert len(session.scalars(select(PhotoRow)).all()) == 1


def test_htmx_is_told_to_load_the_visit_and_gets_the_form_back_where_it_is_refused(petugas, csrf, world):
    htmx = {"HX-Request": "true"}
    refused = send(petugas, csrf, NEW, form(tenaga="banyak"), headers=htmx)
    assert refused.status_code == 422 and "bukan bilangan" in refused.text
    assert 'value="banyak"' in refused.text and "<html" not in refused.text and 'value="k3" checked' in refused.text
    done = send(petugas, csrf, NEW, form(), headers=htmx)
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, f"{PAGE}/kunjungan/1")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"tanggal": ""}, "Hari kunjungan belum diisi"),
        ({"tanggal": "2999-01-01"}, "belum tiba"),
        ({"satuan": ""}, "Kapasitas belum bersatuan"),
        ({"kapasitas": "1.250,5,5"}, "bukan bilangan"),
        ({"kapasitas": "-4"}, "di luar batas"),
        ({"tenaga": "999999"}, "di luar batas"),
        ({"tenggat": ""}, "saling memerlukan"),
        ({"tenggat": "2025-11-20"}, "lebih awal daripada hari kunjungan"),
        ({"mesin": "aneh"}, "tidak lengkap"),
        ({"catatan": "x" * 2001}, "terlalu panjang"),
        ({"kunci": "<>"}, "tidak lengkap"),
    ],
)
def test_what_is_not_whole_is_refused_with_what_was_typed(petugas, csrf, world, more, said):
    answer = send(petugas, csrf, NEW, form(**more))
    assert answer.status_code == 422 and said in answer.text and "Bahan baku mahal" in answer.text
    assert visits(world) == []


def test_a_form_that_comes_back_says_that_its_photos_are_to_be_chosen_again(petugas, csrf, world):
    refused = send(petugas, csrf, NEW, form(tenaga="banyak", foto=(picture(), "a.jpg")))
    assert refused.status_code == 422 and "pilih lagi fotonya" in refused.text
    assert "pilih lagi fotonya" not in send(petugas, csrf, NEW, form(tenaga="banyak")).text


def test_a_photo_that_is_none_refuses_the_whole_form(petugas, csrf, world):
    answer = send(petugas, csrf, NEW, form(foto=(io.BytesIO(b"GIF89a"), "a.jpg")))
    assert answer.status_code == 422 and "bukan foto" in answer.text and visits(world) == []


def test_the_second_to_change_a_visit_sees_what_the_first_changed(petugas, staff, csrf, world):
    send(petugas, csrf, NEW, form())
    path = f"{PAGE}/kunjungan/1/ubah"
    assert send(petugas, csrf, path, form(versi=1, tenaga="20")).status_code == 303
    answer = send(staff("admin"), csrf, path, form(versi=1, tenaga="9", catatan="Lain"))
    assert answer.status_code == 409 and "sudah diubah petugas lain" in answer.text
    assert 'name="versi" value="2"' in answer.text and ">20<" in answer.text and ">Lain</textarea>" in answer.text
    assert visits(world)[0].workers == 20
    with world.read() as session:
        assert history(session, "visit", "1")[0].facts["changes"] == {"workers": [14, 20]}


def test_what_is_to_follow_waits_until_it_is_done(petugas, csrf, world):
    send(petugas, csrf, NEW, form())
    assert "Hubungkan ke pemasok" in petugas.get("/ikm/menunggu").text
    assert "Tindak lanjut paling lambat" in petugas.get(f"{PAGE}/kunjungan/1").text, "the day itself is still in time"
    for _ in range(2):
        assert send(petugas, csrf, f"{PAGE}/kunjungan/1/selesai", {}).status_code == 303
    assert "Hubungkan ke pemasok" not in petugas.get("/ikm/menunggu").text
    assert visits(world)[0].followed_by == "petugas"


def test_another_due_day_is_another_follow_up(petugas, csrf, world):
    send(petugas, csrf, NEW, form())
    send(petugas, csrf, f"{PAGE}/kunjungan/1/selesai", {})
    path = f"{PAGE}/kunjungan/1/ubah"
    assert send(petugas, csrf, path, form(versi=2, catatan="Sepi")).status_code == 303
    assert visits(world)[0].followed_by == "petugas", "a word beside it undoes nothing"
    assert send(petugas, csrf, path, form(versi=3, tindak_lanjut="Periksa lagi", tenggat="2026-12-20")).status_code == 303
    assert (visits(world)[0].followed_on, visits(world)[0].followed_by) == (None, None)
    assert "Periksa lagi" in petugas.get("/ikm/menunggu").text


def test_an_older_visit_does_not_replace_what_a_newer_one_said(petugas, csrf, world):
    send(petugas, csrf, NEW, form())
    send(petugas, csrf, NEW, form(kunci="kuncikunjungan2", tanggal="2026-10-01", tenaga="3"))
    assert (now(world).workers, now(world).visited_on) == (14, date(2026, 11, 1))


def test_what_is_emptied_in_the_newest_visit_is_emptied_on_the_firm_too(petugas, csrf, world):
    send(petugas, csrf, NEW, form())
    path = f"{PAGE}/kunjungan/1/ubah"
    assert now(world).visit_note == "Bahan baku mahal\nRamai"
    empty = form(tenaga="", masalah="", catatan="", pelatihan=[], pelatihan_lain="")
    assert send(petugas, csrf, path, empty | {"versi": 1}).status_code == 303
    kept = now(world)
    assert (kept.visit_note, kept.workers, kept.training_needs, kept.visited_on) == (None, None, [], date(2026, 11, 1))
    with world.read() as session:
        changes = history(session, "business", FIRM)[0].facts["changes"]
    assert changes["workers"] == [14, None] and set(changes) == {"visit_note", "workers", "training_needs"}


def test_what_somebody_else_told_of_a_firm_is_not_emptied_with_a_visit(petugas, csrf, world):
    send(petugas, csrf, NEW, form())
    with world.work() as session:
        session.scalars(select(BusinessRow).where(BusinessRow.ident == FIRM)).one().workers = 30
    assert send(petugas, csrf, f"{PAGE}/kunjungan/1/ubah", form(versi=1, tenaga="", masalah="")).status_code == 303
    assert (now(world).workers, now(world).visit_note) == (30, "Ramai")


def test_changing_the_note_of_a_visit_leaves_what_was_put_right_since(petugas, csrf, world):
    send(petugas, csrf, NEW, form())
    with world.work() as session:
        session.scalars(select(BusinessRow).where(BusinessRow.ident == FIRM)).one().workers = 30
    assert send(petugas, csrf, f"{PAGE}/kunjungan/1/ubah", form(versi=1, catatan="Sepi")).status_code == 303
    assert (now(world).workers, now(world).visit_note) == (30, "Bahan baku mahal\nSepi")


def test_where_the_newest_visit_was_earlier_the_one_before_it_speaks(petugas, csrf, world):
    send(petugas, csrf, NEW, form(tanggal="2026-10-01", tenaga="11", masalah="Listrik", catatan="", pelatihan=["k3"], pelatihan_lain=""))
    send(petugas, csrf, NEW, form(kunci="kuncikunjungan2", tenaga=""))
    assert (now(world).visited_on, now(world).workers) == (date(2026, 11, 1), 11)
    moved = form(versi=1, tanggal="2026-09-01", tenaga="")
    assert send(petugas, csrf, f"{PAGE}/kunjungan/2/ubah", moved).status_code == 303
    kept = now(world)
    assert (kept.visited_on, kept.visit_note, kept.workers, kept.training_needs) == (date(2026, 10, 1), "Listrik", 11, ["k3"])


DAYS = st.dates(date(2026, 1, 1), date(2026, 10, 31))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(acts=st.lists(st.one_of(DAYS, st.tuples(st.integers(0, 5), DAYS)), min_size=1, max_size=8), told=st.none() | DAYS)
def test_the_firms_day_is_that_of_its_newest_visit_however_visits_were_put_on_record_and_moved(world, acts, told):
    with world.work() as session:
        one = session.scalars(select(BusinessRow).where(BusinessRow.ident == FIRM)).one()
        one.visited_on = told
        audit(session, "uji", "import", "business", FIRM, changes={"visited_on": [None, told.isoformat() if told else None]})
        days = {}
        for place, act in enumerate(acts):
            said = {"on": act[1] if isinstance(act, tuple) else act}
            if not isinstance(act, tuple):
                row, _new = visiting.add(session, FIRM, f"kuncihukum{place}", said, actor="uji", today=date(2026, 11, 1))
            elif days:
                row = session.get_one(VisitRow, sorted(days)[act[0] % len(days)])
                visiting.change(session, FIRM, row.id, row.version, said, actor="uji", today=date(2026, 11, 1))
            else:
                continue
            days[row.id] = said["on"]
            assert one.visited_on == max([*days.values(), *([told] if told else [])]), "of visits on record and of the workbook"
        session.rollback()


def test_nothing_of_a_visit_reaches_anybody_but_staff(petugas, csrf, world, client):
    petugas.post(f"{PAGE}/persetujuan", data=word("given", now(world).version) | {"csrf_token": csrf(petugas.get(PAGE))})
    send(petugas, csrf, NEW, form(foto=(picture(), "a.jpg")))
    told = client.get(f"/api/v1/businesses/{FIRM}").text + client.get("/api/v1/changes").text
    for secret in ("Bahan baku mahal", "pengelasan", '"workers"', "visit"):
        assert secret not in told
    assert client.get("/foto/1").status_code == 302


def test_photos_of_a_product_are_added_put_first_and_removed(petugas, csrf, world):
    path = "/produk/UJI-LGM-001"

    def act(what, **data):
        said = data | {"csrf_token": csrf(petugas.get(path))}
        return petugas.post(f"{path}/foto/{what}", data=said, content_type="multipart/form-data")

    act("tambah", foto=(picture(), "a.jpg"), isi=" ")
    assert "Belum ditulis apa yang tampak" in petugas.get(path).text
    act("tambah", foto=(picture(), "a.jpg"), isi="Pagar dari depan")
    act("tambah", foto=(picture((600, 900)), "b.jpg"), isi="Pagar dari samping")
    page = petugas.get(path).text
    assert page.index('alt="Pagar dari depan"') < page.index('alt="Pagar dari samping"')
    act("pertama", foto="2")
    page = petugas.get(path).text
    assert page.index('alt="Pagar dari samping"') < page.index('alt="Pagar dari depan"')
    assert petugas.get("/foto/2").mimetype == "image/jpeg" and petugas.get("/foto/2/kecil").data[:3] == b"\xff\xd8\xff"
    act("hapus", foto="2")
    assert "Pagar dari samping" not in petugas.get(path).text.split('id="foto"')[1].split("</section>")[0]
    assert petugas.get("/foto/2").status_code == 404
    assert act("hapus", foto="2").status_code == 404
    with world.read() as session:
        assert [one.action for one in history(session, "product", "UJI-LGM-001")][:3] == ["photo.remove", "photo.move", "photo.add"]
