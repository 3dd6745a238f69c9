"""What mails say, in whose language, calendar and zone; and what they never say."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from notifications import services
from notifications.channels.email.channel import channel as email
from notifications.channels.email.styles import message_html
from notifications.models import Notification
from notifications.notices import NOTICES
from tests.factories import NOW
from tickets import services as tickets
from tickets.models import Event

SOON = NOW + timedelta(minutes=5)
NOBODY_IS_NOTIFIED_OF = {
    "tags_changed",
    "customer_thanked",
    "category_changed",
    "plan_changed",
    "hold_lifted",
    "rated",
    "clocks_moved",
}
HOSTILE = '<img src="https://evil.example/x.png"><script>alert(1)</script>'


@pytest.fixture
def letter_about():
    """The letter of the only notification of a kind."""

    def write(kind, recipient):
        rows = Notification.objects.by_external().with_story()
        return email.compose(rows.get(event__kind=kind, recipient=recipient), now=SOON)

    return write


def in_english(user):
    user.language = "en"
    user.save()


def test_a_reply_is_quoted_with_its_author_and_a_link_to_the_one_site(
    ticket, agent, requester, letter_about, settings
):
    settings.SITE_URL = "https://help.example"
    in_english(requester)
    tickets.reply_as_agent(
        ticket, actor=agent, content=tickets.NewMessage("سلام\n\nدرست شد."), now=SOON
    )

    letter = letter_about("agent_replied", requester)

    assert ticket.number in letter.subject
    assert ticket.title in letter.subject
    assert agent.name in letter.text
    assert "> سلام\n>\n> درست شد." in letter.text.replace("> \n", ">\n")
    assert f"https://help.example/tickets/{ticket.number}/" in letter.text
    assert f'href="https://help.example/tickets/{ticket.number}/"' in letter.html


def test_times_are_in_the_zone_and_calendar_of_the_reader(ticket, agent, requester, letter_about):
    tickets.reply_as_agent(ticket, actor=agent, content=tickets.NewMessage("پاسخ"), now=SOON)

    in_tehran = letter_about("agent_replied", requester)
    requester.language, requester.time_zone = "en", "Asia/Tokyo"
    requester.save()
    in_tokyo = letter_about("agent_replied", requester)

    assert "۱۴ اردیبهشت ۱۴۰۵" in in_tehran.text
    assert "۱۰:۰۵" in in_tehran.text
    assert "4 May 2026, 15:35" in in_tokyo.text


def test_a_persian_mail_is_aligned_right(ticket, agent, requester, letter_about):
    tickets.accept(ticket, actor=agent, now=SOON)

    letter = letter_about("accepted", requester)

    assert '<html lang="fa" dir="rtl">' in letter.html
    assert letter.language == "fa"


def test_what_people_typed_is_text_in_the_html(organization, requester, agent, letter_about):
    requester.name = HOSTILE[:80]
    requester.save()
    draft = tickets.Draft(title=HOSTILE, description=HOSTILE, category="technical")
    ticket = tickets.open_ticket(
        requester=requester, opened_by=agent, organization=organization, draft=draft, now=NOW
    )

    letter = letter_about("opened", requester)

    assert ticket.number in letter.html
    assert "<img" not in letter.html
    assert "<script" not in letter.html


def test_the_html_loads_nothing_from_outside(ticket, agent, requester, letter_about):
    tickets.reply_as_agent(
        ticket, actor=agent, content=tickets.NewMessage("https://evil.example/"), now=SOON
    )

    html = letter_about("agent_replied", requester).html

    # A link of the message is one in the mail, as on the page; it is followed by people only.
    assert not re.search(r"src=|<link|@import|url\(|background=", html)
    assert re.search(r'<a [^>]*href="https://evil.example/"[^>]* rel="[^"]*nofollow', html)


def test_an_agents_name_is_only_on_what_the_agent_wrote(ticket, agent, requester, letter_about):
    in_english(requester)
    tickets.accept(ticket, actor=agent, now=SOON)
    tickets.change_priority(ticket, actor=agent, priority="low", reason="Agreed", now=SOON)
    tickets.resolve(ticket, actor=agent, content=tickets.NewMessage("Done"), now=SOON)

    accepted = letter_about("accepted", requester)
    lowered = letter_about("priority_changed", requester)

    assert agent.name not in accepted.text
    assert agent.name not in lowered.text


def test_the_reason_for_a_lower_priority_is_shown(ticket, agent, requester, letter_about):
    in_english(requester)
    tickets.change_priority(ticket, actor=agent, priority="low", reason="As agreed", now=SOON)

    letter = letter_about("priority_changed", requester)

    assert "As agreed" in letter.text


def test_a_mail_about_a_status_says_nothing_of_notes(ticket, agent, requester, letter_about):
    tickets.accept(ticket, actor=agent, now=SOON)
    tickets.add_note(ticket, actor=agent, content=tickets.NewMessage("secret"), now=SOON)

    letter = letter_about("accepted", requester)

    assert "secret" not in letter.text + letter.html + letter.subject


def test_bidi_controls_of_a_message_do_not_turn_the_mail(ticket, agent, requester, letter_about):
    tickets.reply_as_agent(
        ticket, actor=agent, content=tickets.NewMessage("\u202eevil\u2066"), now=SOON
    )

    letter = letter_about("agent_replied", requester)

    assert "\u202e" not in letter.text + letter.html
    assert "> evil\n" in letter.text


def test_a_title_with_line_breaks_adds_no_header(ticket, agent, requester):
    ticket.title = "A\r\nBcc: victim@else.example\n\nB"
    ticket.save()
    tickets.accept(ticket, actor=agent, now=SOON)

    services.deliver(Notification.objects.by_external().get().pk, now=SOON)

    message = mail.outbox[0].message()
    assert message["Bcc"] is None
    assert mail.outbox[0].recipients() == [requester.email]


def test_what_is_nobodys_news_has_no_letter():
    assert {kind for kind in NOBODY_IS_NOTIFIED_OF if not NOTICES[kind].is_silent} == set()


@pytest.mark.parametrize("kind", [each for each in NOTICES if not NOTICES[each].is_silent])
@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("reader", ["requester", "agent"])
def test_every_event_that_anybody_is_notified_of_has_its_text(
    kind, language, reader, ticket, agent, requester
):
    person = {"requester": requester, "agent": agent}[reader]
    person.language = language
    event = Event(ticket=ticket, kind=kind, actor=agent, created_at=NOW)
    row = Notification(pk=1, event=event, ticket=ticket, recipient=person, channel="email")

    letter = email.compose(row, now=SOON)

    assert ticket.number in letter.subject
    assert "\n" not in letter.subject
    assert "{" not in letter.text


def test_the_plain_text_of_a_mail_shows_the_host_of_an_address_that_hides_it(
    ticket, agent, requester, letter_about
):
    text = "see https://еxample.com/a,\nhttp://good@evil/ and https://ok.example"
    tickets.reply_as_agent(ticket, actor=agent, content=tickets.NewMessage(text), now=SOON)

    letter = letter_about("agent_replied", requester)

    assert "> see https://еxample.com/a (xn--xample-2of.com),\n" in letter.text
    assert "> http://good@evil/ (evil) and https://ok.example\n" in letter.text


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("1) یک\n3) سه\n7) هفت", ["1)", "3)", "7)"]),
        ("5) x\n\n6) y", ["5)", "6)"]),
        ("- a\n  1) x\n  2) y\n- b", ["1)", "2)"]),
        ("1. a\n2. b", []),
    ],
)
def test_a_list_with_parentheses_keeps_them_in_a_mail(typed, numbers):
    html = message_html(typed)

    assert re.findall(r"<li[^>]*>(?:\s*<p [^>]*>)?<bdi>([^<]*)</bdi> ", html) == numbers
    assert ("list-style:none" in html, "<ol" in html) == (bool(numbers), not numbers)
    assert html.count("<ul") == html.count("</ul>")
