"""What support writes for itself reaches no customer: by no address, mail, webhook or archive.

Every text and name that only agents see holds one word that stands nowhere else. All that customers
can ask for or are sent is then looked through for it.
"""

import json
import zipfile

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction

from api import services as keys
from api.models import ApiKey
from api.scopes import Scope, scopes_for
from notifications import services as notifications
from notifications.models import Notification
from organizations.models import User
from tests.addresses import LATER, one_cast
from tests.api.conftest import ApiClient
from tests.api.test_access import BODIES, OPERATIONS, path_of
from tests.factories import again, make_content, make_member, make_organization, make_ticket
from tests.test_access import TABLE, ask, client_of
from tickets import services
from tickets.models import Attachment, Message, Ticket
from webhooks import services as webhooks
from webhooks.kinds import choices_for
from webhooks.models import Delivery
from webhooks.payloads import body_of, is_wanted
from webhooks.services import planning

pytestmark = pytest.mark.django_db
# A page repeats what was searched for: searches ask for the first word, which the second follows.
ASKED, SECRET = "Zeqxivar", "Kuhlmarq"
WORDS = f"{ASKED} {SECRET}"
# The others are visited in the full run.
MEMBERS = ["requester", "colleague", "restricted", "outsider", "suspended", "removed"]
CUSTOMERS = [MEMBERS[0], *(pytest.param(role, marks=pytest.mark.full) for role in MEMBERS[1:])]
SEARCHES = [
    f"/tickets/?q={ASKED}",
    f"/tickets/?q={ASKED}&status=any",
    f"/tickets/similar/?title={ASKED}",
    f"/queue/palette/?q={ASKED}",
    f"/queue/?q={ASKED}",
]


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), one_cast() as people:
        with time_machine.travel(LATER, tick=False):
            write_internally(people)
        yield people


@pytest.fixture
def cast(people, db):
    with time_machine.travel(LATER, tick=False):
        yield people


def secret_file(author):
    upload = SimpleUploadedFile(f"{SECRET}.log", f"{WORDS}\n".encode())
    return services.store_upload(author, upload, now=LATER)


def write_internally(cast):
    """All that agents can write for themselves about the requester's tickets."""
    draft = webhooks.EndpointDraft(
        "All", "https://hooks.example/all", tuple(name for name, _ in choices_for(provider=False))
    )
    webhooks.create_endpoint(cast.organization, draft, actor=cast.colleague, now=LATER)
    planning.forget_who_listens()
    for person in (cast.requester, cast.organization):
        services.write_customer_note(person, actor=cast.agent, body=WORDS, now=LATER)
    tag = services.create_tag(WORDS, colour="teal", actor=cast.supervisor, now=LATER)
    canned = services.CannedDraft(WORDS, scope="shared", body_fa=WORDS)
    services.create_canned(canned, actor=cast.supervisor, now=LATER)
    team = services.TeamDraft(WORDS, members=(cast.agent.pk, cast.second.pk))
    team = services.create_team(team, actor=cast.supervisor, now=LATER)
    view = services.ViewDraft(WORDS, team_id=team.pk, query="priority=urgent")
    services.create_view(view, actor=cast.agent, now=LATER)
    merged = make_ticket(cast.requester, title="همان پرسش", now=LATER)
    for ticket in (*map(cast.tickets.get, ("new", "worked", "waiting", "closed")), merged):
        write_on(again(ticket), cast, tag=tag)
    move_about(cast, team, merged)


def write_on(ticket, cast, *, tag):
    files = [secret_file(cast.agent)]
    note = make_content(f"@{cast.second.email.partition('@')[0]} {WORDS}", files=files)
    services.add_note(ticket, actor=cast.agent, content=note, now=LATER)
    services.change_tags(again(ticket), actor=cast.agent, add=[tag.pk], now=LATER)
    for kind in ("note", "public"):
        draft = services.DraftText(kind, WORDS)
        services.save_draft(ticket, draft, actor=cast.agent, now=LATER)


def move_about(cast, team, merged):
    """Merge, split, link, hold, hand on: what has notes goes from one ticket to another."""
    worked, waiting = cast.tickets["worked"], cast.tickets["waiting"]
    content = make_content("و یک پرسش دیگر.")
    services.reply_as_customer(again(worked), actor=cast.requester, content=content, now=LATER)
    asked = Message.objects.filter(ticket=worked, body=content.body).get()
    services.split_message(
        again(worked), actor=cast.agent, message=asked.pk, title="پرسش دیگر", now=LATER
    )
    services.merge_tickets(
        again(merged), actor=cast.agent, into=again(worked), shown_to=everybody(), now=LATER
    )
    stranger = make_member(make_organization("Negin Bank"), "ali@negin.example")
    hidden = make_ticket(stranger, title=WORDS, description=WORDS, now=LATER)
    services.link_tickets(
        again(worked), actor=cast.agent, other=hidden, relation="caused_by", now=LATER
    )
    services.hold_auto_close(again(waiting), actor=cast.agent, reason=WORDS, now=LATER)
    services.set_legal_hold(
        ticket=again(cast.tickets["new"]), reason=WORDS, actor=cast.admin, now=LATER
    )
    services.transfer(again(worked), actor=cast.agent, to=team, note=make_content(WORDS), now=LATER)
    services.snooze(again(worked), actor=cast.agent, until=None, now=LATER)
    answer = make_content("بررسی شد.")
    services.reply_as_agent(again(worked), actor=cast.second, content=answer, now=LATER)


