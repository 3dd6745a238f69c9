"""Both stores of attachments: a folder, and a bucket on a server of this machine."""

import pytest

from tests import s3


@pytest.fixture(scope="session")
def s3_address(tmp_path_factory):
    with s3.running(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.fixture
def bucket(s3_address, settings, tmp_path):
    """The attachments of this test are in a bucket of its own."""
    made = s3.make_bucket(s3_address)
    s3.keep_in(settings, made, tmp_path / "folder")
    return made


@pytest.fixture
def folder(settings, tmp_path):
    """The attachments of this test are in a folder of its own."""
    path = tmp_path / "folder"
    s3.keep_in(settings, None, path)
    return path


@pytest.fixture
def away(bucket, settings, tmp_path):
    """Nobody listens where the bucket should be."""
    s3.keep_in(settings, away_from(bucket), tmp_path / "folder")


def away_from(store, address=None):
    """The same bucket where nobody listens, or at another address."""
    address = address or f"http://127.0.0.1:{s3.free_port()}"
    return s3.S3Store(bucket=store.bucket, **s3.options(address))
