"""KBKI, HS and the crosswalk are whole, and no code is told without its edition."""

import re

import pytest

from schemas.codes import kbli, rows
from schemas.codes.classes import EDITIONS, hs, kbki, kbki_lines, kbki_over, links

# these hang on the line two digits up: the list has none between
_FAR = (
    {"36111", "36112", "36113", "36114", "36115", "36116"}
    | {"4491401", "4491402", "4491403", "4491404", "4491498"}
    | {"4514101", "4514102", "4514103"}
)


def test_no_code_stands_twice():
    for table, key in (
        ("kbki.csv", ("code",)),
        ("hs.csv", ("code",)),
        ("crosswalk.csv", ("kbki_edition", "kbki", "list", "edition", "code")),
    ):
        keys = [tuple(row[name] for name in key) for row in rows(table)]
        assert keys
        assert len(keys) == len(set(keys)), table


def test_every_kbki_line_has_a_title_an_edition_and_a_parent():
    for row in rows("kbki.csv"):
        assert re.fullmatch(r"\d{1,5}|\d{7}", row["code"])
        assert row["edition"] == ("2012" if row["code"][0] in "01234" else "2013")
        assert row["title"] == row["title"].strip() != ""
        assert len(row["code"]) == 1 or kbki_over(row["code"]) is not None


def test_the_parent_is_one_step_up_but_where_the_list_leaves_it_out():
    far = {
        line.code
        for digits, up in ((2, 1), (3, 2), (4, 3), (5, 4), (7, 5))
        for line in kbki_lines(digits)
        if kbki_over(line.code).code != line.code[:up]
    }
    assert far <= _FAR
    assert all(kbki_over(code).code == code[: 3 if len(code) == 5 else 4] for code in far)


def test_kbki_has_the_lines_of_its_editions():
    assert [len([line for line in kbki_lines(digits) if line.edition == "2012"]) for digits in (1, 2, 3, 4, 5, 7)] == [
        5, 39, 192, 784, 1501, 4139,
    ]  # fmt: skip
    assert [len([line for line in kbki_lines(digits) if line.edition == "2013"]) for digits in (1, 2, 3, 4, 5)] == [5, 32, 134, 474, 1202]


def test_every_subheading_stands_under_its_heading():
    codes = [row["code"] for row in rows("hs.csv")]
    for code in codes:
        assert re.fullmatch(r"\d{4}|\d{6}", code)
        assert len(code) == 4 or hs(code[:4]) is not None
        assert hs(code).title
    # the World Customs Organization counts 1,228 headings and 5,612 subheadings; the transcription has a few of its own
    assert 1228 <= sum(len(code) == 4 for code in codes) <= 1230
    assert 5612 <= sum(len(code) == 6 for code in codes) <= 5620


def test_both_sides_of_every_link_are_in_their_lists():
    for row in rows("crosswalk.csv"):
        assert kbki(row["kbki"]).edition == row["kbki_edition"]
        assert row["edition"] == EDITIONS[row["list"]]
        assert (kbli if row["list"] == "KBLI" else hs)(row["code"]) is not None
        assert row["match"] in ("exact", "partial")


def test_links_are_followed_from_their_own_edition_alone():
    assert {link.code for link in links("KBKI", "2012", "4219001007") if link.scheme == "KBLI"} == {"2511"}
    assert links("KBKI", "2015", "4219001007") == ()
    assert links("KBLI", "2025", "25111") == ()
    assert links("CPV", "2008", "45000000") == ()


@pytest.mark.parametrize(("scheme", "edition", "digits"), [("KBKI", "2012", 5), ("KBLI", "2020", 4), ("HS", "2022", 6)])
def test_a_link_leads_back(scheme, edition, digits):
    for row in rows("crosswalk.csv"):
        code = row["kbki"] if scheme == "KBKI" else row["code"]
        if (scheme, edition) not in (("KBKI", row["kbki_edition"]), (row["list"], row["edition"])) or len(code) < digits:
            continue
        for link in links(scheme, edition, code):
            back = links(link.scheme, link.edition, link.code)
            assert any(one.scheme == scheme and one.code == code and one.exact == link.exact for one in back)


def test_a_longer_code_is_told_by_the_line_over_it():
    assert kbki("4219001007") is None
    assert kbki_over("4219001007").code == "4219001"
    assert kbki_over("0") is None
