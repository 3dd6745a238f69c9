"""A bucket as the store of attachments: what people, workers and operators find of it."""

import io
import tracemalloc
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from helpdesk import checks
from tests import s3
from tests.factories import again, make_pending_file
from tests.pages import read
from tests.tickets.attachments.conftest import away_from
from tickets import services
from tickets.attachments.stores import StoreAwayError
from tickets.models import Attachment

pytestmark = pytest.mark.django_db


def picture():
    content = io.BytesIO()
    Image.new("RGB", (9, 5), "teal").save(content, "PNG")
    return content.getvalue()


def objects(store):
    """The keys in the bucket."""
    answer = store.client.list_objects_v2(Bucket=store.bucket)
    return {each["Key"] for each in answer["Contents"]} - {"of-another/file"}


def new_ticket(client):
    sent = {"title": "typed title", "category": "technical", "priority": "normal"}
    file = SimpleUploadedFile("a.txt", b"text")
    sent |= {"description": "typed text", "attachments": file}
    return client.post("/tickets/new/", sent)


def test_a_ticket_keeps_its_files_in_the_bucket_and_nowhere_else(
    bucket, client_of, requester, outsider, tmp_path
):
    assert new_ticket(client_of(requester)).status_code == 302
    file = Attachment.objects.get()

    mine = client_of(requester).get(file.get_absolute_url())
    theirs = client_of(outsider).get(file.get_absolute_url())

    assert objects(bucket) == {f"attachments/{file.path}"}
    assert b"".join(mine.streaming_content) == b"text"
    assert theirs.status_code == 404
    assert not list(tmp_path.rglob("*"))
    with pytest.raises(NotImplementedError):
        default_storage.url(file.path)


def test_a_large_file_is_never_in_memory_as_a_whole(bucket, tmp_path):
    size = 32 * 1024 * 1024
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(size)
    tracemalloc.start()
    try:
        with path.open("rb") as file:
            default_storage.save("large", File(file))
        with default_storage.open("large") as stored:
            read_back = sum(len(piece) for piece in stored.chunks())
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert read_back == size
    assert peak < size / 4


# --- While it is away -------------------------------------------------------------------------


@pytest.mark.usefixtures("away")
def test_an_upload_that_cannot_be_kept_loses_nothing_that_was_typed(client_of, requester):
    requester.language = "en"
    requester.save()
    client = client_of(requester)

    response = new_ticket(client)
    alone = client.post("/attachments/", {"file": SimpleUploadedFile("a.txt", b"text")})

    page = response.content.decode()
    assert response.status_code == 422
    assert "could not be saved" in read(response).errors()["attachments"]
    assert "typed title" in page
    assert "typed text" in page
    assert alone.status_code == 503
    assert "could not be saved" in alone.json()["error"]
    assert not Attachment.objects.exists()
    assert not requester.requested_tickets.exists()


@pytest.mark.parametrize("trouble", ["away", "no bucket"])
def test_a_download_is_temporarily_unavailable(
    bucket, client_of, requester, settings, tmp_path, trouble
):
    file = make_pending_file(requester)
    gone = away_from(bucket)
    if trouble == "no bucket":
        gone = s3.S3Store(bucket="helpdesk-deleted", **s3.options(bucket.endpoint))
    s3.keep_in(settings, gone, tmp_path)
    client = client_of(requester)

    for method in (client.get, client.head):
        assert method(file.get_absolute_url()).status_code == 503
    assert client.post(f"/attachments/{file.pk}/remove/").status_code == 204


def test_a_file_that_the_bucket_lost_is_missing(bucket, client_of, requester):
    file = make_pending_file(requester)
    default_storage.delete(file.path)
    client = client_of(requester)

    assert client.get(file.get_absolute_url()).status_code == 404
    assert client.head(file.get_absolute_url()).status_code == 404


def test_pictures_wait_for_the_bucket(bucket, requester, settings, tmp_path, client_of):
    file = make_pending_file(requester, name="screen.png", content=picture())
    s3.keep_in(settings, away_from(bucket), tmp_path)
    for _run in range(5):
        assert services.make_thumbnails() == 0
    s3.keep_in(settings, bucket, tmp_path)

    assert services.make_thumbnails() == 1
    small = client_of(requester).get(again(file).thumbnail_url)
    assert b"".join(small.streaming_content).startswith(b"\xff\xd8")
    assert len(objects(bucket)) == 2


def test_a_server_that_answers_nothing_is_given_up_in_time(bucket, settings, tmp_path, monkeypatch):
    monkeypatch.setattr("tickets.attachments.s3.READ_SECONDS", 0.2)
    with s3.silent() as address:
        s3.keep_in(settings, away_from(bucket, address), tmp_path)
        errors = []
        for ask in (default_storage.size, default_storage.open, default_storage.delete):
            with pytest.raises(StoreAwayError) as error:
                ask("file")
            errors.append(error.value.strerror)

    # One wait for all that is asked within the next seconds.
    assert errors == ["ReadTimeoutError", "NoAnswer", "NoAnswer"]


# --- Workers and operators --------------------------------------------------------------------


def test_objects_without_a_row_are_swept_after_a_day(bucket, requester):
    file = make_pending_file(requester)
    default_storage.save("2026/11/" + "0" * 32, ContentFile(b"of no row"))
    now = timezone.now()

    assert services.sweep_orphans(now=now) == 0
    assert services.sweep_orphans(now=now + timedelta(days=2)) == 1
    assert objects(bucket) == {f"attachments/{file.path}"}


