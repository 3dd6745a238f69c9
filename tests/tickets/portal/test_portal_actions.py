"""What members do over HTTP: file, answer, close, reopen, raise; and everything that is refused."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from organizations.models import Membership, Organization
from plans.models import Plan
from tests.factories import (
    NOW,
    again,
    make_awaiting_customer,
    make_closed,
    make_ticket,
)
from tests.pages import read
from tickets import services
from tickets.choices import Status
from tickets.models import Attachment, Event, Message, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]
NEW = "/tickets/new/"


@pytest.fixture
def member(client_of, requester):
    """The requester's browser, in English."""
    requester.language = "en"
    requester.save()
    return client_of(requester)


def text_of(response):
    return response.content.decode()


def draft(**fields):
    return {
        "title": "سرور پاسخ نمی‌دهد",
        "category": "technical",
        "priority": "normal",
        "description": "از صبح قطع است.",
        **fields,
    }


def promises_on(response):
    """What a form shows for each priority: {priority: (promise, until when)}."""
    return {
        row.one("input")["value"]: (row.one(".when b").text, " ".join(row.texts(".when span")))
        for row in read(response).all(".choice-row")
    }


def note_file(name="trace.log", content=b"line one\n"):
    return SimpleUploadedFile(name, content)


# --- A new ticket -----------------------------------------------------------------------------


def test_the_form_says_what_the_plan_promises_for_each_priority(member):
    page = member.get(NEW)

    assert promises_on(page) == {
        "critical": ("No commitment", "Not in your plan"),
        "urgent": ("No commitment", "Not in your plan"),
        "high": ("No commitment", "Not in your plan"),
        "normal": (
            "less than 24 working hours",
            "about 3 working days · until Mon 4 May 16:00",
        ),
        "low": ("less than 48 working hours", "about 5 working days · until Sat 9 May 13:00"),
    }
    assert "If created now, you get an answer before Mon 4 May 16:00" in text_of(page)
    assert 'value="normal" checked' in text_of(page)


def test_outside_working_hours_the_form_says_when_counting_starts(member):
    with time_machine.travel(NOW + timedelta(hours=12), tick=False):
        page = member.get(NEW)

    assert "Counting starts tomorrow 09:00." in read(page).one("[data-promise]").text


def test_filing_a_ticket_leads_to_its_page(member, requester, organization):
    response = member.post(NEW, draft(attachments=note_file()), follow=True)

    ticket = Ticket.objects.get()
    assert response.redirect_chain == [(ticket.get_absolute_url(), 302)]
    assert ticket.requester == ticket.opened_by == requester
    assert ticket.organization == organization
    assert ticket.messages.get().attachments.get().name == "trace.log"
    assert f"Ticket {ticket.number} has been created." in text_of(response)


def test_the_due_that_the_form_promised_is_the_due_of_the_ticket(member):
    _promise, until = promises_on(member.get(NEW))["normal"]

    member.post(NEW, draft())

    page = member.get(Ticket.objects.get().get_absolute_url())
    assert until.endswith("until Mon 4 May 16:00")
    assert "Mon 4 May 16:00" in read(page).one(".next-step h2").text


def test_a_priority_without_commitment_can_be_chosen_and_has_no_due(member):
    response = member.post(NEW, draft(priority="critical"), follow=True)

    assert Ticket.objects.get().due_at is None
    assert "No commitment" in text_of(response)


