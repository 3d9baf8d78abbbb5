"""How a source's listings changed, from the command line."""

from __future__ import annotations

from connectors.kit.simulator import Canned, serve


def rows(**more):
    row = {"kd_klpd": "D9374", "nama_klpd": "Kota Contoh", "pagu": 5, "status_umumkan_rup": "Terumumkan", "status_aktif_rup": True,
           "status_delete_rup": False}  # fmt: skip
    return Canned.json([row | {"kd_rup": code, "nama_paket": f"Rak {code}"} | more for code in range(30)])


def test_changes_are_told_once_by_the_run_and_listed_until_they_are_known(exchange):
    with serve(feeds=(), script={"/umpan": [rows()]}) as served:
        url = f"url={served.base}/umpan"
        exchange("source", "add", "smg", "--connector", "lkpp_isb", "--region", "33.74", "--set", url, "--local")
        exchange("source", "approve", "smg", "--without-look", "uji coba")
        assert exchange("sync", "smg", "--json").json()[0]["drift"] == []
        served.script["/umpan"] = [rows(pagu="Rp 5", kode_lokasi="3374")]
        (report,) = exchange("sync", "smg", "--json").json()
    assert [(each["member"], each["what"], each["example"]) for each in report["drift"]] == [
        ("pagu", "retyped", "Rp 5"),
        ("kode_lokasi", "new", "3374"),
    ]
    listed = exchange("source", "drift", "smg", "--json").json()
    assert [each["member"] for each in listed["changes"]] == ["pagu", "kode_lokasi"]
    assert "Kolom baru dari sumber: kode_lokasi" in exchange("source", "drift", "smg").out.replace("\n", " ")
    assert "Isi kolom pagu berubah" in exchange("source", "show", "smg").err
    assert exchange("source", "show", "smg", "--json").json()["drift"][1]["example"] == "3374"
    assert "1 perubahan smg dinyatakan diketahui" in exchange("source", "drift", "smg", "--known", "--member", "pagu").err
    known = exchange("source", "drift", "smg", "--known", "--json").json()
    assert (known["known"], known["changes"]) == (1, [])
    assert exchange("source", "drift", "smg", "--known").code == 2, "nothing waits any more"
    assert exchange("source", "drift", "lain").code == 2
