"""Forms of tags, teams, merges, splits and transfers answer whatever is sent with a page."""

import re

import pytest

from tests.factories import make_content, make_ticket
from tickets import services

pytestmark = pytest.mark.django_db

VALUES = {
    "nul": "a\x00b",
    "empty": "",
    "spaces": " \u200b\u202e ",
    "300": "x" * 300,
    "10000": "ب" * 10_000,
    "negative": "-1",
    "huge": "9" * 30,
    "largest": str(2**63 - 1),
    "more": str(2**63),
    "fraction": "1.5",
    "digits": "۱۲",
    "name": "agent-",
    "team": "team-99999999999999999999",
    "list": "1,2,,x",
}
# A half of a pair, which is no text: as browsers never send it.
SURROGATE = b"%ED%A0%80"
FORMS = {
    "new tag": ("/tags/", {"name": "VPN", "colour": "blue"}),
    "tag": ("/tags/{tag}/", {"name": "DNS", "colour": "red", "version": "1"}),
    "merge of tags": ("/tags/{tag}/merge/", {"into": "{into}"}),
    "retired tag": ("/tags/{tag}/retire/", {"restore": "1"}),
    "tags of a ticket": ("/queue/{ticket}/tags/", {"tags": "{tag}", "seen": "{into}"}),
    "new team": (
        "/teams/new/",
        {"name": "شبکه", "members": "{agent}", "categories": "sales", "most_tickets": "3"},
    ),
    "team": (
        "/teams/{team}/",
        {"name": "شبکه", "members": "{agent}", "most_tickets": "3", "version": "1"},
    ),
    "end of a team": ("/teams/{team}/delete/", {"version": "1"}),
    "availability": (
        "/teams/people/{agent}/",
        {
            "presence": "away",
            "reason": "سفر",
            "back_on": "1405/02/20",
            "back_at": "9:00",
            "working_hours": "1",
            "seen": "x",
        },
    ),
    "reassignment": ("/teams/people/{agent}/reassign/", {"to": "{other}", "seen": "1-2"}),
    "transfer": (
        "/queue/{ticket}/transfer/",
        {"to": "agent-{other}", "body": "چون", "version": "1", "form_key": "x"},
    ),
    "merge": (
        "/queue/{ticket}/merge/",
        {"number": "{second}", "version": "2", "shown_to": "1-2"},
    ),
    "undo": ("/queue/{ticket}/merge/", {"undo": "{second}"}),
    "link": ("/queue/{ticket}/link/", {"number": "{second}", "relation": "related"}),
    "end of a link": ("/queue/{ticket}/link/", {"remove": "{second}"}),
    "split": (
        "/queue/{ticket}/split/",
        {"message": "{message}", "title": "جدا", "version": "2"},
    ),
}
PAGES = {
    "/queue/mentions/": ["q"],
    "/reports/board/": ["organization", "team", "priority", "category", "q"],
    "/queue/{ticket}/split/": ["message"],
    "/queue/": ["tags", "team", "q"],
}


@pytest.fixture
def cast(requester, agent, second_agent, supervisor):
    """The keys that the addresses and fields name."""
    tag, into = (
        services.create_tag(name, colour="blue", actor=supervisor) for name in ("VPN 1", "VPN 2")
    )
    draft = services.TeamDraft("پشتیبانی", members=(agent.pk,), categories=("technical",))
    ticket = make_ticket(requester)
    services.reply_as_customer(ticket, actor=requester, content=make_content())
    return {
        "tag": tag.pk,
        "into": into.pk,
        "team": services.create_team(draft, actor=supervisor).pk,
        "agent": agent.pk,
        "other": second_agent.pk,
        "ticket": ticket.number,
        "second": make_ticket(requester).pk,
        "message": ticket.messages.last().pk,
    }


@pytest.mark.full
@pytest.mark.parametrize("form", FORMS)
def test_no_form_breaks_on_what_is_sent(form, cast, supervisor, client_of):
    client, (address, fields) = client_of(supervisor), FORMS[form]
    address = address.format(**cast)
    fields = {name: value.format(**cast) for name, value in fields.items()}

    broken = []
    for name in fields:
        others = {each: fields[each] for each in fields if each != name}
        sent = {key: others | {name: value} for key, value in VALUES.items()}
        sent |= {"missing": others, "twice": others | {name: [fields[name], "x"]}}
        for key, data in sent.items():
            if client.post(address, data).status_code >= 500:
                broken.append((name, key))
        raw = b"&".join(f"{each}={value}".encode() for each, value in others.items())
        raw += f"&{name}=".encode() + SURROGATE
        kind = "application/x-www-form-urlencoded"
        if client.post(address, raw, content_type=kind).status_code >= 500:
            broken.append((name, "surrogate"))

    assert broken == []


@pytest.mark.full
@pytest.mark.parametrize("address", PAGES)
def test_no_page_of_them_breaks_on_its_parameters(address, cast, supervisor, client_of):
    client = client_of(supervisor)

    found = {
        (name, key): client.get(address.format(**cast), {name: value}).status_code
        for name in PAGES[address]
        for key, value in VALUES.items()
    }

    assert {each: status for each, status in found.items() if status >= 400} == {}


LONG = "ب" * 300


@pytest.mark.parametrize(
    ("form", "field", "typed"),
    [
        ("new tag", "name", LONG),
        ("tag", "name", LONG),
        ("new team", "name", LONG),
        ("team", "name", LONG),
        ("team", "most_tickets", "-7"),
        ("availability", "reason", LONG),
        ("availability", "back_on", "دیروزها"),
        ("transfer", "to", "team-987654"),
        ("merge", "number", "KT-987654321"),
        ("link", "number", "KT-987654321"),
        ("split", "title", LONG),
        ("split", "title", " \u200b "),
    ],
)
def test_what_is_refused_says_so_beside_the_field_and_keeps_what_was_typed(
    form, field, typed, cast, supervisor, client_of
):
    address, fields = FORMS[form]
    fields = {name: value.format(**cast) for name, value in fields.items()} | {field: typed}

    response = client_of(supervisor).post(address.format(**cast), fields)

    html = response.content.decode()
    assert response.status_code == 422
    if field != "to":
        assert typed.strip() in html
    named = re.findall(rf'<(?:input|select)[^>]*name="{field}"[^>]*>', html)
    keys = [re.search(r'id="([^"]+)"', each)[1] for each in named]
    beside = ['aria-invalid="true"' in each for each in named]
    beside += [f'id="{key}_error"' in html for key in keys]
    assert any(beside)


def test_things_of_which_there_are_none_are_not_found(cast, supervisor, client_of):
    client = client_of(supervisor)

    for key in ("0", "9" * 18, "9" * 25):
        for address in ("/tags/{}/", "/teams/{}/", "/teams/people/{}/", "/tags/{}/merge/"):
            assert client.post(address.format(key), {"name": "x"}).status_code == 404
