"""No page fails on the parameters of its address, whatever somebody writes into them."""

from unittest.mock import patch

import pytest
import time_machine
from django.http import QueryDict

from tests.addresses import LATER, Cast
from tests.test_access import TABLE, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.full]
# A number that `int` refuses, and the moment at which time began.
VALUES = ["9" * 5000, "0"]
# The colleague is the owner.
ROLES = ["colleague", "supervisor", "admin"]


class Spied(QueryDict):
    """The parameters of an address, and which of them a page looked at."""

    names = set()

    def get(self, key, default=None):
        self.names.add(key)
        return super().get(key, default)

    def getlist(self, key, default=None):
        self.names.add(key)
        return super().getlist(key, default)

    def __contains__(self, key):
        self.names.add(key)
        return super().__contains__(key)


@pytest.mark.parametrize("role", ROLES)
def test_no_value_of_a_parameter_breaks_a_page(role):
    with time_machine.travel(LATER, tick=False):
        cast = Cast()
        client = client_of(getattr(cast, role))
        paths = {
            cast.path(address, role=role, ticket="worked")
            for address, method in TABLE
            if method == "GET" and ("/admin/" in address) == (role == "admin")
        }
        asked = {path: names for path in sorted(paths) if (names := looked_at(client, path))}
        broken = [
            (path, value)
            for path, names in asked.items()
            for value in VALUES
            if client.get(path, dict.fromkeys(names, value)).status_code >= 500
        ]

    assert len(asked) > 5
    assert broken == []


def looked_at(client, path):
    """The names of the parameters that a page asks for."""
    Spied.names = set()
    with patch("django.core.handlers.wsgi.QueryDict", Spied):
        client.get(path)
    return Spied.names
