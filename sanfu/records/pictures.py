"""Photos (照片): a picture of a phone becomes a JPEG or PNG of bounded size that says nothing but when it was taken.

    made = cleaned("IMG_0412.HEIC", content)          # no position
    made = cleaned("IMG_0412.HEIC", content, with_position=True)
    small(made.content, 320)                          # a JPEG for the page, without any data beside the picture

A picture is drawn anew, so nothing that was hidden in the file comes along.
"""

import warnings
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pi_heif
from PIL import ExifTags, Image, ImageOps

from sanfu.records.actor import Refused

LONGEST = 2560  # points of the longer side that is kept: a page of small print can still be read
MOST_PIXELS = 80_000_000  # of a picture that is opened at all: a small file can unfold to far more
_QUALITY = 86
_FORMATS = ("JPEG", "PNG", "HEIF")
_HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
_ENDINGS = (".jpg", ".jpeg", ".png", ".heic", ".heif")

pi_heif.register_heif_opener()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept. taken: when the camera says it was taken; lon, lat: where, only if that was wanted."""

    content: bytes
    ending: str
    taken: str = ""
    lon: float | None = None
    lat: float | None = None


def is_picture(name: str, head: bytes) -> bool:
    """Whether a file is a picture by its content and does not claim to be something else."""
    known = head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        head[4:8] == b"ftyp" and head[8:12] in _HEIF
    )
    return known and name.lower().endswith(_ENDINGS)


def cleaned(name: str, whole: bytes, *, with_position: bool = False) -> Picture:
    """The picture upright, bounded in size, with its time, and with its position only if that is wanted.

    Raises:
        Refused: it cannot be opened as a picture, or unfolds to too many points.
    """
    with _opened(name, whole) as image:
        exif = image.getexif()
        taken = str(exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal, ""))[:19]
        gps = dict(exif.get_ifd(ExifTags.IFD.GPSInfo)) if with_position else {}
        keeps_png = image.format == "PNG"
        drawn = _upright(image, LONGEST)
    place = _place(gps)
    said = Image.Exif()
    if taken:
        said.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if place:
        said.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    out = BytesIO()
    if keeps_png:
        drawn.save(out, "PNG", optimize=False)
    else:
        drawn.convert("RGB").save(
            out, "JPEG", quality=_QUALITY, exif=said.tobytes() if taken or place else b""
        )
    return Picture(out.getvalue(), ".png" if keeps_png else ".jpg", taken, *(place or (None, None)))


def small(whole: bytes, longest: int) -> bytes:
    """A JPEG of a kept picture for a page: smaller, and the picture alone."""
    with _opened("照片", whole) as image:
        image.draft("RGB", (longest, longest))
        drawn = _upright(image, longest)
    flat = Image.new("RGB", drawn.size, "white")
    flat.paste(drawn, mask=drawn.getchannel("A") if "A" in drawn.getbands() else None)
    out = BytesIO()
    flat.save(out, "JPEG", quality=80)
    return out.getvalue()


def _opened(name: str, whole: bytes) -> Image.Image:
    much = f"“{name}”展开后的点太多，太大了；请用手机相机重拍或缩小后再传。"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(whole), formats=_FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise Refused(much)
        image.load()
    except Refused:
        raise
    except Image.DecompressionBombError as bomb:
        raise Refused(much) from bomb
    except Exception as broken:  # a decoder fed with a hostile file may fail in any way
        raise Refused(f"“{name}”不是完整的照片，打不开；请重新拍摄或另存为JPEG后再传。") from broken
    return image


def _upright(image: Image.Image, longest: int) -> Image.Image:
    turned = ImageOps.exif_transpose(image)
    drawn = turned.convert("RGBA" if "A" in turned.getbands() or "transparency" in turned.info else "RGB")
    drawn.thumbnail((longest, longest))
    drawn.info = {}
    return drawn


def _place(gps: dict[int, Any]) -> tuple[float, float] | None:
    """Longitude and latitude of a GPS block in degrees; None when it has none or they are no numbers."""
    with suppress(KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude]) * (-1 if gps[ExifTags.GPS.GPSLatitudeRef] == "S" else 1)
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude]) * (
            -1 if gps[ExifTags.GPS.GPSLongitudeRef] == "W" else 1
        )
        if -90 <= lat <= 90 and -180 <= lon <= 180:
            return round(lon, 6), round(lat, 6)
    return None


def _degrees(parts: Any) -> float:
    return float(sum(float(part) / 60**n for n, part in enumerate(parts)))
