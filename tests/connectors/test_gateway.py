"""The national gateway's envelope: cursors that come to an end, totals that mean different things, times in three styles."""

from __future__ import annotations

import pytest

from connectors.inaproc import Inaproc
from connectors.kit import SettingsError, SourceError
from connectors.kit.completeness import Facts, judge
from connectors.kit.dates import WIB, instant
from connectors.kit.gateway import local_time
from connectors.kit.simulator import Canned

PATH = "/api/v1/rup/paket-penyedia-terumumkan"
FIRST = f"{PATH}?kode_klpd=D9001&tahun=2026&limit=2"
GIVEN = {"token": "token-karangan-0001", "kode_klpd": "D9001", "tahun": "2026", "limit": "2"}


def rows(*codes: int) -> list[dict]:
    said = {"nama_paket": "Meja", "nama_klpd": "Kota Contoh", "kd_klpd": "D9001", "pagu": 1, "status_umumkan_rup": "Terumumkan"}
    return [{"kd_rup": code, "status_aktif_rup": True, "status_delete_rup": False} | said for code in codes]


def page(codes, cursor=None, more=None, **meta) -> Canned:
    return Canned.json({"success": True, "data": rows(*codes), "meta": {"cursor": cursor, "has_more": more} | meta})


@pytest.fixture
def pull(partner, fetching):
    """The codes that came of a script of answers by cursor, the run's facts, what ended it, and what was asked."""

    def pulled(answers: dict[str, Canned], **given):
        served = partner({FIRST + (f"&cursor={cursor}" if cursor else ""): [answer] for cursor, answer in answers.items()})
        source = Inaproc({"url": f"{served.base}{PATH}"} | GIVEN | given)
        fetch = fetching(*source.approved(), headers=source.headers)
        came, error = [], None
        try:
            for raw in source.listings(fetch, None):
                came.append(raw.reference)
        except SourceError as stopped:
            error = stopped
        facts = fetch.facts
        proof = judge(Facts(len(came), facts.lengths_agree, facts.last_page, facts.total, error=error))
        return came, proof.state.value, error, served.asked

    return pulled


def test_a_cursor_is_followed_until_there_is_no_more(pull):
    came, state, _, asked = pull({"": page([1, 2], "k2", True, total=3), "k2": page([3], "k3", False, total=3)})
    assert (came, state, len(asked)) == (["1", "2", "3"], "complete", 2)


def test_a_cursor_may_stand_at_the_top_of_the_answer(pull):
    top = Canned.json({"data": rows(1, 2), "cursor": "k2", "has_more": True})
    came, state, _, _ = pull({"": top, "k2": Canned.json({"data": rows(3), "has_more": False})})
    assert (came, state) == (["1", "2", "3"], "complete")


def test_the_older_gateway_gives_everything_at_once(pull):
    came, state, _, _ = pull({"": Canned.json(rows(1, 2, 3))})
    assert (came, state) == (["1", "2", "3"], "complete")


def test_a_cursor_that_repeats_ends_the_run_and_keeps_what_came(pull):
    came, state, error, asked = pull({"": page([1, 2], "k2", True), "k2": page([3, 4], "k2", True)})
    assert (came, state, error.rule, len(asked)) == (["1", "2", "3", "4"], "partial", "cut_short", 2)


def test_pages_that_bring_nothing_new_under_ever_new_cursors_end_the_run(pull):
    came, state, _, asked = pull({"": page([1, 2], "k2", True), "k2": page([1, 2], "k3", True), "k3": page([3], None, False)})
    assert (came, state, len(asked)) == (["1", "2"], "partial", 2)


def test_more_to_come_without_a_cursor_is_not_the_end(pull):
    came, state, error, _ = pull({"": page([1, 2], None, True, total=9)})
    assert (came, state, error.rule) == (["1", "2"], "partial", "cut_short")


def test_a_full_page_that_names_neither_a_following_one_nor_the_end_is_partial(pull):
    assert pull({"": page([1, 2])})[1] == "partial"
    assert pull({"": page([1])})[1] == "complete"


