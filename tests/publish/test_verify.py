"""A download is proved by its signature and the node's keys, and any damage to any of them is found and named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.access.policy import Tier
from exchange.errors import BadRequest
from exchange.publish import verify as module
from exchange.publish.base64url import encoded
from exchange.publish.export import export
from exchange.publish.keys import Ring, key_set
from exchange.publish.signing import manifest_of, read_signature, signature_of
from exchange.publish.verify import Verdict, known_keys, verify
from exchange.publish.write import build

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = SQLITE


@dataclass
class Download:
    """A publication as a partner has it."""

    file: Path
    signature: bytes
    manifest: bytes
    keys: bytes

    def verdict(self, **other) -> Verdict:
        it = replace(self, **other)
        return verify(it.file, it.signature, known_keys(it.keys), it.manifest)


@pytest.fixture
def ring(settings) -> Ring:
    return Ring(settings.data_dir)


@pytest.fixture
def download(catalogue, settings, ring, tmp_path) -> Iterator[Download]:
    made = export(catalogue, settings, "json", tmp_path / "katalog.json", sign=True)
    yield Download(made.path, (tmp_path / "katalog.json.sig").read_bytes(), manifest_of(made, ring.signing()), key_set(ring.all_keys()))


def test_what_a_node_published_is_proved_with_what_it_says_of_it(download, settings):
    found = download.verdict()
    assert found.reason is None
    assert found.statement == orjson.loads(download.manifest)
    assert found.statement["licence"] == settings.data_licence
    assert found.statement["terms"] == settings.data_terms
    assert found.statement["products"] == 4
    assert {each["reason"]: each["products"] for each in found.statement["left_out"]} == {"not_consented": 1, "withdrawn": 1}
    assert {each["reason"] for each in found.statement["lacking"]} == {"price_missing"}


def test_the_same_file_gets_the_same_signature(catalogue, settings, ring):
    key = ring.signing()
    assert signature_of(build(catalogue, settings, "ubl"), key) == signature_of(
        build(catalogue, settings, "ubl"), Ring(settings.data_dir).signing()
    )


@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_changed_bit_anywhere_is_found(download, data):
    what = data.draw(st.sampled_from(["file", "signature", "manifest"]))
    whole = download.file.read_bytes() if what == "file" else getattr(download, what)
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    broken = bytearray(whole)
    broken[at // 8] ^= 1 << at % 8
    if what == "file":
        copy = download.file.with_name("rusak.json")
        copy.write_bytes(broken)
        found = download.verdict(file=copy)
        assert found.reason == module.CHANGED
    else:
        found = download.verdict(**{what: bytes(broken)})
        assert found.reason is not None
    assert found.says


def test_every_bit_of_a_signatures_last_letters_counts(download):
    """The last letter of base64url has spare bits, which a lenient reader drops."""
    for at in range(len(download.signature) - 3, len(download.signature)):
        for bit in range(8):
            broken = bytearray(download.signature)
            broken[at] ^= 1 << bit
            assert download.verdict(signature=bytes(broken)).reason is not None


@pytest.mark.parametrize("rest", [b"\n", b" ", b".", b"A", b"=="])
def test_nothing_may_stand_behind_a_signature(download, rest):
    assert download.verdict(signature=download.signature + rest).reason in {module.UNREADABLE, module.FORGED}


@pytest.mark.parametrize("text", [b"", b"..", b"a.b", b"\xff.\x00.\x01", b"e30.e30.", b"x" * 70_000])
def test_what_is_no_signature_is_called_unreadable(download, text):
    assert download.verdict(signature=text).reason == module.UNREADABLE


@pytest.mark.parametrize("head", [{"alg": "none"}, {"alg": "HS256"}, {"typ": "JWT"}, {"crit": ["b64"]}])
def test_a_signature_that_names_another_way_of_signing_is_not_tried(download, ring, head):
    key, (_, body, _) = ring.signing(), download.signature.split(b".")
    said = {"alg": "EdDSA", "kid": key.kid, "typ": "exchange-publication"} | head
    signed = encoded(orjson.dumps(said)).encode() + b"." + body
    assert download.verdict(signature=signed + b"." + encoded(key.sign(signed)).encode()).reason == module.UNREADABLE


def test_a_shortened_file_and_the_file_of_another_version_are_told_with_both_sizes(download):
    whole = download.file.read_bytes()
    download.file.write_bytes(whole[:-10])
    found = download.verdict()
    assert found.reason == module.CHANGED
    assert str(len(whole)) in found.says
    assert str(len(whole) - 10) in found.says


def test_the_signature_of_another_format_is_called_that(catalogue, settings, download, ring):
    other = build(catalogue, settings, "ubl")
    found = verify(download.file, signature_of(other, ring.signing()), known_keys(download.keys))
    assert found.reason == module.OTHER_FILE
    assert other.name in found.says


def test_the_manifest_of_another_file_is_not_the_signed_one(catalogue, settings, download, ring):
    other = manifest_of(build(catalogue, settings, "ubl"), ring.signing())
    assert download.verdict(manifest=other).reason == module.OTHER_MANIFEST


def test_another_nodes_keys_prove_nothing(download, tmp_path):
    other = Ring(tmp_path / "other")
    assert download.verdict(keys=key_set(other.all_keys())).reason == module.UNKNOWN_KEY


def test_another_node_that_uses_this_ones_key_name_is_found_out(download, ring, tmp_path):
    other, key = Ring(tmp_path / "other").signing(), ring.signing()
    signed, _, _ = download.signature.rpartition(b".")
    assert download.verdict(signature=signed + b"." + encoded(other.sign(signed)).encode()).reason == module.FORGED
    stolen = key_set([replace(other, kid=key.kid)])
    with pytest.raises(BadRequest):
        known_keys(stolen)


def test_after_a_rotation_old_downloads_are_proved_by_the_old_key_and_new_ones_by_the_new(catalogue, settings, download, ring):
    old, new = ring.signing(), ring.rotate()
    now = key_set(ring.all_keys())
    assert download.verdict(keys=now).reason is None
    assert download.verdict(keys=now).key.kid == old.kid
    again = signature_of(build(catalogue, settings, "json"), ring.signing())
    assert verify(download.file, again, known_keys(now)).key.kid == new.kid
    assert verify(download.file, again, known_keys(download.keys)).reason == module.UNKNOWN_KEY, "keys that were kept from before"


def test_what_a_revoked_key_signed_is_not_proved_but_the_new_keys_signature_is(catalogue, settings, download, ring):
    ring.revoke(ring.signing().kid, "laptop hilang")
    found = download.verdict(keys=key_set(ring.all_keys()))
    assert found.reason == module.REVOKED_KEY
    assert "laptop hilang" in found.says
    again = signature_of(build(catalogue, settings, "json"), ring.signing())
    assert verify(download.file, again, known_keys(key_set(ring.all_keys()))).reason is None


def test_a_retired_key_proves_nothing_that_came_after_it(download, ring):
    ring.rotate()
    new, old = ring.all_keys()
    early = replace(old, valid_until=old.valid_from - timedelta(days=1))
    assert download.verdict(keys=key_set([new, early])).reason == module.AFTER_KEY


def test_a_file_that_somebody_changed_on_the_shelf_gets_no_signature_that_proves_it(catalogue, settings, ring, tmp_path):
    made = build(catalogue, settings, "json")
    whole = made.path.read_bytes()
    made.path.write_bytes(whole.replace(b"550000.5", b"110000.5"))
    again = build(catalogue, settings, "json")
    copy = tmp_path / "salinan.json"
    shutil.copy(again.path, copy)
    assert verify(copy, signature_of(again, ring.signing()), known_keys(key_set(ring.all_keys()))).reason == module.CHANGED


def test_each_tiers_file_says_whose_it_is(catalogue, settings, ring):
    names = {build(catalogue, settings, "json", tier).name for tier in (Tier.PUBLIC, Tier.AGREED, Tier.STAFF)}
    assert names == {"katalog-36.72.json", "katalog-36.72-agreed.json", "katalog-36.72-staff.json"}
    said = read_signature(signature_of(build(catalogue, settings, "json", Tier.STAFF), ring.signing())).statement()
    assert said["tier"] == "staff"


def test_a_large_file_is_judged_in_bounded_memory(download, monkeypatch):
    """The file is never asked for whole."""
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("read whole"))
    assert download.verdict().reason is None