def test_sending_a_form_twice_makes_one_ticket_and_keeps_its_files_once(member):
    sent = draft(form_key=str(uuid.uuid4()))

    first = member.post(NEW, sent | {"attachments": note_file()})
    second = member.post(NEW, sent | {"attachments": note_file()})

    assert first.url == second.url
    assert Ticket.objects.count() == Message.objects.count() == 1
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": " \u200c\t "}, "title"),
        ({"title": "ع" * 10_000}, "title"),
        ({"description": "  \n "}, "description"),
        ({"description": "x" * 20_001}, "description"),
        ({"description": "a\0b"}, "description"),
        ({"category": "gardening"}, "category"),
        ({"category": ""}, "category"),
        ({"priority": "whenever"}, "priority"),
        ({"organization": "seventeen"}, "organization"),
    ],
)
def test_a_refused_form_names_the_field_and_keeps_what_was_typed_and_uploaded(
    member, requester, fields, field
):
    response = member.post(NEW, draft(attachments=note_file(), **fields))

    assert response.status_code == 422
    assert read(response).errors().keys() == {field}
    kept = Attachment.objects.get()
    assert kept.message is None
    assert str(kept.pk) in text_of(response)
    typed = draft(**fields)
    for name in ("title", "description"):
        # A browser shows a sign in the place of a byte that no text has.
        assert read(response).field(name) == typed[name].replace("\0", "\ufffd")
    assert not Ticket.objects.exists()


def test_a_file_kept_from_a_refused_form_goes_with_the_next_sending(member):
    refused = member.post(NEW, draft(title="", attachments=note_file()))
    kept = Attachment.objects.get()
    assert read(refused).field("kept") == str(kept.pk)

    member.post(NEW, draft(kept=str(kept.pk)))

    assert again(kept).message == Message.objects.get()


def test_a_kept_file_of_somebody_else_cannot_be_taken(member, colleague, client_of):
    client_of(colleague).post(NEW, draft(title="", attachments=note_file()))
    theirs = Attachment.objects.get()

    refused = member.post(NEW, draft(kept=[str(theirs.pk), "no-key", str(uuid.uuid4())]))

    assert refused.status_code == 422
    assert theirs.name not in refused.content.decode()
    assert not Ticket.objects.exists()
    assert again(theirs).message is None


def test_fields_that_the_form_does_not_show_change_nothing(
    member, requester, outsider, agent, other_organization
):
    hidden = {
        "organization": other_organization.pk,
        "requester": outsider.pk,
        "opened_by": agent.pk,
        "assignee": agent.pk,
        "status": "closed",
        "due_at": "2030-01-01",
        "created_at": "2020-01-01",
    }

    member.post(NEW, draft(**hidden))
    without = {name: value for name, value in hidden.items() if name != "organization"}
    member.post(NEW, draft(**without))

    ticket = Ticket.objects.get()
    assert ticket.requester == ticket.opened_by == requester
    assert ticket.organization != other_organization
    assert ticket.assignee is None
    assert ticket.status == Status.AWAITING_RESPONSE
    assert ticket.created_at == NOW


def test_what_could_imitate_other_text_is_taken_out_of_the_title(member):
    member.post(NEW, draft(title="a\0b\u202eexe.gpj\u2066\n c"))

    assert Ticket.objects.get().title == "abexe.gpj c"


def test_more_tickets_than_an_hour_allows_are_refused_in_words(member, settings):
    settings.TICKETS_PER_HOUR = 1
    member.post(NEW, draft())

    response = member.post(NEW, draft(title="Second"))

    assert response.status_code == 422
    assert "You have sent too much" in text_of(response)
    assert 'value="Second"' in text_of(response)


def test_a_form_without_any_field_is_refused_not_broken(member):
    assert member.post(NEW, {}).status_code == 422
    assert member.post(NEW, "not a form", content_type="application/json").status_code == 422


