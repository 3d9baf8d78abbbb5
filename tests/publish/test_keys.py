"""The keys of a node: whole on the disk or not there, closed to others, and what each of them proves."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.errors import BadRequest, Conflict, NotFound, SettingWrong
from exchange.publish.base64url import decoded, encoded
from exchange.publish.keys import ACTIVE, RETIRED, REVOKED, Ring, key_set, public_key, thumbprint
from exchange.publish.verify import known_keys


@pytest.fixture
def ring(tmp_path):
    return Ring(tmp_path / "data")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "keys" / "signing.json"


def test_a_key_is_named_as_rfc_8037_names_its_example():
    public = decoded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_file_is_for_its_owner_alone_also_after_a_rotation(ring, file):
    for change in (ring.all_keys, ring.rotate, lambda: ring.revoke(ring.signing().kid, "uji")):
        change()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert [each.name for each in file.parent.iterdir()] == ["signing.json"], "nothing half written stays"


def test_a_file_that_was_left_open_to_others_is_closed_and_said_to_have_been_open(ring, file, caplog):
    ring.all_keys()
    file.chmod(0o644)
    ring.all_keys()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "open to others" in caplog.text


def test_all_who_ask_first_at_once_get_the_same_key(ring):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ring.signing(), range(16)))
    assert len({key.kid for key in made}) == 1


def test_a_file_that_a_killed_start_left_empty_holds_no_key(ring, file):
    file.parent.mkdir(parents=True)
    file.touch()
    assert not ring.exists()
    assert ring.signing().state == ACTIVE
    assert ring.exists()


def test_a_rotation_retires_the_key_and_destroys_its_secret_half(ring, file):
    old = ring.signing()
    new = ring.rotate()
    assert ring.signing() == new
    assert [(key.kid, key.state) for key in ring.all_keys()] == [(new.kid, ACTIVE), (old.kid, RETIRED)]
    assert ring.all_keys()[1].valid_until == new.valid_from
    assert encoded(old.secret) not in file.read_text()
    with pytest.raises(AssertionError):
        ring.all_keys()[1].sign(b"data")


def test_a_revoked_key_stays_published_as_such_and_another_signs(ring):
    old = ring.signing()
    gone = ring.revoke(old.kid[:8], "laptop hilang")
    assert (gone.kid, gone.state, gone.reason) == (old.kid, REVOKED, "laptop hilang")
    assert ring.signing().kid != old.kid
    assert [key.state for key in ring.all_keys()] == [ACTIVE, REVOKED]
    with pytest.raises(Conflict):
        ring.revoke(old.kid, "lagi")


def test_a_retired_key_that_is_revoked_costs_the_signing_one_nothing(ring):
    old, new = ring.signing(), ring.rotate()
    ring.revoke(old.kid, "kunci lama bocor")
    assert ring.signing() == new
    assert [key.state for key in ring.all_keys()] == [ACTIVE, REVOKED]


@pytest.mark.parametrize("kid", ["", "tidak-ada"])
def test_a_key_that_is_not_clearly_named_is_not_revoked(ring, kid):
    ring.all_keys()
    with pytest.raises(NotFound, match="tidak ada"):
        ring.revoke(kid, "uji")
    assert [key.state for key in ring.all_keys()] == [ACTIVE]


def test_no_key_begins_like_an_option_of_the_command_line(ring):
    for _ in range(200):
        ring.rotate()
    assert all(key.kid[0].isalnum() for key in ring.all_keys())


@pytest.mark.parametrize("said", [b"{", b"[]", b'{"keys": [{}]}', b'{"keys": [1]}', b"\xff"])
def test_a_file_that_cannot_be_read_is_left_as_it_is_and_not_repeated(ring, file, said):
    ring.all_keys()
    file.write_bytes(said)
    with pytest.raises(SettingWrong) as wrong:
        ring.all_keys()
    assert file.read_bytes() == said
    assert "cadangan" in wrong.value.mend
    assert wrong.value.__cause__ is None


def test_halves_that_do_not_belong_together_are_refused(ring, file):
    ring.all_keys()
    other = Ring(file.parents[2] / "other").signing()
    text = orjson.loads(file.read_bytes())
    text["keys"][0]["d"] = encoded(other.secret)
    file.write_bytes(orjson.dumps(text))
    with pytest.raises(SettingWrong):
        ring.all_keys()


def test_the_secret_half_is_in_nothing_that_is_shown(ring):
    key = ring.signing()
    for shown in (repr(key), str(ring.all_keys()), key_set(ring.all_keys()).decode(), str(key.jwk())):
        assert encoded(key.secret) not in shown
        assert "secret" not in shown
        assert '"d"' not in shown


def test_what_is_published_is_read_back_as_the_same_key_without_its_secret_half(ring):
    ring.rotate()
    ring.revoke(ring.all_keys()[1].kid, "uji")
    for key, said in zip(ring.all_keys(), orjson.loads(key_set(ring.all_keys()))["keys"], strict=True):
        read = public_key(said)
        assert (read.kid, read.public, read.state, read.valid_from, read.valid_until, read.reason) == (
            key.kid, key.public, key.state, key.valid_from, key.valid_until, key.reason,
        )  # fmt: skip
        assert read.secret is None


def test_the_same_data_get_the_same_signature_which_the_public_half_proves(ring):
    key = ring.signing()
    assert key.sign(b"data") == ring.signing().sign(b"data")
    Ed25519PublicKey.from_public_bytes(key.public).verify(key.sign(b"data"), b"data")


@pytest.mark.parametrize("text", ["AB", "AA=", "A A", "AA\n", "é", "A"])
def test_another_spelling_of_the_same_bytes_is_no_base64url_of_ours(text):
    with pytest.raises(ValueError):
        decoded(text)


@pytest.mark.parametrize("text", [b"", b"[]", b'{"keys": {}}', b'{"keys": [1]}', b'{"keys": [{"kid": "a"}]}', b"\xff", b"<html>"])
def test_what_is_no_list_of_keys_is_refused_with_where_to_get_one(text):
    with pytest.raises(BadRequest) as refused:
        known_keys(text)
    assert "/api/v1/keys" in refused.value.mend
