"""Rating a closed ticket: once, for a week otherwise, seen by staff and never in public."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import translation

from notifications.channels.email.channel import channel as email
from notifications.models import Notification
from organizations.models import Role
from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_member,
    make_ticket,
)
from tests.pages import read
from tickets import services
from tickets.choices import Status
from tickets.conversation.entries import conversation
from tickets.errors import StaleTicket, TicketError
from tickets.models import Event, Rating
from tickets.services import Verdict

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
WEEK = timedelta(days=7)
GOOD = Verdict(is_solved=True, score=4, words="سریع بود.")
BAD = Verdict(is_solved=False, score=1)


@pytest.fixture(autouse=True)
def _stopped_clock(settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture(autouse=True)
def _in_english(requester, colleague, outsider, agent):
    for person in (requester, colleague, outsider, agent):
        person.language = "en"
        person.save()


@pytest.fixture
def closed(requester, agent):
    return make_closed(requester, agent)


def rate(ticket, actor, verdict=GOOD, *, now=LATER, **seen):
    return services.rate(ticket, actor=actor, verdict=verdict, now=now, **seen)


def send(client, ticket, **fields):
    fields = {"solved": "yes", "score": "4", "words": "", "seen": "0"} | fields
    return client.post(f"{ticket.get_absolute_url()}rate/", fields)


def text_of(response):
    return response.content.decode()


# --- Who, when, how often -----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["requester", "colleague"])
def test_any_member_who_may_write_rates_a_closed_ticket(request, closed, agent, who):
    person = request.getfixturevalue(who)

    rate(closed, person)

    rating = Rating.objects.get()
    assert (rating.ticket, rating.rated_by, rating.agent) == (closed, person, agent)
    assert (rating.category, rating.is_solved, rating.score, rating.words) == (
        "technical",
        True,
        4,
        "سریع بود.",
    )


@pytest.mark.parametrize("who", ["outsider", "agent", "supervisor"])
def test_nobody_else_rates(request, closed, who):
    with pytest.raises(TicketError):
        rate(closed, request.getfixturevalue(who))

    assert not Rating.objects.exists()


def test_a_suspended_organization_rates_nothing(organization, closed, requester):
    organization.suspended_at = NOW
    organization.save()

    with pytest.raises(TicketError):
        rate(closed, requester)


@pytest.mark.parametrize("make", [make_ticket, make_awaiting_customer])
def test_an_open_ticket_is_not_rated(requester, agent, make):
    ticket = make(requester) if make is make_ticket else make(requester, agent)

    with pytest.raises(TicketError) as refused:
        rate(ticket, requester)

    assert refused.value.code == "open"


def test_a_rating_can_be_changed_for_a_week_to_the_second(closed, requester, colleague):
    rate(closed, requester, now=LATER)

    rate(closed, colleague, BAD, now=LATER + WEEK - timedelta(seconds=1))
    with pytest.raises(TicketError) as refused:
        rate(closed, requester, GOOD, now=LATER + WEEK)

    assert refused.value.code == "over"
    rating = Rating.objects.get()
    assert (rating.is_solved, rating.score, rating.words) == (False, 1, "")
    assert (rating.rated_by, rating.rated_at, rating.version) == (colleague, LATER, 2)


def test_the_week_runs_from_the_first_rating_not_from_the_last(closed, requester):
    rate(closed, requester, now=LATER)
    rate(closed, requester, BAD, now=LATER + timedelta(days=6))

    with pytest.raises(TicketError):
        rate(closed, requester, now=LATER + timedelta(days=8))


def test_a_reopened_ticket_keeps_its_one_rating(closed, requester, agent):
    rate(closed, requester)
    services.reopen(closed, actor=requester, now=LATER)
    assert Rating.objects.get().score == 4

    rate(closed, requester, BAD, now=LATER + timedelta(hours=1))

    assert Rating.objects.get().score == 1
    assert again(closed).status == Status.AWAITING_RESPONSE


def test_saying_the_same_again_writes_nothing(closed, requester):
    rate(closed, requester)
    count = Event.objects.count()

    rate(closed, requester)

    assert (Event.objects.count(), Rating.objects.get().version) == (count, 1)


def test_a_form_older_than_the_rating_is_refused(closed, requester, colleague):
    rate(closed, colleague, seen_version=0)

    with pytest.raises(StaleTicket):
        rate(closed, requester, BAD, seen_version=0)

    assert Rating.objects.get().score == 4


@pytest.mark.parametrize(
    "verdict", [Verdict(True, 0), Verdict(True, 6), Verdict(True, 3, "x" * 1001)]
)
def test_what_is_out_of_bounds_is_refused(closed, requester, verdict):
    with pytest.raises(TicketError):
        rate(closed, requester, verdict)


def test_the_database_holds_one_to_five_too(closed, requester):
    rating = rate(closed, requester)
    rating.score = 6

    with pytest.raises(IntegrityError), transaction.atomic():
        rating.save()


# --- What it does not do ------------------------------------------------------------------------


def test_a_rating_moves_neither_the_ticket_nor_a_clock_and_notifies_nobody(closed, requester):
    before = again(closed)
    notified = Notification.objects.count()

    rate(closed, requester, BAD)

    after = again(closed)
    fields = ("status", "version", "updated_at", "public_updated_at", "due_at", "waiting_since")
    assert [getattr(after, name) for name in fields] == [getattr(before, name) for name in fields]
    assert Notification.objects.count() == notified


def test_the_history_of_staff_has_a_line_and_that_of_customers_none(
    closed, requester, colleague, agent
):
    rate(closed, requester)
    rate(closed, colleague, Verdict(is_solved=False, score=4, words="سریع بود."))

    first, second = Event.objects.filter(kind="rated").order_by("pk")
    assert first.changes == {
        "solved": [None, True],
        "score": [None, 4],
        "words": ["", "سریع بود."],
    }
    assert second.changes == {"solved": [True, False]}
    assert not first.is_public
    with translation.override("en"):
        agents, customers = (
            [each.text for each in conversation(again(closed), viewer, now=LATER)]
            for viewer in (agent, requester)
        )
    assert agents[-2:] == [
        f"{requester}: rated 4 of 5; says that it is solved; added a comment",
        f"{colleague}: says that it is not solved",
    ]
    assert not [text for text in customers if "rated" in text or "solved;" in text]


# --- The customer's page ------------------------------------------------------------------------


def test_the_closed_tickets_page_asks_and_takes_the_answer(client_of, closed, requester):
    client = client_of(requester)
    page = text_of(client.get(closed.get_absolute_url()))
    assert "How did it go?" in page
    assert "4 of 5" in page

    response = send(client, closed, score="5", words="خیلی خوب")

    assert response.url == f"{closed.get_absolute_url()}#latest"
    page = text_of(client.get(closed.get_absolute_url()))
    assert "How did it go?" not in page
    assert "Your rating" in page
    assert "5 of 5" in page
    assert "Change it, until" in page


def test_an_open_ticket_is_not_asked_about(client_of, requester):
    ticket = make_ticket(requester)

    page = text_of(client_of(requester).get(ticket.get_absolute_url()))

    assert "How did it go?" not in page
    assert "Your rating" not in page


def test_after_the_week_the_rating_is_shown_and_no_form(client_of, closed, requester):
    rate(closed, requester)

    with time_machine.travel(LATER + WEEK, tick=False):
        page = text_of(client_of(requester).get(closed.get_absolute_url()))

    assert "Your rating" in page
    assert "Change it" not in page
    assert f'action="{closed.get_absolute_url()}rate/"' not in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"solved": ""}, "Choose whether it is solved."),
        ({"score": ""}, "Choose one of the five stars."),
        ({"score": "6"}, "Choose from the list."),
        ({"score": "0"}, "Choose from the list."),
        ({"score": "x"}, "Choose from the list."),
        ({"solved": "maybe"}, "Choose from the list."),
        ({"words": "x" * 1001}, "Enter at most 1,000 characters."),
    ],
)
def test_what_is_wrong_is_explained_beside_the_field_and_the_rest_is_kept(
    client_of, closed, requester, fields, sentence
):
    fields = {"words": "این را نگه دار"} | fields
    response = send(client_of(requester), closed, **fields)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert fields["words"] in text_of(response)
    assert not Rating.objects.exists()


def test_rating_what_is_open_again_is_refused_with_the_words_kept(client_of, closed, requester):
    services.reopen(closed, actor=requester, now=LATER)

    response = send(client_of(requester), closed, words="این را نگه دار")

    assert response.status_code == 409
    assert "A ticket can be rated only after it is closed." in text_of(response)
    assert "این را نگه دار" in text_of(response)


def test_whoever_rates_after_a_colleague_is_refused_once(client_of, closed, requester, colleague):
    client = client_of(requester)
    rate(closed, colleague)

    refused = send(client, closed, score="1", seen="0")
    assert refused.status_code == 409
    assert "Somebody in your organization has rated" in text_of(refused)
    seen = read(refused).field("seen")
    accepted = send(client, closed, score="1", seen=seen)

    assert accepted.status_code == 302
    assert Rating.objects.get().score == 1


def test_the_words_are_text_wherever_they_are_shown(client_of, closed, requester, agent):
    rate(closed, requester, Verdict(True, 3, '<script>alert(1)</script> "quoted"'))

    for page in (
        client_of(requester).get(closed.get_absolute_url()),
        client_of(agent).get(closed.get_queue_url()),
    ):
        assert "<script>alert" not in text_of(page)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text_of(page)


# --- Who sees it --------------------------------------------------------------------------------


def test_agents_see_the_rating_on_the_tickets_page(client_of, closed, requester, agent):
    assert "Customer rating" not in text_of(client_of(agent).get(closed.get_queue_url()))
    rate(closed, requester)

    page = text_of(client_of(agent).get(closed.get_queue_url()))

    assert "Customer rating" in page
    assert "4 of 5" in page
    assert "سریع بود." in page


def test_no_list_and_no_other_organization_shows_it(client_of, closed, requester, outsider):
    rate(closed, requester)

    for path in ("/", "/tickets/", "/plans/"):
        assert "of 5" not in text_of(client_of(requester).get(path))
        assert "of 5" not in text_of(client_of(outsider).get(path))
    assert send(client_of(outsider), closed).status_code == 404


def test_a_restricted_colleague_finds_nothing_to_rate(client_of, organization, closed, colleague):
    organization.is_restricted = True
    organization.save()

    assert send(client_of(colleague), closed).status_code == 404


# --- The mail -----------------------------------------------------------------------------------


def test_the_mail_about_a_close_leads_to_the_question(settings, closed, requester, agent):
    notification = (
        Notification.objects.by_external().filter(recipient=requester, event__kind="resolved").get()
    )

    letter = email.compose(notification, now=LATER)

    url = f"{settings.SITE_URL}{closed.get_absolute_url()}#rating"
    assert "How did it go?" in letter.text
    assert url in letter.text.splitlines()
    assert f'href="{url}"' in letter.html


def test_the_mail_of_staff_and_of_a_reopened_ticket_asks_nothing(organization, requester, agent):
    ticket = make_ticket(requester)
    services.accept(ticket, actor=agent, now=NOW)
    watcher = make_member(organization, "w@pars.example", role=Role.MEMBER, language="en")
    services.add_watchers(ticket, actor=requester, people=[watcher.pk], now=NOW)
    services.close_by_customer(ticket, actor=requester, now=NOW)
    notified = Notification.objects.by_external().filter(event__kind="closed_by_customer")
    mails = {each.recipient: email.compose(each, now=LATER).text for each in notified}
    services.reopen(ticket, actor=requester, now=LATER)
    later = email.compose(notified.get(recipient=watcher), now=LATER).text

    assert "How did it go?" in mails[watcher]
    assert "How did it go?" not in mails[agent]
    assert "How did it go?" not in later
