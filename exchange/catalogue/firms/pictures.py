"""
Photos as they are kept: read whole, turned upright, made small enough, and written anew, so that nothing but the picture is left.

What a camera or a hostile hand put beside the picture (place, time, other files behind the end) is gone with the old bytes. What is
too large, too many pixels, cut off, or no picture is refused in words.
"""

from __future__ import annotations

import io
import struct
import warnings
from typing import Final, NamedTuple

from PIL import Image, UnidentifiedImageError

from exchange.errors import BadRequest

LARGEST: Final = 12 * 1024 * 1024
MOST_PIXELS: Final = 50_000_000  # 150 MB while it is read; a telephone of 48 megapixels passes
MOST_SIDE: Final = 20_000
SIDE, THUMB, EMBLEM = 1600, 320, 480
FORMATS: Final = ("JPEG", "PNG", "WEBP")
_MEND: Final = "Pakai foto JPEG, PNG atau WebP yang utuh, misalnya diambil ulang dengan kamera."
# what Pillow raises over bytes that are not what their format says
_BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error, TypeError, AttributeError, LookupError)
_ORIENTATION: Final = 0x0112
_T = Image.Transpose
# what the camera's orientation says must be done, so that the picture stands upright (EXIF, tag 274)
_TURNS: Final[dict[object, Image.Transpose]] = {
    2: _T.FLIP_LEFT_RIGHT, 3: _T.ROTATE_180, 4: _T.FLIP_TOP_BOTTOM, 5: _T.TRANSPOSE, 6: _T.ROTATE_270, 7: _T.TRANSVERSE, 8: _T.ROTATE_90,
}  # fmt: skip


class Picture(NamedTuple):
    """body, thumb: JPEG; width, height: of body, in pixels."""

    body: bytes
    thumb: bytes
    width: int
    height: int


def made_of(body: bytes) -> Picture:
    """
    A photo as it is kept, at most `SIDE` pixels wide and high, with its small copy.

    Raises:
        BadRequest: empty, too many bytes or pixels, no picture of a kind that is taken, or cut off.
    """
    upright = _upright(body)
    upright.thumbnail((SIDE, SIDE))
    small = upright.copy()
    small.thumbnail((THUMB, THUMB))
    return Picture(_jpeg(upright, 82), _jpeg(small, 75), *upright.size)


def emblem_of(body: bytes) -> bytes:
    """
    A coat of arms as papers carry it: PNG, at most `EMBLEM` pixels wide and high (600 to the inch at 2 cm), on white, nothing beside it.

    Raises:
        BadRequest: as in `made_of`.
    """
    upright = _upright(body)
    upright.thumbnail((EMBLEM, EMBLEM))
    out = io.BytesIO()
    upright.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _upright(body: bytes) -> Image.Image:
    """The pixels of a picture, upright and flat; see `made_of` for what is refused."""
    if not body:
        raise BadRequest("Fotonya kosong.", mend=_MEND)
    if len(body) > LARGEST:
        raise BadRequest(f"Foto lebih dari {LARGEST >> 20} MiB.", mend="Kecilkan, atau ambil dengan mutu yang lebih rendah.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what stands beside the picture
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=FORMATS) as image:
                _check_size(image)
                image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a large JPEG is read smaller at once
                image.load()
                return _flat(_turned(image))
    except BadRequest:
        raise
    except UnidentifiedImageError as error:
        raise BadRequest("Berkas itu bukan foto JPEG, PNG atau WebP.", mend=_MEND) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many() from error
    except (*_BROKEN, MemoryError) as error:
        raise BadRequest("Foto itu rusak atau terpotong.", mend=_MEND) from error


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise _too_many()
    if getattr(image, "n_frames", 1) > 1:
        raise BadRequest("Gambar bergerak tidak diterima.", mend=_MEND)


def _too_many() -> BadRequest:
    return BadRequest(
        f"Foto lebih dari {MOST_PIXELS // 1_000_000} juta piksel.", mend="Ambil dengan ukuran yang lebih kecil, lalu unggah lagi."
    )


def _turned(image: Image.Image) -> Image.Image:
    """The picture upright; as it is where its orientation cannot be read, for what stands beside a picture must not cost it."""
    try:
        turn = _TURNS.get(image.getexif().get(_ORIENTATION))
    except _BROKEN:
        return image
    return image if turn is None else image.transpose(turn)


def _flat(image: Image.Image) -> Image.Image:
    """The pixels alone, on white where they were transparent: no colour profile, no text, no place."""
    if "A" in image.getbands() or "transparency" in image.info:
        whole = image.convert("RGBA")
        ground = Image.new("RGBA", whole.size, (255, 255, 255, 255))
        ground.alpha_composite(whole)
        image = ground
    flat = Image.new("RGB", image.size)
    flat.paste(image.convert("RGB"))
    return flat


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
