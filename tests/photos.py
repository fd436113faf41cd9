"""Photos for tests, drawn here: a JPEG and a PNG as large as wanted, with and without a place, and a small HEIC."""

from base64 import b64decode
from io import BytesIO

from PIL import ExifTags, Image, ImageDraw

# A red square of 64 × 48 points, encoded once with a place at 30.5° N, 120.5° E: no library here writes HEIC.
HEIC = b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRp"
    "bG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAAJAAAgAAAAACcgABAAAAAAAAAIoAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABo"
    "dmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA"
    "/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMD"
    "IAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAA"
    "AAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNj"
    "AAIAAQABAAABIm1kYXQAAACMKAGvWJ/Mb+1v+xtBTNsWnBjXDhyUEZ/ta7XALIgfGTIGAf9hGs63/uvTmzvzF+qInwaBwHTNGwWfF4Na"
    "4Ql0HrrQpRYkYmvZL3UPw3iiq+4S2GkVGWOv2XSAzg8j/BnyyPNaq66TODLyKymvOncAbPJLJ0GmQHWH+w+znAiWOaYgfOZ7fzmpUPG5"
    "TTgAAAAGRXhpZgAATU0AKgAAAAgAAYglAAQAAAABAAAAGgAAAAAABAABAAIAAAACTgAAAAACAAUAAAADAAAAUAADAAIAAAACRQAAAAAE"
    "AAUAAAADAAAAaAAAAAAAAAAeAAAAAQAAAB4AAAABAAAAAAAAAAEAAAB4AAAAAQAAAB4AAAABAAAAAAAAAAE="
)
PLACE = {1: "N", 2: (30.0, 30.0, 0.0), 3: "E", 4: (120.0, 30.0, 0.0)}


def photo(
    kind: str = "JPEG",
    size: tuple[int, int] = (640, 480),
    place: bool = True,
    turned: int = 1,
    noise: bool = False,
) -> bytes:
    """A photo with its time, with a place if wanted. turned: the orientation it claims; noise: does not compress."""
    image = Image.effect_noise(size, 90).convert("RGB") if noise else Image.new("RGB", size, (210, 225, 240))
    ImageDraw.Draw(image).rectangle((20, 20, size[0] // 2, size[1] // 2), fill=(170, 40, 40))
    said = Image.Exif()
    said[ExifTags.Base.Orientation] = turned
    said[ExifTags.Base.Make] = "PHONE-OF-ZHANG"
    said.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:20 09:30:00"
    if place:
        said.get_ifd(ExifTags.IFD.GPSInfo).update(PLACE)
    out = BytesIO()
    image.save(out, kind, exif=said.tobytes())
    return out.getvalue()
