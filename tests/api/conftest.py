"""A client of the API: keys of the cast, and requests as programs send them."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from api import services
from api.scopes import scopes_for
from tests.api import contract


class ApiClient:
    """Sends requests with one key."""

    def __init__(self, key, secret):
        self.key, self.secret = key, secret
        self.client = Client(enforce_csrf_checks=True)

    def get(self, path, **headers):
        return self._send("GET", path, None, headers)

    def post(self, path, body=None, **headers):
        return self._send("POST", path, body, headers)

    def _send(self, method, path, body, headers):
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        sent = {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content_type = sent.pop("Content-Type", "application/json" if raw else "")
        response = self.client.generic(
            method, f"/api/v1{path}", raw, content_type=content_type, headers=sent
        )
        if "fields=" not in path and path != "/attachments":
            contract.check(method, path, response)
        return response

    def upload(self, name, content):

        return self.client.post(
            "/api/v1/attachments",
            {"file": SimpleUploadedFile(name, content)},
            headers={"Authorization": f"Bearer {self.secret}"},
        )


@pytest.fixture
def make_key():
    """A key of a person, by default with every scope that they can have."""

    def make(user, scopes=None, *, name="Zabbix", days=90, now=None):
        draft = services.KeyDraft(name, tuple(scopes or scopes_for(user)), days)
        return services.create_key(user, draft, actor=user, now=now or timezone.now())

    return make


@pytest.fixture
def api(make_key):
    """A client with a key, as `api(agent)` or `api(agent, ["tickets:read"])`."""

    def with_key(user, scopes=None, **settings):
        return ApiClient(*make_key(user, scopes, **settings))

    return with_key


@pytest.fixture
def long_ago():
    return timezone.now() - timedelta(days=400)