class TestSeveralOrganizations:
    @pytest.fixture(autouse=True)
    def _second_membership(self, requester, organization, other_organization):
        Membership.objects.create(user=requester, organization=other_organization, joined_at=NOW)
        requester.working_in = organization
        requester.save()
        Organization.objects.filter(pk=other_organization.pk).update(
            plan=Plan.objects.get(key="enterprise")
        )

    def test_the_promises_of_another_plan_are_shown_with_all_that_was_typed(
        self, member, other_organization
    ):
        response = member.post(
            NEW, draft(look="1", description="", organization=other_organization.pk)
        )

        assert response.status_code == 200
        page = read(response)
        assert page.field("organization") == str(other_organization.pk)
        assert page.field("title") == draft()["title"]
        assert not page.errors()
        assert promises_on(response)["critical"] == (
            "less than 30 min",
            "until today 10:30 · aim 10 min",
        )

    def test_a_form_that_showed_another_plans_promises_is_asked_about_once(
        self, member, organization, other_organization
    ):
        sent = draft(organization=other_organization.pk, shown=organization.pk)

        first = member.post(NEW, sent)
        second = member.post(NEW, sent | {"shown": other_organization.pk})

        assert first.status_code == 422
        assert "The priorities now show" in text_of(first)
        assert second.status_code == 302
        assert Ticket.objects.get().organization == other_organization

    def test_without_a_choice_it_is_the_organization_one_works_in(self, member, organization):
        member.post(NEW, draft())

        assert Ticket.objects.get().organization == organization

    def test_a_suspended_one_is_not_offered(self, member, organization, other_organization):
        Organization.objects.filter(pk=other_organization.pk).update(suspended_at=NOW)

        response = member.post(NEW, draft(organization=other_organization.pk))

        assert response.status_code == 422
        assert not Ticket.objects.exists()


# --- Messages ---------------------------------------------------------------------------------


def test_a_message_returns_an_awaited_ticket_to_support(member, requester, agent):
    ticket = make_awaiting_customer(requester, agent)

    response = member.post(
        reverse("tickets:reply", args=[ticket]),
        {"body": "هنوز نه", "attachments": [note_file(), note_file("b.txt")]},
        follow=True,
    )

    assert response.redirect_chain == [(f"{ticket.get_absolute_url()}#latest", 302)]
    assert again(ticket).status == Status.AWAITING_RESPONSE
    assert again(ticket).assignee == agent
    assert ticket.messages.last().attachments.count() == 2
    assert "Your message has been sent." in text_of(response)


@pytest.mark.parametrize("body", ["", "  \n\t", "\u200c", "x" * 20_001, "a\0b"])
def test_a_message_of_nothing_or_too_much_is_refused_and_kept(member, requester, body):
    ticket = make_ticket(requester)

    response = member.post(
        reverse("tickets:reply", args=[ticket]), {"body": body, "attachments": note_file()}
    )

    assert response.status_code == 422
    # A browser shows a sign in the place of a byte that no text has.
    assert read(response).field("body") == body.replace("\0", "\ufffd")
    assert str(Attachment.objects.get().pk) in text_of(response)
    assert ticket.messages.count() == 1


def test_sending_a_message_twice_stores_it_once(member, requester):
    ticket = make_ticket(requester)
    sent = {"body": "once", "form_key": str(uuid.uuid4())}

    for _click in range(2):
        member.post(reverse("tickets:reply", args=[ticket]), sent | {"attachments": note_file()})

    assert ticket.messages.count() == 2
    assert Attachment.objects.count() == 1


def test_a_broken_form_key_refuses_nothing(member, requester):
    ticket = make_ticket(requester)

    response = member.post(
        reverse("tickets:reply", args=[ticket]), {"body": "hello", "form_key": "'; drop"}
    )

    assert response.status_code == 302


def test_a_ticket_that_closed_meanwhile_keeps_the_text_and_asks_which(member, requester, agent):
    ticket = make_closed(requester, agent)

    response = member.post(
        reverse("tickets:reply", args=[ticket]),
        {"body": "not sent <yet>", "attachments": note_file()},
    )

    assert response.status_code == 409
    page = text_of(response)
    assert "not sent &lt;yet&gt;" in page
    assert "This ticket was closed in the meantime." in page
    assert 'name="intent" value="problem"' in page
    assert 'name="intent" value="thanks"' in page
    assert str(Attachment.objects.get().pk) in page
    assert again(ticket).is_closed


@pytest.mark.parametrize(
    ("intent", "status"),
    [("problem", Status.AWAITING_RESPONSE), ("thanks", Status.CLOSED)],
)
def test_on_a_closed_ticket_the_choice_decides(member, requester, agent, intent, status):
    ticket = make_closed(requester, agent)

    member.post(reverse("tickets:reply", args=[ticket]), {"body": "سلام", "intent": intent})

    assert again(ticket).status == status
    assert ticket.messages.count() == 3


