"""What a download answers, whichever store holds the file: whole, in part, or only about it."""

import pytest

from tests.factories import make_pending_file

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(32, 127)) * 3
SIZE = len(CONTENT)


@pytest.fixture(params=["folder", "bucket"])
def file(request, requester):
    request.getfixturevalue(request.param)
    return make_pending_file(requester, name="گزارش.txt", content=CONTENT)


@pytest.fixture
def fetch(client_of, requester, file):
    client = client_of(requester)

    def ask(method="get", **headers):
        return getattr(client, method)(file.get_absolute_url(), headers=headers)

    return ask


def body(response):
    return b"".join(response.streaming_content)


def test_a_part_is_sent_where_a_part_is_asked_for(fetch):
    wanted = {
        "bytes=0-9": (0, 10),
        "bytes=10-": (10, SIZE),
        "bytes=-5": (SIZE - 5, SIZE),
        "bytes=-99999": (0, SIZE),
        f"bytes=3-{SIZE * 9}": (3, SIZE),
    }
    for asked, (start, stop) in wanted.items():
        response = fetch(range=asked)

        assert response.status_code == 206, asked
        assert body(response) == CONTENT[start:stop]
        assert response.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
        assert response.headers["Content-Length"] == str(stop - start)
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "asked", ["", "bytes=-", "bytes=9-3", "bytes=0-1,4-5", "lines=0-1", "bytes=٠-٩", "bytes=a-b"]
)
def test_what_is_no_range_gets_the_whole_file(fetch, asked):
    response = fetch(range=asked)

    assert response.status_code == 200
    assert body(response) == CONTENT
    assert response.headers["Content-Length"] == str(SIZE)
    assert response.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=999999999999999999-", "bytes=-0"])
def test_a_part_beyond_the_end_is_refused_with_the_size(fetch, asked):
    response = fetch(range=asked)

    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"


def test_a_download_goes_on_only_with_the_same_file(fetch):
    etag = fetch().headers["ETag"]

    same, other = (fetch(range="bytes=0-0", if_range=each) for each in (etag, '"other"'))

    assert (same.status_code, other.status_code) == (206, 200)


def test_head_tells_of_the_file_and_sends_none_of_it(fetch):
    response, whole = fetch("head"), fetch()

    assert response.status_code == 200
    assert response.content == b""
    for name in ("Content-Length", "Content-Type", "Content-Disposition", "ETag", "Accept-Ranges"):
        assert response.headers[name] == whole.headers[name]
    body(whole)


def test_a_part_is_handed_to_nobody_else(client_of, outsider, file):
    client = client_of(outsider)
    for method in (client.get, client.head):
        assert method(file.get_absolute_url(), headers={"range": "bytes=0-1"}).status_code == 404
