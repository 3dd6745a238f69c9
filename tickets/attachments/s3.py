"""The store that is a private bucket of S3, or of a server that speaks its protocol.

Imported only where the settings name a bucket. One client is shared by all threads of a process.
"""

import errno
import io
import time
from contextlib import contextmanager

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session
from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible
from django.utils.functional import cached_property

from .stores import StoreAwayError

# Somebody waits for the answer: a file that cannot be kept is refused soon, after a second try.
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 10, 2
# For so long nothing is asked after no answer: the other files of a form do not wait as well.
QUIET_SECONDS = 10
# A connection for each thread of a web process.
CONNECTIONS = 8
NOT_THERE = {"404", "NoSuchKey"}


@deconstructible(path="tickets.attachments.s3.S3Store")
class S3Store(Storage):
    """Objects of a bucket; nobody is ever given an address of one."""

    def __init__(self, *, bucket, key_id, secret_key, region, endpoint=None, prefix=""):
        self.bucket, self.region, self.endpoint = bucket, region, endpoint
        self.prefix = f"{prefix}/" if prefix else ""
        self._away_until = 0.0
        self._keys = {"aws_access_key_id": key_id, "aws_secret_access_key": secret_key}

    @cached_property
    def client(self):
        """Made at the first use; it takes about 20 MB."""
        return self._client(**self._keys)

    def _client(self, signature="s3v4", **keys):
        config = Config(
            signature_version=signature,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            # Servers of others know buckets by path, and do not know the newer checksums.
            s3={"addressing_style": "path" if self.endpoint else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return Session().create_client(
            "s3", region_name=self.region, endpoint_url=self.endpoint, config=config, **keys
        )

    @contextmanager
    def _asking_for(self, name):
        """Raises what a file would: FileNotFoundError, or StoreAwayError with the server's word."""
        if time.monotonic() < self._away_until:
            raise StoreAwayError(errno.EIO, "NoAnswer", name)
        try:
            yield
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in NOT_THERE:
                raise FileNotFoundError(errno.ENOENT, "Not in the bucket", name) from error
            raise StoreAwayError(errno.EIO, code, name) from error
        except BotoCoreError as error:
            self._away_until = time.monotonic() + QUIET_SECONDS
            raise StoreAwayError(errno.EIO, type(error).__name__, name) from error

    def _at(self, name):
        return {"Bucket": self.bucket, "Key": f"{self.prefix}{name}"}

    def _open(self, name, mode="rb"):
        if mode != "rb":
            raise ValueError("An object is written as a whole")
        return File(self.part(name), name)

    def part(self, name, start=0, stop=None):
        """As of the folder; the bytes come from the server while they are read."""
        wanted = {} if not start and stop is None else {"Range": _range(start, stop)}
        with self._asking_for(name):
            body = self.client.get_object(**self._at(name), **wanted)["Body"]
        return _Body(body, lambda: self._asking_for(name))

    def _save(self, name, content):
        content.seek(0)
        with self._asking_for(name):
            # Read from the disk while it is sent.
            self.client.put_object(**self._at(name), Body=getattr(content, "file", content))
        return name

    def get_available_name(self, name, max_length=None):
        """As it is: the names that the server makes are never given twice."""
        return name

    def delete(self, name):
        with self._asking_for(name):
            self.client.delete_object(**self._at(name))

    def exists(self, name):
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name):
        with self._asking_for(name):
            try:
                return self.client.head_object(**self._at(name))["ContentLength"]
            except ClientError as error:
                if error.response["Error"]["Code"] in NOT_THERE:
                    self._check_bucket()
                raise

    def _check_bucket(self):
        """An answer to HEAD is the same without the object and without the bucket."""
        try:
            self.client.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            raise StoreAwayError(errno.EIO, "NoSuchBucket", self.bucket) from error

    def listed(self, before=None):
        """As of the folder."""
        pages = self.client.get_paginator("list_objects_v2")
        with self._asking_for(self.bucket):
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix):
                for each in page.get("Contents", []):
                    if before is None or each["LastModified"] < before:
                        yield each["Key"].removeprefix(self.prefix)

    def is_public(self, name):
        """Whether a stranger is handed an object."""
        try:
            self._client(UNSIGNED).get_object(**self._at(name))["Body"].close()
        except (BotoCoreError, ClientError):
            return False
        return True


def _range(start, stop):
    return f"bytes={start}-{'' if stop is None else stop - 1}"


class _Body(io.RawIOBase):
    """An object that arrives."""

    def __init__(self, body, asking):
        super().__init__()
        self._body, self._asking = body, asking

    def readable(self):
        return True

    def readinto(self, buffer):
        with self._asking():
            piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self):
        self._body.close()
        super().close()