def test_files_are_compared_with_rows_in_the_bucket_too(bucket, requester, capsys, settings):
    kept, lost = make_pending_file(requester), make_pending_file(requester)
    call_command("check_attachments")
    assert "2 attachments checked, 0 files without a row" in capsys.readouterr().out

    default_storage.delete(lost.path)
    default_storage.save(kept.path, ContentFile(b"changed"))
    with pytest.raises(CommandError) as error:
        call_command("check_attachments")

    assert {f"missing: {lost.path}", f"damaged: {kept.path}"} == set(str(error.value).splitlines())


def test_a_comparison_without_an_answer_says_so(bucket, requester, settings, tmp_path):
    make_pending_file(requester)
    s3.keep_in(settings, away_from(bucket), tmp_path)

    with pytest.raises(CommandError, match="The attachments cannot be read"):
        call_command("check_attachments")


def test_a_move_goes_on_where_it_was_cut_off_and_loses_nothing(
    bucket, requester, settings, tmp_path, capsys, monkeypatch
):
    s3.keep_in(settings, None, tmp_path / "folder")
    for number in range(3):
        make_pending_file(requester, content=b"%d" % number)
    make_pending_file(requester, name="screen.png", content=picture())
    services.make_thumbnails()
    folder = tmp_path / "folder"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    s3.keep_in(settings, bucket, tmp_path / "folder")
    target, saved = storages["bucket"], []

    def save_two(name, content, **_options):
        if len(saved) == 2:
            raise StoreAwayError(5, "EndpointConnectionError")
        saved.append(name)
        return type(target).save(target, name, content)

    monkeypatch.setattr(target, "save", save_two)
    with pytest.raises(CommandError, match="run it again"):
        call_command("move_attachments", "bucket")
    monkeypatch.undo()
    target.save(saved[0], ContentFile(b"half of"))

    call_command("move_attachments", "bucket")
    assert "4 copied" in capsys.readouterr().out
    call_command("move_attachments", "bucket", "--delete")
    assert "5 there already, 0 copied" in capsys.readouterr().out
    call_command("check_attachments")
    assert not [path for path in folder.rglob("*") if path.is_file()]

    call_command("move_attachments", "folder")
    assert {path: path.read_bytes() for path in before} == before
    assert len(before) == 5


def test_a_move_names_what_is_lost_or_damaged_and_deletes_none_of_it(
    bucket, requester, settings, tmp_path, capsys
):
    folder = tmp_path / "folder"
    s3.keep_in(settings, None, folder)
    lost, damaged, sound = (make_pending_file(requester) for _file in range(3))
    (folder / lost.path).unlink()
    (folder / damaged.path).write_bytes(b"something else")
    s3.keep_in(settings, bucket, folder)
    with pytest.raises(CommandError, match="still serve attachments"):
        call_command("move_attachments", "folder", "--delete")

    with pytest.raises(CommandError, match="Not all could be moved"):
        call_command("move_attachments", "bucket", "--delete")

    printed = capsys.readouterr().err
    assert f"missing: {lost.path}" in printed
    assert f"damaged: {damaged.path}" in printed
    assert objects(bucket) == {f"attachments/{sound.path}"}
    assert (folder / damaged.path).exists()


def test_without_a_bucket_there_is_nothing_to_move_to(folder):
    with pytest.raises(CommandError, match="ATTACHMENTS_URL names no bucket"):
        call_command("move_attachments", "bucket")


# --- What a deployment learns ----------------------------------------------------------------


def complaints():
    return [error.msg for error in checks.attachments()]


def test_a_sound_bucket_or_folder_passes_and_keeps_nothing_of_the_check(bucket, settings, tmp_path):
    assert complaints() == []
    s3.keep_in(settings, None, tmp_path)
    assert complaints() == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_bucket_that_everybody_reads_is_refused(bucket):
    bucket.client.put_bucket_policy(
        Bucket=bucket.bucket,
        Policy='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", '
        f'"Action": "s3:GetObject", "Resource": "arn:aws:s3:::{bucket.bucket}/*"}}]}}',
    )

    assert complaints() == ["ATTACHMENTS_URL: everybody can read the bucket. Make it private."]


def test_a_refusal_names_the_setting_that_is_wrong(settings, tmp_path):
    keys = "ATTACHMENTS_KEY_ID, ATTACHMENTS_SECRET_KEY: b-b is closed to them"
    region = "ATTACHMENTS_URL: b-b is not in the region us-east-1"
    sentences = {
        (403, "InvalidAccessKeyId"): keys,
        (403, "SignatureDoesNotMatch"): keys,
        (400, "AuthorizationHeaderMalformed"): region,
        (301, "PermanentRedirect"): region,
        (404, "NoSuchBucket"): "ATTACHMENTS_URL: there is no bucket b-b.",
        (501, "NotImplemented"): "ATTACHMENTS_URL: b-b cannot be used (NotImplemented).",
    }
    with s3.refusing() as server:
        s3.keep_in(settings, s3.S3Store(bucket="b-b", **s3.options(server.address)), tmp_path)
        for server.answer, sentence in sentences.items():
            [complaint] = complaints()

            assert complaint.startswith(sentence), server.answer


@pytest.mark.usefixtures("away")
def test_a_server_that_is_not_there_is_named():
    [complaint] = complaints()

    assert "cannot be used (EndpointConnectionError)" in complaint
    assert complaint.startswith("ATTACHMENTS_URL")


def test_a_folder_that_cannot_be_written_is_named(settings, tmp_path):
    path = tmp_path / "file"
    path.write_text("in the way")
    s3.keep_in(settings, None, path)

    [complaint] = complaints()

    assert complaint.startswith(f"ATTACHMENT_ROOT: files cannot be kept in {path}")
