"""Matches and objects come under a case and leave it by a step, on record, until the text that says them is frozen."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from exchange.agreements.replay import differing
from exchange.agreements.steps import broken_at, named
from exchange.cli import main
from exchange.store.agreements import AgreementMatchRow, matches_of_case, objects_of, steps_of
from exchange.store.matches import match_by_id

from ..agreements.cases import go_until
from .casework import step


@pytest.fixture
def fitting(world):
    """Numbers and names of three matches of the case's region, and the number of one of another region."""
    with world.read() as session:
        rows = [match_by_id(session, number) for number in range(1, 61)]
        ours = [row for row in rows if row.demand.region == "33.74" and row.state in {"proposed", "accepted"}][:3]
        other = next(row for row in rows if row.demand.region != "33.74" and row.state in {"proposed", "accepted"})
        return [(row.id, row.demand.ident, row.product.sku) for row in ours], other.id


def under(world, ident):
    with world.read() as session:
        return [(one.demand, one.product) for one in matches_of_case(session, named(session, ident).id)]


def change(client, csrf, ident, version, *, ticked=(), more="", **form):
    return step(
        client, csrf, ident, "ubah_kecocokan", version, pelaku="opd",
        **{"kecocokan-ada": "ya", "kecocokan": [":".join(pair) for pair in ticked], "kecocokan-baru": more, **form},
    )  # fmt: skip


def test_matches_are_added_by_number_and_taken_out_by_their_tick_and_the_history_says_so(petugas, csrf, world, open_case, fitting):
    ident, (ours, _other) = open_case(), fitting
    pairs = [pair[1:] for pair in ours]
    row = {"objek-0-commodity": "Pagar besi", "objek-0-sector": "logam"}
    assert change(petugas, csrf, ident, 1, more=f"{ours[0][0]} {ours[1][0]}", **row).status_code == 303
    assert under(world, ident) == pairs[:2]
    page = petugas.get(f"/kerja-sama/{ident}").text
    assert f'href="/kecocokan/{ours[0][0]}"' in page
    assert f'value="{":".join(pairs[0])}" checked' in page
    assert change(petugas, csrf, ident, 2, ticked=pairs[1:2], more=str(ours[2][0])).status_code == 303
    assert under(world, ident) == pairs[1:]
    with world.read() as session:
        case = named(session, ident)
        last = steps_of(session, case.id)[-1]
        assert last.before["matches"] == [list(pair) for pair in pairs[:2]]
        assert last.after["matches"] == [list(pair) for pair in pairs[1:]]
        assert [one.commodity for one in objects_of(session, [case.id])[case.id]] == ["Pagar besi"]
        assert broken_at(session, case) is None
    assert f"{pairs[0][0]} → {pairs[0][1]}" in petugas.get(f"/kerja-sama/{ident}").text


def test_a_number_that_is_none_or_of_another_region_is_named_and_nothing_changes(petugas, csrf, world, open_case, fitting):
    ident, (ours, other) = open_case(), fitting
    for wrong in (str(other), "999999", "x1"):
        answer = change(petugas, csrf, ident, 1, more=f"{ours[0][0]} {wrong}")
        assert answer.status_code == 422
        assert f"Kecocokan {wrong}" in answer.text and f'value="{ours[0][0]} {wrong}"' in answer.text
    answer = step(petugas, csrf, ident, "isi_identifikasi", **{"isi-urusan": "x", "kecocokan-ada": "ya", "pelaku": "opd"})
    assert answer.status_code == 422
    assert "Kecocokan tidak dapat diubah dengan langkah ini" in answer.text
    assert under(world, ident) == []


@pytest.mark.parametrize(("frozen", "reopened"), [("bekukan_kb", "isi_kb"), ("bekukan_pks", "isi_pks")])
def test_what_a_frozen_text_says_is_changed_only_after_it_is_opened_again(
    petugas, csrf, world, open_case, node, settings, frozen, reopened, fitting
):
    ident, (ours, _other) = open_case(), fitting
    with world.work() as session:
        version = go_until(session, node, named(session, ident), frozen, on=settings.day()).version
    answer = change(petugas, csrf, ident, version, more=str(ours[0][0]))
    assert answer.status_code == 422
    assert "sudah dibekukan" in answer.text
    assert step(petugas, csrf, ident, reopened, version, pelaku="opd", catatan="naskah dibuka").status_code == 303
    assert change(petugas, csrf, ident, version + 1, more=str(ours[0][0])).status_code == 303
    assert under(world, ident) == [ours[0][1:]]


@pytest.mark.parametrize("state", ["ajukan_telaah", "kirim_penawaran", "tandatangani_kb", "tandatangani_pks", "laksanakan"])
def test_in_other_stages_there_is_no_such_step(petugas, csrf, world, open_case, node, settings, state, fitting):
    ident, (ours, _other) = open_case(), fitting
    with world.work() as session:
        version = go_until(session, node, named(session, ident), state, on=settings.day()).version
    assert change(petugas, csrf, ident, version, more=str(ours[0][0])).status_code == 422
    assert under(world, ident) == []


def test_matches_that_were_changed_beside_the_steps_are_found(petugas, csrf, world, open_case, fitting):
    ident, (ours, _other) = open_case(), fitting
    assert change(petugas, csrf, ident, 1, more=str(ours[0][0])).status_code == 303
    with world.work() as session:
        row = named(session, ident)
        session.execute(delete(AgreementMatchRow).where(AgreementMatchRow.agreement_id == row.id))
        assert differing(row, objects_of(session, [row.id])[row.id], [], steps_of(session, row.id)) == ["matches"]
        assert broken_at(session, row) == 3


def test_the_command_adds_and_takes_out_by_public_names(database_url, tmp_path, world, open_case, fitting):
    words = {"EXCHANGE_DATABASE_URL": database_url, "EXCHANGE_DATA_DIR": str(tmp_path / "data")}
    ident, (ours, _other) = open_case(), fitting
    first, second = (":".join(pair[1:]) for pair in ours[:2])

    def run(*said):
        return CliRunner().invoke(main, ["agreement", "step", ident, "ubah_kecocokan", "--as", "tkksd", *said], env=words)

    assert run("--match", first, "--match", second).exit_code == 0
    assert run("--without-match", first).exit_code == 0
    assert under(world, ident) == [ours[1][1:]]
    gone = run("--without-match", first)
    assert (gone.exit_code, "tidak ada di bawah perkara" in gone.stderr) == (2, True)
    assert run("--match", "d-tidak-ada:X").exit_code == 2
    other = CliRunner().invoke(main, ["agreement", "step", ident, "isi_identifikasi", "--as", "opd", "--match", first], env=words)
    assert (other.exit_code, "tidak dapat diubah dengan langkah ini" in other.stderr) == (1, True)
    assert under(world, ident) == [ours[1][1:]]
