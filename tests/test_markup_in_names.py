"""Names and texts that are HTML are shown as text on every page, whoever reads it."""

import pytest
import time_machine

from api.models import ApiKey
from organizations.models import Organization, User
from plans.models import Calendar, Holiday, Plan
from tests.addresses import LATER, one_cast
from tests.test_access import TABLE, client_of
from tickets.models import Attachment, CannedReply, Message, SavedView, Tag, Team, Ticket
from webhooks.models import Endpoint

pytestmark = [pytest.mark.django_db, pytest.mark.full]
HTML = "'\"><img src=x onerror=alert(1)>"
WRITTEN = {
    User: ["name"],
    Organization: ["name"],
    Ticket: ["title"],
    Message: ["body"],
    Attachment: ["name"],
    CannedReply: ["title", "body_fa"],
    Tag: ["name"],
    Team: ["name"],
    SavedView: ["name"],
    Endpoint: ["name"],
    ApiKey: ["name"],
    Plan: ["name_fa", "name_en"],
    Calendar: ["name_fa", "name_en"],
    Holiday: ["name_fa", "name_en"],
}


@pytest.mark.parametrize("role", ["admin", "supervisor", "colleague"])
def test_html_that_people_type_is_never_part_of_a_page(role, db):
    with one_cast() as cast, time_machine.travel(LATER, tick=False):
        for model, fields in WRITTEN.items():
            # Past every form, as what an earlier release or an import may have stored.
            model.objects.update(**dict.fromkeys(fields, HTML))
        client = client_of(getattr(cast, role))
        pages = {
            address: page_of(client, cast.path(address, role=role))
            for address, method in TABLE
            if method == "GET"
        }

    assert [address for address, text in pages.items() if "<img src=x" in text] == []
    assert sum("&lt;img src=x" in text for text in pages.values()) > 10


def page_of(client, path):
    response = client.get(path)
    assert response.status_code < 500, path
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return response.content.decode() if is_page else ""
