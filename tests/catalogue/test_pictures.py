"""Photos as they are kept: nothing but the picture is left, and what is no whole picture is refused in words."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from exchange.catalogue.firms import pictures
from exchange.errors import BadRequest


def photo(kind="JPEG", size=(640, 400), **more):
    out = io.BytesIO()
    Image.new("RGB", size, (40, 120, 90)).save(out, kind, **more)
    return out.getvalue()


def located():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Telepon Contoh"
    exif.get_ifd(0x8825)[2] = (6.0, 1.0, 2.5)
    return photo(exif=exif)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_a_jpeg_with_a_small_copy(kind):
    made = pictures.made_of(photo(kind, (3200, 1000)))
    assert (made.width, made.height) == (1600, 500)
    assert Image.open(io.BytesIO(made.body)).format == Image.open(io.BytesIO(made.thumb)).format == "JPEG"
    assert Image.open(io.BytesIO(made.thumb)).size == (320, 100)


def test_place_time_and_device_are_gone_and_the_picture_stands_upright():
    before = located()
    assert Image.open(io.BytesIO(before)).getexif().get_ifd(0x8825)
    made = pictures.made_of(before)
    after = Image.open(io.BytesIO(made.body))
    assert not after.getexif() and "exif" not in after.info and "icc_profile" not in after.info
    assert b"Telepon" not in made.body + made.thumb
    assert (made.width, made.height) == (400, 640)


@pytest.mark.parametrize("more", [b"PK\x03\x04zip behind", b"<script>alert(1)</script>", b"%PDF-1.7"])
def test_what_stands_behind_the_picture_is_not_kept(more):
    made = pictures.made_of(photo("PNG") + more)
    assert more not in made.body and more not in made.thumb


def png(width, height):
    def part(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 1000)) + part(b"IEND", b"")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "kosong"),
        (b"%PDF-1.7\n", "bukan foto"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bukan foto"),
        (photo("GIF"), "bukan foto"),
        (photo("TIFF"), "bukan foto"),
        (photo("JPEG")[:-200], "rusak atau terpotong"),
        (photo("PNG")[: len(photo("PNG")) // 2], "rusak atau terpotong"),
        (png(400, 400), "rusak atau terpotong"),
        (png(30_000, 30_000), "juta piksel"),
        (png(60_000, 10), "juta piksel"),
        (photo("PNG", save_all=True, append_images=[Image.new("RGB", (640, 400), (1, 2, 3))]), "bergerak"),
        (b"\xff\xd8\xff" + b"\0" * (pictures.LARGEST + 1), "lebih dari 12 MiB"),
    ],
)
def test_what_is_no_whole_picture_is_refused_in_words(body, said):
    with pytest.raises(BadRequest) as refusal:
        pictures.made_of(body)
    assert said in refusal.value.message and refusal.value.mend


def test_what_is_transparent_stands_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(out, "PNG")
    made = pictures.made_of(out.getvalue())
    assert Image.open(io.BytesIO(made.body)).getpixel((5, 5)) == (255, 255, 255)
