"""`manage.py erase_person`: who somebody was is gone, what happened stays."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from organizations.models import Invitation, Membership, Role, User
from tests.factories import (
    NOW,
    again,
    make_closed,
    make_content,
    make_member,
    make_pending_file,
    make_ticket,
)
from tickets import services
from tickets.models import Alert, Clock, CustomerNote, Event, Message, MessageDraft, Ticket

pytestmark = pytest.mark.django_db


def erase(person, *options):
    out = StringIO()
    call_command("erase_person", person.email, "--yes", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def nima(colleague):
    """A colleague whose name and address are in texts."""
    colleague.phone = "+989121234567"
    colleague.save()
    return colleague


def test_the_account_is_closed_and_its_address_free(requester, nima, client_of):
    client = client_of(nima)

    erase(nima)

    user = again(nima)
    assert (user.name, user.phone) == (f"شخص حذف‌شده {user.pk}", "")
    assert not user.is_active
    assert not user.has_usable_password()
    assert client.get("/tickets/").status_code == 302
    assert not EmailAddress.objects.filter(email="nima@pars.example").exists()
    assert not Membership.objects.filter(user=user).exists()
    assert not user.history.filter(email="nima@pars.example").exists()
    assert not user.history.filter(name="نیما رضایی").exists()
    assert User.objects.create_user("nima@pars.example", name="New").pk != user.pk


def test_names_and_addresses_go_from_texts_and_search(requester, nima, agent):
    ticket = make_ticket(
        nima, title="Call نیما رضایی", description="I am نیما رضایی, NIMA@pars.example, Nimax."
    )
    services.add_note(ticket, actor=agent, content=make_content("+989121234567"), now=NOW)
    fault = {"organization": ticket.organization, "source": "Zabbix", "fingerprint": "1"}
    alert = Alert.objects.create(
        **fault,
        ticket=ticket,
        title="Disk of نیما رضایی",
        is_firing=True,
        is_announced=True,
        starts_at=NOW,
        first_at=NOW,
        last_at=NOW,
    )
    clocks = Clock.objects.count()

    erase(nima)

    ticket = again(ticket)
    assert (ticket.title, again(alert).title) == ("Call […]", "Disk of […]")
    bodies = Message.objects.order_by("pk").values_list("body", flat=True)
    assert list(bodies) == ["I am […], […], Nimax.", "[…]"]
    assert list(Ticket.objects.matching("نیما", agent)) == []
    assert list(Ticket.objects.matching("nimax", agent)) == [ticket]
    assert Clock.objects.count() == clocks
    kinds = list(ticket.events.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["opened", "noted", "person_erased"]
    assert not ticket.events.get(kind=Event.Kind.PERSON_ERASED).is_public


def test_with_messages_all_that_they_wrote_and_attached_goes(requester, nima, agent):
    file = make_pending_file(nima)
    ticket = make_ticket(nima, description="My secret", files=(file,))
    services.reply_as_agent(ticket, actor=agent, content=make_content("An answer"), now=NOW)

    erase(nima, "--with-messages")

    bodies = Message.objects.order_by("pk").values_list("body", flat=True)
    assert list(bodies) == ["[…]", "An answer"]
    assert again(ticket).title == "[…]"
    assert not ticket.messages.filter(attachments__isnull=False).exists()
    assert list(Ticket.objects.matching("secret", agent)) == []


def test_without_it_messages_and_files_stay_for_the_colleagues(requester, nima):
    file = make_pending_file(nima)
    make_ticket(nima, description="Our server", files=(file,))

    erase(nima)

    assert Message.objects.get().body == "Our server"
    assert default_storage.exists(again(file).path)


def test_what_was_the_persons_alone_is_deleted(requester, nima, agent, organization):
    ticket = make_closed(requester, agent)
    services.add_watchers(ticket, actor=requester, people=[nima.pk], now=NOW)
    make_pending_file(nima)
    services.save_draft(ticket, services.DraftText("public", "half a text"), actor=nima, now=NOW)
    services.write_customer_note(nima, actor=agent, body="Calls often", now=NOW)
    Invitation.objects.create(
        organization=organization,
        email="nima@pars.example",
        token_hash="x",
        invited_by=requester,
        expires_at=NOW.replace(year=2030),
    )

    erase(nima)

    assert not ticket.watchers.exists()
    assert not MessageDraft.objects.exists()
    assert not CustomerNote.objects.exists()
    assert not Invitation.objects.filter(email="nima@pars.example").exists()


def test_a_second_run_finds_nothing_more(requester, nima):
    ticket = make_ticket(nima, title="نیما رضایی")
    erase(nima)
    before = ticket.events.count()

    assert "in 0 tickets" in erase(again(nima))
    assert ticket.events.count() == before


def test_a_dry_run_and_a_wrong_answer_change_nothing(requester, nima, monkeypatch):
    make_ticket(nima)
    assert "took part in: 1" in erase(nima, "--dry-run")
    monkeypatch.setattr("builtins.input", lambda _question: "no")

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("erase_person", nima.email, stdout=StringIO())

    assert again(nima).name == "نیما رضایی"


def test_the_last_owner_staff_and_strangers_are_refused(requester, agent):
    for email in ("sara@pars.example", "agent@helpdesk.example", "nobody@pars.example"):
        with pytest.raises(CommandError):
            call_command("erase_person", email, "--yes", stdout=StringIO())

    assert again(requester).is_active
    assert again(agent).is_active


def test_a_dry_run_promised_what_is_refused(requester, nima, agent):
    for person in (requester, agent):
        with pytest.raises(CommandError, match="Nothing was changed"):
            erase(person, "--dry-run")

    erase(nima, "--dry-run")

    assert again(nima).is_active
    assert Membership.objects.filter(user=nima).exists()


def test_without_anybody_who_answers_it_ends_with_a_sentence(nima, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO())

    with pytest.raises(CommandError, match="Nobody answers: --yes"):
        call_command("erase_person", nima.email, stdout=StringIO())


def test_an_owner_who_is_not_the_last_one_is_erased(requester, organization):
    make_member(organization, "second@pars.example", role=Role.OWNER)

    erase(requester)

    assert not again(requester).is_active
