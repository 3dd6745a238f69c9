"""Small pictures: made from sound images alone, of bounded size, and shown by the same rule."""

import io
import sys
import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from PIL import Image

from tests.factories import NOW, again, make_member, make_pending_file, make_ticket
from tickets import services
from tickets.attachments import thumbnails
from tickets.attachments.thumbnails import thumbnail_of
from tickets.services import thumbnails as making

pytestmark = pytest.mark.django_db


def picture(size=(900, 500), kind="PNG", mode="RGB", **saving):
    content = io.BytesIO()
    Image.new(mode, size, "teal" if mode == "RGB" else None).save(content, kind, **saving)
    return content.getvalue()


def rendered(content, content_type="image/png"):
    small = thumbnail_of(ContentFile(content), content_type)
    return None if small is None else Image.open(io.BytesIO(small))


def make_picture(user, content=None, name="screen.png"):
    """A pending upload whose thumbnail a worker has made."""
    file = make_pending_file(user, name=name, content=content or picture())
    services.make_thumbnails()
    return again(file)


def make_sent_picture(requester):
    file = make_picture(requester)
    make_ticket(requester, files=[file])
    return file


def slow_jpeg(scans):
    """A progressive JPEG one scan of which is repeated: little to send, long to decode."""
    content = picture(size=(700, 700), kind="JPEG", progressive=True)
    start = content.rindex(thumbnails.START_OF_SCAN)
    return content[:start] + (content[start:-2]) * scans + content[-2:]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_a_png_becomes_a_small_jpeg(mode):
    small = rendered(picture(mode=mode))

    assert small.format == "JPEG"
    assert small.size == (400, 222)


def test_a_photo_is_upright_and_does_not_reveal_where_it_was_taken():
    turned = Image.Exif()
    turned[0x0112] = 6
    turned[0x010E] = "Tehran"
    content = io.BytesIO()
    Image.new("RGB", (800, 400), "teal").save(content, "JPEG", exif=turned)

    small = rendered(content.getvalue(), "image/jpeg")

    assert small.height > small.width
    assert dict(small.getexif()) == {}


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (picture()[:200], "image/png"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (picture(kind="JPEG")[:100], "image/jpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"),
        (picture(kind="GIF"), "image/png"),
        (b"%PDF-1.7", "application/pdf"),
        (b"<svg/>", "image/svg+xml"),
    ],
)
def test_what_is_broken_or_no_listed_image_has_none(content, content_type):
    assert rendered(content, content_type) is None


def test_an_image_too_large_to_unpack_has_none(monkeypatch):
    monkeypatch.setattr(thumbnails, "MOST_UNPACKED", 100_000)

    assert rendered(picture()) is None
    assert rendered(picture(size=(3000, 2000), kind="JPEG"), "image/jpeg") is None


def test_a_broken_image_is_kept_without_a_small_picture(requester):
    file = make_picture(requester, picture()[:200], name="half.png")

    assert file.thumbnail_path == ""
    assert file.thumbnail_url == ""


def test_a_small_picture_is_shown_to_those_who_may_see_the_ticket(
    client_of, requester, colleague, outsider, agent
):
    url = make_sent_picture(requester).thumbnail_url

    for person in (requester, colleague, agent):
        response = client_of(person).get(url)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "image/jpeg"
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert "sandbox" in response.headers["Content-Security-Policy"]
    assert client_of(outsider).get(url).status_code == 404


def test_a_kept_small_picture_is_asked_for_again_and_refused_when_the_right_is_lost(
    client_of, requester, organization
):
    url = make_sent_picture(requester).thumbnail_url
    leaver = make_member(organization, "omid@pars.example")
    client = client_of(leaver)
    tag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"if-none-match": tag}).status_code == 304

    leaver.memberships.all().delete()

    assert client.get(url, headers={"if-none-match": tag}).status_code == 404


def test_a_file_without_a_small_picture_has_no_such_address(client_of, requester):
    file = make_pending_file(requester)

    assert client_of(requester).get(f"{file.get_absolute_url()}thumbnail/").status_code == 404


def test_a_picture_of_a_note_is_not_shown_to_customers(client_of, requester, agent):
    ticket = make_ticket(requester)
    file = make_picture(agent, name="inside.png")
    services.add_note(ticket, actor=agent, content=services.NewMessage("x", files=(file,)), now=NOW)

    assert client_of(agent).get(file.thumbnail_url).status_code == 200
    assert client_of(requester).get(file.thumbnail_url).status_code == 404


def test_both_files_go_when_an_upload_is_removed(
    requester, django_capture_on_commit_callbacks, capsys
):
    file = make_picture(requester)
    call_command("check_attachments")
    assert default_storage.exists(file.thumbnail_path)

    with django_capture_on_commit_callbacks(execute=True):
        services.discard(requester, [file.pk])

    assert not default_storage.exists(file.path)
    assert not default_storage.exists(file.thumbnail_path)


def test_a_conversation_shows_its_pictures(client_of, requester, agent):
    file = make_picture(requester)
    ticket = make_ticket(requester, files=[file])

    for person, path in (
        (requester, ticket.get_absolute_url()),
        (agent, ticket.get_queue_url()),
    ):
        assert f'src="{file.thumbnail_url}"' in client_of(person).get(path).content.decode()


# --- In a process of its own, by a worker ---------------------------------------------------------


def test_nothing_of_a_foreign_image_is_decoded_in_the_request(requester, monkeypatch):
    def decode(*args, **kwargs):
        raise AssertionError("decoded in the request")

    monkeypatch.setattr(Image, "open", decode)

    file = services.store_upload(requester, SimpleUploadedFile("screen.png", picture()), now=NOW)

    assert (file.is_thumbnail_wanted, file.thumbnail_url) == (True, "")


def test_a_jpeg_of_hundreds_of_scans_holds_no_thread(requester):
    content = slow_jpeg(600)
    started = time.monotonic()

    file = make_picture(requester, content, name="bomb.jpg")

    assert time.monotonic() - started < 5
    assert (file.thumbnail_path, file.is_thumbnail_wanted) == ("", False)


def test_a_maker_that_does_not_end_is_killed(requester, monkeypatch):
    asleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(making, "MAKER", asleep)
    monkeypatch.setattr(making, "SECONDS", 0.3)

    file = make_picture(requester)

    assert (file.thumbnail_path, file.is_thumbnail_wanted) == ("", False)


def test_a_maker_takes_no_more_memory_than_it_may(requester, monkeypatch):
    greedy = (
        "from tickets.attachments import thumbnail_process as maker; maker.limit(); "
        "bytearray(2 * maker.MEMORY_BYTES)"
    )
    monkeypatch.setattr(making, "MAKER", [sys.executable, "-c", greedy])

    assert make_picture(requester).thumbnail_path == ""


def test_an_image_whose_worker_was_killed_is_tried_once_more_and_then_left(requester, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(*_given):
        raise Killed

    file = make_pending_file(requester, name="screen.png", content=picture())
    monkeypatch.setattr(making, "_small_picture", kill)
    for _run in range(making.MOST_TRIES):
        with pytest.raises(Killed):
            services.make_thumbnails()

    assert services.make_thumbnails() == 0
    assert again(file).thumbnail_tries == making.MOST_TRIES


def test_two_workers_make_one_thumbnail(requester):
    file = make_pending_file(requester, name="screen.png", content=picture())
    first = services.make_thumbnails()
    path = again(file).thumbnail_path

    assert (first, services.make_thumbnails()) == (1, 0)
    assert again(file).thumbnail_path == path
