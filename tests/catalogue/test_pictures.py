"""Photos as they are kept: nothing but the picture is left, and what is no whole picture is refused in words."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageOps

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


def corners(orientation):
    image = Image.new("RGB", (64, 32), (255, 255, 255))
    for place, colour in (((0, 0, 16, 16), (200, 0, 0)), ((48, 0, 64, 16), (0, 200, 0)), ((0, 16, 16, 32), (0, 0, 200))):
        image.paste(colour, place)
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, "PNG", exif=exif)
    return out.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_of_the_eight_orientations_is_turned_upright(orientation):
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(corners(orientation))))
    made = Image.open(io.BytesIO(pictures.made_of(corners(orientation)).body))
    assert made.size == upright.size
    for x in (4, made.width - 5):
        for y in (4, made.height - 5):
            said, kept = upright.getpixel((x, y)), made.getpixel((x, y))
            assert all(abs(one - other) < 40 for one, other in zip(said, kept, strict=True)), (x, y, said, kept)


def tag(number, kind, count, value):
    return struct.pack("<HHII", number, kind, count, value)


@pytest.mark.parametrize(
    ("beside", "width"),
    [
        (tag(0x0112, 3, 1, 6) + tag(0x8825, 2, 4, 0x41414141), 400),
        (tag(0x0112, 3, 1, 6) + tag(0x8769, 5, 1, 0xFFFF), 400),
        (tag(0x0112, 3, 1, 6) + tag(0x0100, 2, 4, 0x41414141), 400),
        (tag(0x0112, 3, 1, 6) + tag(0x010F, 9, 0x7FFFFFFF, 0xFFFFFFF0), 400),
        (tag(0x0112, 2, 4, 0x41414141), 640),
        (tag(0x0112, 3, 1, 99), 640),
        (tag(0x0112, 3, 1, 6)[:7], 640),
    ],
)
def test_a_damaged_block_of_the_camera_does_not_cost_the_picture(beside, width):
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, max(1, len(beside) // 12)) + beside + struct.pack("<I", 0)
    assert pictures.made_of(photo(exif=exif)).width == width


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