def test_a_total_that_counts_the_page_is_not_the_total(pull):
    answers = {"": page([1, 2], "k2", True, count=2, total=2), "k2": page([3], None, False, count=1, total=1)}
    assert pull(answers)[:2] == (["1", "2", "3"], "complete")


def test_fewer_rows_than_the_counts_of_the_pages_are_partial(pull):
    assert pull({"": page([1, 2], "k2", True, count=2), "k2": page([3], None, False, count=2)})[1] == "partial"


def test_fewer_rows_than_the_total_are_partial(pull):
    assert pull({"": page([1, 2], None, False, total=9)})[1] == "partial"


def test_a_total_that_changes_from_page_to_page_proves_nothing(pull):
    _, state, error, _ = pull({"": page([1, 2], "k2", True, total=4), "k2": page([3], None, False, total=3)})
    assert (state, error.rule) == ("unproven", "counts_drifted")


def test_a_page_without_any_row_is_no_withdrawal_of_all(pull):
    assert pull({"": page([], None, False, total=0)})[1] == "unproven"


@pytest.mark.parametrize(
    ("status", "word"), [(400, "kode_klpd"), (401, "token baru"), (403, "centang"), (429, "Batas permintaan"), (500, "nanti")]
)
def test_an_answer_that_is_no_success_says_what_to_do(status, word, pull):
    came, state, error, _ = pull({"": Canned(b'{"success":false}', status=status)})
    assert (came, state) == ([], "failed")
    assert word in error.mend


def test_a_token_that_expires_on_the_way_makes_the_run_partial_and_says_what_to_do(pull):
    came, state, error, _ = pull({"": page([1, 2], "k2", True), "k2": Canned(b"", status=401)})
    assert (came, state) == (["1", "2"], "partial")
    assert "token baru" in error.mend


@pytest.mark.parametrize("body", [{"success": False, "data": []}, {"success": True}, {"data": {}}, {"data": None}, "teks", 7])
def test_an_envelope_of_another_shape_is_no_empty_list(body, pull):
    came, state, _, _ = pull({"": Canned.json(body)})
    assert (came, state) == ([], "failed")


def test_the_token_is_sent_as_bearer_to_its_own_origin_and_to_no_other(pull):
    source = Inaproc({"url": "https://data.inaproc.id/api/v1/x"} | GIVEN)
    assert source.headers("https://data.inaproc.id/api/v1/x?cursor=2") == {"Authorization": "Bearer token-karangan-0001"}
    for other in ("https://data.inaproc.id:8443/", "http://data.inaproc.id/", "https://data.inaproc.id.contoh.invalid/"):
        assert source.headers(other) == {}
    *_, asked = pull({"": page([1], None, False)}, token="Bearer token-karangan-0001 ")
    assert asked[0].headers["Authorization"] == "Bearer token-karangan-0001"


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"url": "http://data.inaproc.id/api/v1/x"}, "https"),
        ({"token": "dua kata rahasia"}, "token"),
        ({"token": "baris\r\nX-Lain: 1"}, "token"),
        ({"tahun": "26"}, "tahun"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "banyak"}, "limit"),
        ({"kode_klpd": ""}, "kode_klpd"),
    ],
)
def test_settings_that_cannot_work_are_named_and_no_secret_is_repeated(wrong, word):
    with pytest.raises(SettingsError, match=word) as caught:
        Inaproc({"url": "https://data.inaproc.id/api/v1/x"} | GIVEN | wrong)
    assert "rahasia" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2024-01-05T09:07:06.5Z", "2024-01-05T09:07:06.500000+07:00"),
        ("2024-01-10 13:30:00.000000Z", "2024-01-10T13:30:00+07:00"),
        ("May 7, 2021 12:00:00 AM", "2021-05-07T00:00:00+07:00"),
        ("Aug 17, 2021 12:30:05 PM", "2021-08-17T12:30:05+07:00"),
        ("2024-01-05 09:07:06", "2024-01-05T09:07:06+07:00"),
        ("2024-01-05T09:07:06+09:00", "2024-01-05T09:07:06+09:00"),
        (None, None),
    ],
)
def test_three_styles_of_time_are_an_office_s_clock(said, read):
    assert instant(local_time(said), WIB) == read