def test_an_unknown_choice_is_refused_in_words(member, requester, agent):
    ticket = make_closed(requester, agent)

    response = member.post(
        reverse("tickets:reply", args=[ticket]), {"body": "text", "intent": "perhaps"}
    )

    assert response.status_code == 422
    assert "perhaps is not one of the available choices" in text_of(response)


def test_a_reassigned_ticket_takes_the_message_all_the_same(member, requester, agent, second_agent):
    ticket = services.accept(make_ticket(requester), actor=agent, now=NOW)
    services.assign(ticket, actor=agent, to=second_agent, now=NOW)

    response = member.post(reverse("tickets:reply", args=[ticket]), {"body": "one more thing"})

    assert response.status_code == 302
    assert again(ticket).assignee == second_agent


def test_more_messages_than_an_hour_allows_are_refused_and_kept(member, requester, settings):
    ticket = make_ticket(requester)
    settings.MESSAGES_PER_HOUR = 1

    response = member.post(reverse("tickets:reply", args=[ticket]), {"body": "too much"})

    assert response.status_code == 409
    assert "too much" in text_of(response)


def test_a_message_into_a_suspended_organization_is_kept_for_copying(
    member, requester, organization
):
    ticket = make_ticket(requester)
    Organization.objects.filter(pk=organization.pk).update(suspended_at=NOW)

    replied = member.post(
        reverse("tickets:reply", args=[ticket]), {"body": "my words", "attachments": note_file()}
    )
    filed = member.post(NEW, draft())

    assert replied.status_code == 409
    assert filed.status_code == 422
    assert "my words" in text_of(replied)
    assert draft()["description"] in text_of(filed)
    assert ticket.messages.count() == 1
    assert Ticket.objects.count() == 1
    assert not Attachment.objects.exists()


# --- Closing and reopening --------------------------------------------------------------------


def test_closing_asks_first_and_only_a_post_closes(member, requester):
    ticket = make_ticket(requester)
    address = reverse("tickets:close", args=[ticket])

    asked = member.get(address)
    member.head(address)
    still = again(ticket).status
    closed = member.post(address, follow=True)

    assert "Yes, close the ticket" in text_of(asked)
    assert "Your message is still waiting for an answer" in text_of(asked)
    assert still == Status.AWAITING_RESPONSE
    assert again(ticket).is_closed
    assert closed.redirect_chain == [(f"{ticket.get_absolute_url()}#latest", 302)]


def test_closing_from_the_list_leads_back_to_it(member, requester):
    ticket = make_ticket(requester)

    asked = member.get(reverse("tickets:close", args=[ticket]) + "?next=list")
    closed = member.post(reverse("tickets:close", args=[ticket]), {"next": "list"})
    elsewhere = member.post(
        reverse("tickets:close", args=[make_ticket(requester)]), {"next": "//evil.example"}
    )

    assert 'name="next" value="list"' in text_of(asked)
    assert closed.url == "/tickets/"
    assert elsewhere.url.startswith("/tickets/KT-")


def test_closing_what_is_closed_says_so(member, requester, agent):
    ticket = make_closed(requester, agent)
    address = reverse("tickets:close", args=[ticket])

    asked = member.get(address)
    sent = member.post(address, follow=True)

    assert asked.url == ticket.get_absolute_url()
    assert "This ticket was closed in the meantime." in text_of(sent)


def test_reopening_by_a_click(member, requester, agent):
    ticket = make_closed(requester, agent)

    opened = member.post(reverse("tickets:reopen", args=[ticket]), follow=True)
    twice = member.post(reverse("tickets:reopen", args=[ticket]), follow=True)

    assert again(ticket).status == Status.AWAITING_RESPONSE
    assert again(ticket).waits_for_answer
    assert "is open again" in text_of(opened)
    # One act has one result: its second sending is answered as the first.
    assert "is open again" in text_of(twice)
    assert ticket.events.filter(kind=Event.Kind.REOPENED).count() == 1


# --- Priority ---------------------------------------------------------------------------------


