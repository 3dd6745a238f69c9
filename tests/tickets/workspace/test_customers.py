"""What agents know of a customer: notes, the card, and following; and that customers do not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.models import User
from tests.factories import NOW, again, make_closed, make_ticket
from tests.pages import read
from tickets import services
from tickets.errors import StaleTicket, TicketError
from tickets.models import CustomerNote, CustomerNoteChange, Follower

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock", "english_staff")]

SECRET = "زنگ نزنید secret-of-agents"


def note_url(subject, ticket=None):
    kind = "person" if isinstance(subject, User) else "organization"
    key = subject.pk if isinstance(subject, User) else subject.key
    return f"/queue/notes/{kind}/{key}/" + (f"?ticket={ticket.number}" if ticket else "")


def test_a_note_is_written_from_the_ticket_and_shown_beside_each_of_them(
    client_of, agent, second_agent, ticket, requester
):
    other = make_ticket(requester)
    sent = {"body": "See https://status.example and **call**.", "version": "0"}

    response = client_of(agent).post(note_url(ticket.organization, ticket), sent)

    assert response.url == ticket.get_queue_url()
    page = read(client_of(second_agent).get(other.get_queue_url()))
    note = page.one(".customer-note")
    assert "call" in note.text
    assert page.all(".customer-note a")[0]["href"] == "https://status.example"


def test_the_notes_of_both_cost_one_statement(client_of, agent, ticket):
    client = client_of(agent)
    client.get(ticket.get_queue_url())
    with CaptureQueriesContext(connection) as without:
        client.get(ticket.get_queue_url())
    for subject in (ticket.organization, ticket.requester):
        services.write_customer_note(subject, actor=agent, body="a", now=NOW)

    with CaptureQueriesContext(connection) as with_notes:
        page = client.get(ticket.get_queue_url())

    assert len(with_notes) == len(without)
    assert len(read(page).all(".customer-note")) == 2


def test_its_history_says_who_made_it_what_and_when(client_of, agent, second_agent, organization):
    services.write_customer_note(organization, actor=agent, body="first", now=NOW)
    services.write_customer_note(organization, actor=second_agent, body="", now=NOW)

    page = read(client_of(agent).get(note_url(organization)))

    assert [each.text for each in page.all("details .customer-note")] == [
        "The note was removed.",
        "first",
    ]
    assert str(second_agent) in page.all("details summary")[-2].text


def test_of_two_edits_from_one_page_the_later_is_shown_the_other_and_keeps_its_text(
    client_of, agent, second_agent, organization
):
    services.write_customer_note(organization, actor=second_agent, body="theirs", now=NOW)

    response = client_of(agent).post(note_url(organization), {"body": "mine", "version": "0"})

    assert response.status_code == 409
    page = read(response)
    assert page.one("textarea[name=body]").written == "mine"
    assert page.all(".customer-note")[0].text == "theirs"
    again_sent = {"body": "mine", "version": page.one("input[name=version]")["value"]}
    assert client_of(agent).post(note_url(organization), again_sent).status_code == 302
    assert CustomerNote.objects.get().body == "mine"


def test_saved_twice_it_is_written_once(agent, organization):
    for _ in range(2):
        services.write_customer_note(organization, actor=agent, body="a", seen_version=0, now=NOW)

    assert CustomerNoteChange.objects.count() == 1


@pytest.mark.parametrize("body", ["a" * 5001, "nul\0"])
def test_what_cannot_be_kept_is_refused_and_stays_typed(client_of, agent, organization, body):
    response = client_of(agent).post(note_url(organization), {"body": body, "version": "0"})

    assert response.status_code == 422
    assert not CustomerNote.objects.exists()


def test_text_is_shown_as_text(client_of, agent, ticket):
    body = "<script>alert(1)</script> [x](javascript:alert(1))"
    services.write_customer_note(ticket.requester, actor=agent, body=body, now=NOW)

    page = client_of(agent).get(ticket.get_queue_url()).content.decode()

    assert "<script>alert(1)" not in page
    assert 'href="javascript:' not in page


def test_nobody_writes_a_note_on_staff_and_no_customer_writes_one(
    client_of, agent, second_agent, requester, organization
):
    assert client_of(agent).get(note_url(second_agent)).status_code == 404
    with pytest.raises(TicketError):
        services.write_customer_note(second_agent, actor=agent, body="a", now=NOW)
    with pytest.raises(TicketError):
        services.write_customer_note(organization, actor=requester, body="a", now=NOW)
    assert client_of(agent).get("/queue/notes/organization/nothing/").status_code == 404
    assert client_of(agent).get(f"/queue/notes/person/{10**30}/").status_code == 404


def test_a_stale_version_is_refused_by_the_service(agent, organization):
    services.write_customer_note(organization, actor=agent, body="a", seen_version=0, now=NOW)

    with pytest.raises(StaleTicket):
        services.write_customer_note(organization, actor=agent, body="b", seen_version=0, now=NOW)


def test_no_page_of_a_customer_shows_a_note_or_that_there_is_one(
    client_of, agent, requester, ticket
):
    client = client_of(requester)
    pages = ["/", "/tickets/", ticket.get_absolute_url(), f"{ticket.get_absolute_url()}news/"]
    pages += ["/organization/", "/organization/history/", "/profile/", "/notifications/", "/live/"]

    def seen():
        return [(client.get(page).status_code, shown(client.get(page))) for page in pages]

    def shown(response):
        page = response.content.decode()
        assert SECRET not in page
        assert "secret-of-agents" not in page
        return read(page).text if "<main" in page else ""

    before = seen()
    for subject in (ticket.organization, requester):
        services.write_customer_note(subject, actor=agent, body=SECRET, now=NOW)
    services.follow(ticket, actor=agent, now=NOW)

    assert seen() == before
    for url in (note_url(ticket.organization), note_url(requester)):
        assert client.get(url).status_code == 404
    assert client.get(f"{ticket.get_queue_url()}customer/").status_code == 404
    assert again(ticket).public_updated_at == ticket.public_updated_at


def test_the_card_says_who_they_are_and_how_it_went(client_of, agent, requester, ticket):
    rated = make_closed(requester, agent, now=NOW - timedelta(days=3))
    services.rate(rated, actor=requester, verdict=services.Verdict(True, 4, ""), now=NOW)
    due = again(ticket).due_at
    services.scan_clocks(due)

    page = read(client_of(agent).get(f"{ticket.get_queue_url()}customer/"))

    text = page.one("main").text
    assert "Asia/Tehran" in text
    assert "4 of 5" in text
    assert rated.number in text
    assert text.count(ticket.number) >= 2


def test_the_card_costs_the_same_with_one_ticket_and_with_thirty(
    client_of, agent, requester, ticket, settings
):
    settings.TICKETS_PER_HOUR = 100
    client = client_of(agent)
    url = f"{ticket.get_queue_url()}customer/"
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(30):
        make_ticket(requester)

    with CaptureQueriesContext(connection) as many:
        page = read(client.get(url))

    assert len(many) == len(few)
    assert len(page.all("li.line")) == 5


def test_the_lists_of_rated_and_overdue_tickets(client_of, agent, requester, ticket):
    rated = make_closed(requester, agent)
    services.rate(rated, actor=requester, verdict=services.Verdict(True, 4, ""), now=NOW)
    late = make_ticket(requester, now=NOW - timedelta(days=20))
    services.scan_clocks(NOW)
    client = client_of(agent)

    def numbers(query):
        return [each.text for each in read(client.get(f"/queue/?status=any&{query}")).all("td .id")]

    assert numbers("rated=recent") == [rated.number]
    assert numbers("breached=recent") == [late.number]


def test_following_is_a_press_and_a_list(client_of, agent, second_agent, ticket, requester):
    make_ticket(requester)
    client = client_of(agent)
    url = f"{ticket.get_queue_url()}follow/"

    for _ in range(2):
        assert client.post(url).status_code == 302

    assert Follower.objects.filter(user=agent, ticket=ticket).count() == 1
    page = read(client.get("/queue/?followed=me"))
    assert [each.text for each in page.all("td .id")] == [ticket.number]
    assert not read(client_of(second_agent).get("/queue/?followed=me")).all("td .id")

    client.post(url, {"stop": "1"})
    assert not Follower.objects.exists()
    assert ticket.events.count() == 1