def everybody():
    return tuple(User.objects.values_list("pk", flat=True))


def revealed(response):
    """Whether an answer holds the word, in its text or in a header."""
    content = response.getvalue() if response.streaming else response.content
    headers = json.dumps(dict(response.headers.items()), ensure_ascii=False)
    return SECRET.encode() in content or SECRET in headers


def test_agents_do_read_it(cast):
    """Else all that follows would pass for want of the word."""
    client, number = client_of(cast.agent), cast.tickets["worked"].number

    for path in (f"/queue/{number}/", f"/queue/?q={ASKED}", "/canned/"):
        assert revealed(client.get(path)), path


@pytest.mark.parametrize("role", CUSTOMERS)
def test_no_address_shows_it_to_a_customer(cast, role):
    client = client_of(getattr(cast, role))
    ours = [key for key in TABLE if not key[0].startswith("/admin/")]

    found = [key for key in ours if revealed(ask(cast, role, client, *key)[0])]

    assert found == []


@pytest.mark.full
@pytest.mark.parametrize("role", CUSTOMERS)
def test_no_ticket_shows_it_to_a_customer_in_whatever_state(cast, role):
    client = client_of(getattr(cast, role))
    paths = [f"{path}{more}" for path in every_ticket() for more in ("", "due/", "news/", "close/")]
    files = [f"/attachments/{key}/" for key in Attachment.objects.values_list("pk", flat=True)]
    small = [f"{path}thumbnail/" for path in files]

    found = [path for path in paths + SEARCHES + files + small if revealed(client.get(path))]

    assert found == []


def every_ticket():
    return [f"/tickets/{each.number}/" for each in Ticket.objects.all()]


@pytest.mark.full
@pytest.mark.parametrize("role", CUSTOMERS)
def test_no_operation_of_the_api_gives_it_to_a_customer(cast, role):
    person = getattr(cast, role)
    draft = keys.KeyDraft("Zabbix", tuple(scopes_for(person)), 90)
    client = ApiClient(*keys.create_key(person, draft, actor=person, now=LATER))

    assert shown_by_the_api(cast, client) == []


@pytest.mark.full
def test_no_operation_of_the_api_gives_it_to_the_key_of_an_organization(cast):
    draft = keys.KeyDraft("Grafana", tuple(scopes_for(cast.colleague)), 90)
    made = keys.create_organization_key(cast.organization, draft, actor=cast.colleague, now=LATER)

    assert shown_by_the_api(cast, ApiClient(*made)) == []


def shown_by_the_api(cast, client):
    ApiKey.objects.update(scopes=Scope.values)
    paths = {
        path_of(cast, path).replace(cast.tickets["worked"].number, ticket.number)
        for method, path, _operation in OPERATIONS
        if method == "GET"
        for ticket in Ticket.objects.all()
    }
    paths |= {f"/tickets?q={ASKED}", f"/tickets?query={ASKED}", f"/search?q={ASKED}"}
    read = [path for path in sorted(paths) if revealed(plain(client, "GET", path))]
    written = []
    for method, path, each in OPERATIONS:
        if method != "GET" and each["operationId"] != "upload_attachment":
            body = BODIES.get(each["operationId"])
            with transaction.atomic():
                if revealed(plain(client, method, path_of(cast, path), body)):
                    written.append(path)
                transaction.set_rollback(True)
    return read + written


def plain(client, method, path, body=None):
    return client.client.generic(
        method,
        f"/api/v1{path}",
        json.dumps(body) if body else "",
        content_type="application/json",
        headers={"Authorization": f"Bearer {client.secret}"},
    )


def test_no_mail_tells_it_to_a_customer(cast, mailoutbox):
    for key in list(Notification.objects.to_send(LATER).values_list("pk", flat=True)):
        notifications.deliver(key, now=LATER)

    customers = {getattr(cast, role).email for role in MEMBERS}
    to_customers = [each for each in mailoutbox if customers & set(each.to)]
    assert len(to_customers) > 5
    assert not any(SECRET in text_of(each) for each in to_customers)
    assert any(SECRET in text_of(each) for each in mailoutbox)


def text_of(mail):
    parts = mail.message().walk()
    texts = [part.get_payload(decode=True) or b"" for part in parts if not part.is_multipart()]
    return mail.subject + str(mail.extra_headers) + b"".join(texts).decode()


def test_no_webhook_of_an_organization_tells_it(cast):
    waiting = Delivery.objects.with_all_to_send().filter(endpoint__organization__isnull=False)
    bodies = [body_of(each) for each in waiting if is_wanted(each)]

    assert len(bodies) > 5
    assert not any(SECRET in text for text in bodies)


def test_no_archive_of_an_organization_holds_it(cast, tmp_path):
    call_command("export_organization", cast.organization.key, str(tmp_path / "out.zip"))

    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert len(files) > 5
    assert not any(SECRET in name or SECRET.encode() in files[name] for name in files)
