"""Pages are sent compressed, and their length says nothing of a secret in them."""

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from helpdesk.middleware import CompressionMiddleware

PAGE = "<p>متن</p>" * 200


def sent(rf, response, accept="gzip, br"):
    request = rf.get("/", headers={"accept-encoding": accept})
    return CompressionMiddleware(lambda _request: response)(request)


def test_a_page_is_whole_after_it_is_unpacked(rf):
    response = sent(rf, HttpResponse(PAGE, headers={"ETag": '"1"'}))

    assert gzip.decompress(response.content).decode() == PAGE
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["ETag"] == 'W/"1"'


def test_the_same_page_has_many_lengths(rf):
    lengths = {len(sent(rf, HttpResponse(PAGE)).content) for _time in range(40)}

    assert len(lengths) > 5


@pytest.mark.parametrize("accept", ["", "br", "identity"])
def test_who_cannot_unpack_gets_it_plain(rf, accept):
    response = sent(rf, HttpResponse(PAGE), accept)

    assert response.content.decode() == PAGE
    assert "Content-Encoding" not in response.headers
    assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "response",
    [
        StreamingHttpResponse([PAGE.encode()]),
        HttpResponse(b"PK", content_type="application/zip"),
        HttpResponse(PAGE, headers={"Content-Encoding": "br"}),
    ],
)
def test_files_and_streams_go_as_they_are(rf, response):
    before = response.headers.get("Content-Encoding")

    assert sent(rf, response).headers.get("Content-Encoding") == before


def test_an_empty_answer_stays_empty(rf):
    assert sent(rf, HttpResponse(status=204)).content == b""
