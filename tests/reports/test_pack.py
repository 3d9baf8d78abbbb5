"""The report of an agreement tells what was traded under it in its period, and nothing else; the letter of a deal says what was offered."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from click.testing import CliRunner

from exchange.cli import main
from exchange.errors import BadRequest
from exchange.reports import letters
from exchange.reports.deal_letter import KIND, facts_of_letter
from exchange.reports.pack import pack_of
from exchange.settings import Settings
from exchange.store.agreements import AgreementStepRow
from exchange.store.base import Store
from exchange.store.trade import deal_by_ident
from exchange.trade.deliveries import deliver
from exchange.trade.letter_facts import letter_facts

from ..trade.conftest import TODAY, agreement, fill, offered, ordered

AT = datetime(2026, 12, 1, 3, tzinfo=UTC)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def traded(store: Store) -> str:
    """An agreement of metal with a target of 1,000 m2, of which 60 and 25 were delivered in November and 10 later."""
    fill(store)
    with store.work() as session:
        metal = {"sector": "logam", "commodity": "Pagar besi", "quantity": Decimal(1000), "unit": "MTK", "value": Decimal(600_000_000)}
        row = agreement(session, metal, {"sector": "kimia", "commodity": "Cat"})
        deal = ordered(session, (1, 2))
        for line, on, quantity in ((1, TODAY, 60), (2, TODAY, 25), (1, date(2026, 12, 1), 10)):
            deliver(
                session,
                deal.ident,
                None,
                line=line,
                on=on,
                quantity=Decimal(quantity),
                reference="BAST",
                actor="tes",
                day=date(2026, 12, 1),
            )
        session.add(
            AgreementStepRow(
                agreement_id=row.id, number=1, at=datetime(2026, 11, 20, tzinfo=UTC), actor="tes", office="opd", step="laporkan",
                article="–", before={}, digest="0" * 64,
                after={"facts": {"hambatan": "Ongkos kirim naik", "tindak_lanjut_laporan": "Gabungkan muatan"}},
            )
        )  # fmt: skip
        return row.ident


def test_targets_stand_against_what_came_in_the_period_by_commodity_and_firm(store: Store, settings: Settings, traded: str):
    from exchange.agreements.steps import named

    with store.read() as session:
        pack = pack_of(session, named(session, traded), settings, FIRST, LAST, AT, number="500/9/2026")
        with pytest.raises(BadRequest):
            pack_of(session, named(session, traded), settings, LAST, FIRST, AT)
    metal, paint = pack.facts.commodities
    assert (metal.target, metal.realised, metal.target_value, metal.realised_value) == (1000, 85, 600_000_000, 85 * 600_000)
    assert (paint.target, paint.realised, paint.realised_value) == (None, 0, 0)
    assert {(line.firm, line.realised) for line in pack.facts.firms} == {("CV Karya 1", 60), ("CV Karya 2", 25)}
    assert [(one.what, one.follow_up) for one in pack.facts.obstacles] == [("Ongkos kirim naik", "Gabungkan muatan")]
    assert [one.who for one in pack.facts.addressees] == [
        "Wali Kota",
        "Menteri Dalam Negeri",
        "Gubernur (tembusan)",
        "Gubernur mitra (tembusan)",
    ]
    assert not any(one.verified for one in pack.facts.addressees)


def test_the_pack_is_one_file_with_three_that_open(store: Store, settings: Settings, traded: str):
    from exchange.agreements.steps import named

    with store.read() as session:
        pack = pack_of(session, named(session, traded), settings, FIRST, LAST, AT)
    with zipfile.ZipFile(io.BytesIO(pack.zipped("laporan"))) as box:
        assert sorted(box.namelist()) == ["laporan.docx", "laporan.pdf", "laporan.xlsx"]
        assert box.read("laporan.pdf").startswith(b"%PDF-")
        book = openpyxl.load_workbook(io.BytesIO(box.read("laporan.xlsx")))
    assert book["Komoditas"]["D2"].value == 85
    assert "nomor laporan" in " ".join(pack.missing)


def test_the_command_writes_the_files_and_says_what_is_missing(store: Store, settings: Settings, traded: str, tmp_path, monkeypatch):
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("EXCHANGE_DATA_DIR", str(settings.data_dir))
    words = ["report", "agreement", traded, "--from", "2026-11-01", "--to", "2026-11-30", "--out", str(tmp_path / "hasil")]
    done = CliRunner().invoke(main, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "hasil").iterdir())) == 3
    wrong = CliRunner().invoke(main, ["report", "agreement", "KS-1999-0001", "--from", "2026-11-01", "--to", "2026-11-30"])
    assert wrong.exit_code != 0


def test_the_letter_of_a_deal_says_what_was_offered(store: Store, settings: Settings):
    fill(store)
    with store.work() as session:
        ident = offered(session, (1, 2)).ident
    with store.read() as session:
        deal = deal_by_ident(session, ident)
        assert deal is not None
        facts = facts_of_letter(letter_facts(session, deal, settings), deal.version, AT)
    assert [(good.maker, good.quantity, good.price) for good in facts.goods] == [("CV Karya 1", 100, 600_000), ("CV Karya 2", 100, 600_000)]
    assert letters.draft_docx(KIND, facts).startswith(b"PK")
    assert letters.draft_pdf(KIND, facts).startswith(b"%PDF-")
