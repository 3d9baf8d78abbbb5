"""Boundaries out of GeoJSON: what is matched, what is named as not, what is refused."""

from __future__ import annotations

import json
import random
from itertools import accumulate

import pytest

from exchange.errors import BadRequest
from exchange.reports.charts.borders import read_boundaries, simplified


def square(west, north, size=1.0, **its):
    ring = [[west, north], [west + size, north], [west + size, north - size], [west, north - size], [west, north]]
    return {"type": "Feature", "properties": its, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def file(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_provinces_are_known_by_code_or_by_name_and_the_rest_is_named():
    found = read_boundaries(
        file(square(106, -6, KODE_PROV="36"), square(107, -6, PROVINSI="DKI Jakarta"), square(110, -7, name="Jawa Tengah"),
             square(110, -8, name="D.I. Yogyakarta"), square(120, -3, name="Negeri Dongeng"))
    )  # fmt: skip
    assert found.level == "province"
    assert [one.code for one in found.outlines] == ["31", "33", "34", "36"]
    assert found.unmatched == ["Negeri Dongeng"]
    assert len(found.missing) == 34 and "Bali" in " ".join(found.missing)


def test_regions_are_known_by_code_with_or_without_the_point_and_by_name():
    found = read_boundaries(
        file(square(106, -6, 0.1, kode="36.72"), square(110, -7, 0.1, kd_kab="3374"), square(109, -7, 0.1, nama="Kab. Tegal"))
    )
    assert found.level == "region"
    assert [one.code for one in found.outlines] == ["33.28", "33.74", "36.72"]


def test_a_code_of_another_office_does_not_win_over_the_name():
    found = read_boundaries(file(square(140, -3, 1.0, code="94", name="Papua"), square(106, -6, code="36", name="Banten")))
    assert [one.code for one in found.outlines] == ["36", "91"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b'{"type":"Feature"}', b"\xff\xfe", b"[" * 5000, file(), file({"type": "Feature", "properties": {"code": "36"}}),
        file(square(700000, 9300000, code="36")), file(square(106, -6, code="99")), file(square(float("nan"), 1, code="36")),
        file({"type": "Feature", "properties": {"code": "36"}, "geometry": {"type": "Polygon", "coordinates": [[[106, -6], [107, -6]]]}}),
        file({"type": "Feature", "properties": {"code": "36"}, "geometry": {"type": "Polygon", "coordinates": [["x", None, {}, 3]]}}),
        file({"type": "Feature", "properties": {"code": "36"}, "geometry": {"type": "Point", "coordinates": [106, -6]}}), file("x"),
        file(square(106, -6, code="36")).replace(b"106", b"1" + b"0" * 400),
    ],
)  # fmt: skip
def test_what_is_no_map_of_this_country_in_degrees_is_refused(body):
    with pytest.raises(BadRequest):
        read_boundaries(body)


def test_points_on_a_line_fall_away_and_corners_stay():
    side = [(float(at), 0.0) for at in range(10)]
    ring = [*side, (9.0, 9.0), (0.0, 9.0), (0.0, 0.0)]
    assert simplified(ring, 0.5) == [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0), (0.0, 0.0)]


def test_a_line_that_would_take_the_square_of_its_points_is_refused_and_a_ragged_coast_is_not():
    count, draw = 3000, random.Random(7)
    saw = [(0.0, 0.0), *((float(at), (-1.0) ** at * (count - at)) for at in range(1, count)), (2.0 * count, 0.0), (0.0, 0.0)]
    with pytest.raises(BadRequest) as refusal:
        simplified(saw, 0.8)
    assert "terlalu berliku" in refusal.value.message and refusal.value.mend
    coast = list(zip(*(accumulate(draw.gauss(0, 1) for _ in range(20_000)) for _axis in "xy"), strict=True))
    assert len(simplified([*coast, coast[0]], 0.8)) > 5000
