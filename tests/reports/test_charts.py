"""Charts and maps as drawings: every figure is told in words, nothing is a style, no text becomes markup."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from xml.etree import ElementTree

import pytest

from exchange.reports.charts.maps import Shown, bounds, class_of, shade, tile_map
from exchange.reports.charts.marks import Bar, Flow, Stack, axis_of, bars, ribbons, stacks
from exchange.reports.charts.svg import both, drawn
from schemas.codes import regions
from schemas.codes.tiles import EAST, tiles

HOSTILE = 'Kayu <script>alert(1)</script> & "kutip" \x07'
# provinces that share a border on land
BORDERS = (
    "11-12 12-13 12-14 13-14 13-15 13-17 14-15 15-16 15-17 16-17 16-18 17-18 31-32 31-36 32-33 32-36 33-34 33-35 61-62 61-64 62-63 62-64 "
    "63-64 64-65 71-75 72-75 72-76 72-73 72-74 73-74 73-76 91-94 91-95 92-94 92-96 93-94 93-95 94-95"
)


def test_each_of_the_38_provinces_has_a_tile_and_no_two_share_one():
    assert {tile.code for tile in tiles()} == {each.code for each in regions() if each.level == "provinsi"}
    assert len({(tile.column, tile.row) for tile in tiles()}) == len(tiles()) == 38
    assert len({(tile.narrow_column, tile.narrow_row) for tile in tiles()}) == 38
    assert max(tile.narrow_column for tile in tiles()) < 6


def places(narrow: bool) -> dict[str, tuple[int, int]]:
    """Of each province its column and row; those of the east, which stand below on a telephone, far below."""
    if not narrow:
        return {tile.code: (tile.column, tile.row) for tile in tiles()}
    return {tile.code: (tile.narrow_column, tile.narrow_row + (100 if tile.narrow_row >= EAST else 0)) for tile in tiles()}


@pytest.mark.parametrize("narrow", [False, True])
def test_provinces_with_a_common_border_stand_near_each_other(narrow):
    at = places(narrow)
    far = {}
    for pair in BORDERS.split():
        one, other = (at[code] for code in pair.split("-"))
        away = max(abs(one[0] - other[0]), abs(one[1] - other[1]))
        if away > 1:
            far[pair] = away
    assert set(far.values()) <= {2}, far
    assert len(far) <= 3, far


@pytest.mark.parametrize("narrow", [False, True])
def test_what_lies_far_to_the_east_or_south_is_never_drawn_to_the_west_or_north(narrow):
    point, at = {each.code: each for each in regions()}, places(narrow)
    for one, other in combinations(tiles(), 2):
        if abs(at[one.code][1] - at[other.code][1]) > 50:
            continue  # one in the west, one in the east below it
        east = point[other.code].longitude - point[one.code].longitude
        if abs(east) > 5:
            assert (at[other.code][0] - at[one.code][0]) * east >= 0, (one.short, other.short)
        south = point[one.code].latitude - point[other.code].latitude
        if abs(south) > 6:
            assert (at[other.code][1] - at[one.code][1]) * south >= 0, (one.short, other.short)


@pytest.mark.parametrize(
    "values", [[], ["0"], ["5"], ["1", "2", "3"], ["0", "7", "7", "7"], [str(7**n) for n in range(20)], ["0.004", "1e15"]]
)
def test_classes_hold_every_value_and_grow(values):
    given = [Decimal(value) for value in values]
    upper = bounds(given)
    assert upper == sorted(set(upper)) and len(upper) <= 5
    for value in given:
        its = class_of(value, upper)
        assert (its == 0) == (value <= 0)
        assert its == 0 or value <= upper[its - 1]
    assert len({shade(number, len(upper)) for number in range(len(upper) + 1)}) == len(upper) + 1


def pictures():
    series = {"a": HOSTILE, "b": "Pangan"}
    shown = {
        tile.code: Shown(Decimal(at), f"{at} M", f"{HOSTILE} {at}", f"/permintaan?daerah={tile.code}") for at, tile in enumerate(tiles())
    }
    upper = bounds([one.value for one in shown.values()])
    yield bars(HOSTILE, HOSTILE, [Bar(HOSTILE, Decimal(5), "Rp 5"), Bar("nol", Decimal(0), "0"), Bar("kurang", Decimal(-3), "-3")])
    yield stacks(
        HOSTILE, "x", [Stack("01/26", {"a": Decimal(3), "b": Decimal(1)}, HOSTILE)], series, [(Decimal(0), "0"), (Decimal(5), "5")]
    )
    yield stacks("kosong", "x", [], {}, [(Decimal(0), "0")])
    flows = [Flow("a", "33", Decimal(9), HOSTILE), Flow("b", "33", Decimal("0.5"), "x")]
    yield ribbons(HOSTILE, "x", flows, {"a": (HOSTILE, "9"), "b": ("b", "1")}, {"33": (HOSTILE, "10")})
    yield tile_map(HOSTILE, "x", shown, upper, ["tidak ada", *map(str, upper)], "36", ("Barat", "Timur"))


@pytest.mark.parametrize("whole", [True, False])
def test_a_drawing_is_xml_without_style_script_or_number_out_of_range(whole):
    for picture in (one for each in pictures() for one in (each, each.narrow) if one):
        text = str(drawn(picture, "g", whole=whole))
        root = ElementTree.fromstring(text)
        tags = {each.tag.rpartition("}")[2] for each in root.iter()}
        assert not tags & {"script", "style", "foreignObject"}
        assert "style=" not in text and "nan" not in text.lower().replace("kayu", "") and "<script" not in text
        assert root.get("role") == ("group" if picture.links else "img")
        assert {"title", "desc"} <= tags
        for each in root.iter():
            for name in ("width", "height"):
                assert float(each.get(name) or 0) >= 0


def test_a_chart_has_a_form_for_a_telephone_that_tells_the_same_by_other_names():
    for picture in pictures():
        found = ElementTree.fromstring(f"<page>{both(picture, 'g')}</page>")
        wide, narrow = found
        assert int(narrow.get("viewBox").split()[2]) <= 320 < int(wide.get("viewBox").split()[2])
        said = [[each.text for each in one.iter() if each.tag in ("title", "desc")] for one in (wide, narrow)]
        assert said[0] == said[1]
        named = [each.get("id") for each in found.iter() if each.get("id")]
        assert len(named) == len(set(named)) == 4
        assert str(drawn(picture, "g", whole=True)).count("<svg") == 1, "a saved file has one form"


def test_every_tile_tells_its_figure_and_leads_to_its_list():
    text = str(drawn(list(pictures())[-1], "g"))
    for at, tile in enumerate(tiles()):
        assert f'href="/permintaan?daerah={tile.code}"' in text
        assert f">{at} M</text>" in text


@pytest.mark.parametrize("most", ["0", "0.3", "1", "2", "7", "9.99", "10", "12345", "999999999999"])
def test_an_axis_begins_at_nothing_ends_at_the_most_and_has_few_lines(most):
    axis = axis_of(Decimal(most))
    assert axis[0] == 0 and axis[-1] >= Decimal(most)
    assert 2 <= len(axis) <= 12
