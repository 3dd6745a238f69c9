"""A stored file as an answer: whole or a part of it, read from the store while it is sent."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from . import ranges

# Read and sent at once.
BLOCK = 64 * 1024


def response_of(request, row):
    """The answer with the file of a row, or with the range of it that is asked for.

    Raises FileNotFoundError where the store has lost it, StoreAwayError while the store is away.
    HEAD asks the store whether the file is there, and fetches nothing of it.
    """
    etag = f'"{row.sha256}"'
    try:
        wanted = ranges.asked_for(request.headers, etag=etag, size=row.size)
    except ranges.UnsatisfiableError:
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{row.size}"})
        return _described(refused, etag)
    if request.method == "HEAD":
        default_storage.size(row.path)
        return _of_nothing(row, etag)
    start, stop = wanted or (0, row.size)
    response = FileResponse(
        default_storage.part(row.path, start, stop if wanted else None),
        as_attachment=True,
        filename=row.name,
        content_type=row.content_type,
    )
    response.block_size = BLOCK
    response.headers["Content-Length"] = stop - start
    if wanted:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{row.size}"
    return _described(response, etag)


def _of_nothing(row, etag):
    response = HttpResponse(content_type=row.content_type)
    response.headers["Content-Length"] = row.size
    response.headers["Content-Disposition"] = content_disposition_header(True, row.name)
    return _described(response, etag)


def _described(response, etag):
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    return response