def test_a_member_raises_with_a_reason_that_all_can_read(member, requester):
    ticket = make_ticket(requester, priority="low")

    response = member.post(
        reverse("tickets:priority", args=[ticket]),
        {"priority": "normal", "reason": "It spreads"},
        follow=True,
    )

    assert again(ticket).priority == "normal"
    assert "reason: It spreads" in text_of(response)


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"priority": "low", "reason": "calm"}, 409, "Only support can lower the priority."),
        ({"priority": "urgent", "reason": ""}, 422, "Enter a reason."),
        ({"priority": "urgent", "reason": "   "}, 422, "Enter a reason."),
        ({"priority": "yesterday", "reason": "now"}, 422, "not one of the available choices"),
        ({"reason": "now"}, 422, "Choose a priority."),
        ({"priority": "urgent", "reason": "y" * 501}, 422, "at most 500 characters"),
    ],
)
def test_a_refused_raise_says_why_and_keeps_the_reason(member, requester, fields, status, sentence):
    ticket = make_ticket(requester)

    response = member.post(reverse("tickets:priority", args=[ticket]), fields)

    assert response.status_code == status
    assert sentence in text_of(response)
    assert read(response).field("reason") == fields["reason"]
    assert again(ticket).priority == "normal"


def test_the_priority_of_a_closed_ticket_stays(member, requester, agent):
    ticket = make_closed(requester, agent)

    response = member.post(
        reverse("tickets:priority", args=[ticket]), {"priority": "high", "reason": "late thought"}
    )

    assert response.status_code == 409
    assert "This ticket was closed in the meantime." in text_of(response)
    assert "late thought" in text_of(response)


# --- Methods, forgery, expiry -----------------------------------------------------------------


@pytest.mark.parametrize("action", ["reply", "reopen", "priority"])
def test_reading_changes_nothing(member, requester, agent, action):
    ticket = make_closed(requester, agent)

    response = member.get(reverse(f"tickets:{action}", args=[ticket]))

    assert response.status_code == 405
    assert again(ticket).version == ticket.version


@pytest.mark.parametrize("action", ["reply", "close", "reopen", "priority"])
def test_a_form_from_elsewhere_is_refused(client_of, requester, action):
    ticket = make_ticket(requester)

    response = client_of(requester, csrf=True).post(reverse(f"tickets:{action}", args=[ticket]))

    assert response.status_code == 403
    assert again(ticket).version == ticket.version


def test_an_expired_form_shows_what_was_typed(client_of, requester):
    requester.language = "en"
    requester.save()
    client = client_of(requester, csrf=True)

    response = client.post(NEW, draft(title="<b>typed</b>", password="secret"))

    page = text_of(response)
    assert response.status_code == 403
    assert "This form has expired" in page
    assert "&lt;b&gt;typed&lt;/b&gt;" in page
    assert draft()["description"] in page
    assert "secret" not in page
    assert f'href="{NEW}"' in page


def test_a_session_that_ended_while_typing_keeps_the_text_and_leads_to_sign_in(client, requester):
    ticket = make_ticket(requester)

    response = client.post(reverse("tickets:reply", args=[ticket]), {"body": "long answer"})

    assert response.status_code == 403
    assert "long answer" in text_of(response)
    assert f"{reverse('account_login')}?next=" in text_of(response)
    assert ticket.messages.count() == 1


def test_the_words_of_a_form_that_was_answered_are_the_ones_stored(member, requester):
    ticket = make_ticket(requester)

    member.post(reverse("tickets:reply", args=[ticket]), {"body": "  line\r\n\r\n  two\u200c  "})

    assert ticket.messages.last().body == "  line\n\n  two\u200c  "


def test_a_late_ticket_does_not_look_calm_to_its_customer(client_of, requester):
    requester.language = "en"
    requester.save()
    ticket = make_ticket(requester, now=NOW)

    with time_machine.travel(ticket.due_at, tick=False):
        page = client_of(requester).get(ticket.get_absolute_url())
    part = page.content.decode().partition("promise-late")[2].partition("</section>")[0]

    assert "#alert" in part
    assert "Our answer is late" in part
    assert "our supervisors have been notified" in part
    assert "add a message or raise the priority" in part
