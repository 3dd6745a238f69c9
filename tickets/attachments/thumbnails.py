"""Small pictures of uploaded images: re-encoded, so that nothing but pixels is left of them.

Runs in a process of its own only: see thumbnail_process.
"""

import io
import struct
import warnings

from PIL import Image, ImageOps

FORMATS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
}
CONTENT_TYPE = "image/jpeg"
# Twice what a page shows at most.
SIZE = (400, 300)
# What is unpacked at once takes four bytes a pixel. A JPEG unpacks to an eighth of its sides.
MOST_UNPACKED = 16_000_000
# Each scan of a progressive JPEG decodes the whole image; real ones have about ten.
MOST_SCANS = 64
START_OF_SCAN = b"\xff\xda"
# All that the decoders are known to raise for broken images.
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    struct.error,
    MemoryError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def thumbnail_of(file, content_type):
    """The bytes of a small JPEG of `file`, or None where it is no image, broken or very large."""
    if content_type not in FORMATS:
        return None
    file.seek(0)
    if content_type == "image/jpeg" and file.read().count(START_OF_SCAN) > MOST_SCANS:
        return None
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _rendered(file, FORMATS[content_type])
    except BROKEN:
        return None


def _rendered(file, image_format):
    with Image.open(file, formats=[image_format]) as image:
        image.draft("RGB", SIZE)
        if image.width * image.height > MOST_UNPACKED:
            return None
        image.thumbnail(SIZE)
        upright = ImageOps.exif_transpose(image)
        small = upright.convert("RGBA")
    ground = Image.new("RGB", small.size, "white")
    ground.paste(small, mask=small)
    written = io.BytesIO()
    ground.save(written, "JPEG", quality=80, optimize=True)
    return written.getvalue()
