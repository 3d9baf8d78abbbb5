"""The code lists are whole."""

import pytest

from schemas.codes import kbli, kbli_children, region, regions


def test_there_are_38_provinces_416_regencies_and_98_cities():
    levels = [each.level for each in regions()]
    assert {level: levels.count(level) for level in set(levels)} == {"provinsi": 38, "kabupaten": 416, "kota": 98}


def test_every_regency_stands_under_its_province_and_in_indonesia():
    for each in regions():
        assert (each.parent is None) == (each.level == "provinsi")
        assert each.parent is None or region(each.parent).level == "provinsi"
        assert each.code.startswith(each.parent or "")
        assert -11.5 < each.latitude < 6.5
        assert 94.5 < each.longitude < 141.5


def test_cilegon_is_a_city_of_banten():
    assert (region("36.72").name, region("36").name) == ("Kota Cilegon", "Banten")
    assert region("3672") is None


@pytest.mark.parametrize(("prefix", "codes"), [("2595", ["25951", "25952"]), ("2829", ["28291", "28292", "28299"]), ("99999", [])])
def test_the_lines_under_a_code_are_found(prefix, codes):
    assert [line.code for line in kbli_children(prefix)] == codes


def test_a_code_has_its_title():
    assert "logam" in kbli("25111").title.lower()
    assert kbli("00000") is None
