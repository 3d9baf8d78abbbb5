"""Connectors are found in the folder and in other distributions, and one that is broken stops no other."""

from __future__ import annotations

import sys
import types
from importlib.metadata import EntryPoint

import pytest

import connectors
from connectors.kit import Connector, Setting, SettingsError
from connectors.kit.base import RawListing
from connectors.kit.discovery import discover
from connectors.kit.faults import faults
from schemas.plugins import misnamed


def _connector(name: str, module: str, **more) -> type[Connector]:
    members = {"name": name, "title": "t", "homepage": "h", "licence": "l", "version": "1", "__module__": module}
    members |= {"listings": lambda self, fetch, window: iter(()), "translate": lambda self, raw: {}}
    return type("".join(part.title() for part in name.split("_")), (Connector,), members | more)


@pytest.fixture
def stranger(monkeypatch):
    """Installs a module with one connector and gives its entry point."""

    def install(name: str, found: object) -> EntryPoint:
        module = types.ModuleType(f"pihak_lain.{name}")
        module.found = found
        monkeypatch.setitem(sys.modules, "pihak_lain", types.ModuleType("pihak_lain"))
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return EntryPoint(name, f"{module.__name__}:found", "exchange.connectors")

    return install


def test_a_stranger_s_connector_is_found_beside_ours(stranger):
    point = stranger("dinas_lain", _connector("dinas_lain", "pihak_lain.dinas_lain"))
    found = discover(connectors, [point])
    assert {"dinas_lain", "lkpp_isb", "ocds"} <= set(found.usable)
    assert found.problems == ()


@pytest.mark.parametrize("value", ["pihak_lain.tidak_ada:x", "json:loads", "os:environ"])
def test_a_stranger_that_cannot_be_loaded_is_reported_and_stops_nothing(value):
    found = discover(connectors, [EntryPoint("x", value, "exchange.connectors")])
    assert {"lkpp_isb", "ocds"} <= set(found.usable)
    assert [problem.home for problem in found.problems] == [value]


def test_of_two_with_one_name_neither_is_used_and_both_homes_are_named(stranger):
    found = discover(connectors, [stranger("ocds", _connector("ocds", "pihak_lain.ocds"))])
    assert "lkpp_isb" in found.usable
    assert "ocds" not in found.usable
    assert "connectors.ocds" in found.problems[0].home
    assert "pihak_lain.ocds" in found.problems[0].home


def test_a_file_that_raises_is_reported_and_the_next_is_found(tmp_path, monkeypatch):
    home = tmp_path / "rumah_uji"
    home.mkdir()
    (home / "__init__.py").write_text("")
    (home / "rusak.py").write_text("raise RuntimeError('x')")
    (home / "kosong.py").write_text("")
    (home / "baik.py").write_text(
        "from connectors.kit import Connector\n"
        "class Baik(Connector):\n    name = 'baik'\n"
        "    def listings(self, fetch, window): return iter(())\n"
        "    def translate(self, raw): return {}\n"
        "class Lain(Baik):\n    pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import rumah_uji

    found = discover(rumah_uji, [])
    assert set(found.usable) == {"baik"}
    assert {problem.home for problem in found.problems} == {"rumah_uji.rusak", "rumah_uji.kosong"}


@pytest.mark.parametrize(("name", "module"), [("Dinas", "x.Dinas"), ("", "x."), ("dinas_lain", "x.dinas"), ("d", "x.d"), ("d-x", "x.d-x")])
def test_name_file_and_class_must_agree(name, module):
    assert misnamed(_connector(name, module), module.rpartition(".")[2])


def test_settings_that_are_unknown_or_missing_are_named_and_values_are_not():
    kind = _connector("uji", "x.uji", settings=(Setting("url", secret=True, says="alamat"), Setting("page", required=False)))
    with pytest.raises(SettingsError, match=r"jalur tidak dikenal; url wajib diisi \(alamat\)") as caught:
        kind({"jalur": "https://rahasia.example"})
    assert "rahasia" not in str(caught.value)
    assert kind({"url": "https://x.example"}).option("page") == ""


def _broken(**members) -> list[str]:
    kind = _connector("uji", "x.uji", personal=frozenset({"nip*"}), settings=(Setting("url", secret=True),), **members)
    source = kind({"url": "https://x.example/7f3a9c1e2b"})
    good = {"reference": "1", "title": "Meja", "buyer": {"name": "Dinas"}}
    body = members.get("body", {"a": 1})
    if "translate" not in members:
        kind.translate = lambda self, raw: dict(good)
    return list(faults(source, [RawListing("1", members.get("url", "u"), body, 0, "d")]))


def test_a_connector_that_keeps_its_promises_has_no_fault():
    assert _broken() == []


def _raises(self, raw):
    raise KeyError("x")


def _writes(self, raw):
    raw.body["b"] = 1
    return {"reference": "1", "title": "x", "buyer": {"name": "x"}}


def _counts(self, raw, calls=[]):  # noqa: B006 - remembering is the fault on purpose
    calls.append(1)
    return {"reference": "1", "title": f"x{len(calls)}", "buyer": {"name": "x"}}


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"translate": _raises}, "KeyError"),
        ({"translate": _writes}, "changed the body"),
        ({"translate": _counts}, "second time"),
        ({"translate": lambda self, raw: {"reference": "1"}}, "not a demand"),
        ({"translate": lambda self, raw: {"reference": "2", "title": "x", "buyer": {"name": "x"}}}, "reference became"),
        ({"body": {"nip_ppk": "1"}}, "personal field"),
        ({"body": {"a": [{"NIP": "1"}]}}, "personal field"),
        ({"body": {"a": {1, 2}}}, "JSON-able"),
        ({"url": "https://x.example/7f3a9c1e2b"}, "secret setting"),
        ({"version": ""}, "version is missing"),
    ],
)
def test_each_broken_promise_is_a_fault(members, word):
    assert any(word in fault for fault in _broken(**members))


def test_two_listings_of_one_reference_and_none_at_all_are_faults():
    kind = _connector("uji", "x.uji", translate=lambda self, raw: {"reference": "1", "title": "x", "buyer": {"name": "x"}})
    raw = RawListing("1", "u", {}, 0, "d")
    assert any("twice" in fault for fault in faults(kind(), [raw, raw]))
    assert list(faults(kind(), [])) == ["no listing at all"]
