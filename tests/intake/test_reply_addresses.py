"""An address is signed for one ticket and one person, and dies with their membership."""

import pytest

from organizations.models import Membership, User
from tests.factories import NOW, make_member, make_ticket
from tickets.reply_addresses import Purpose, address_for, resolve, tag_of, without_tokens

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("intake")]


def fresh(person):
    return User.objects.get(pk=person.pk)


def test_an_address_leads_back_to_its_ticket_and_person(ticket, requester, agent):
    for person in (requester, agent):
        found = resolve(address_for(ticket, person))

        assert (found.ticket, found.person, found.purpose) == (ticket, person, Purpose.REPLY)


def test_the_address_for_just_thanks_is_another_one(ticket, requester):
    thanks = address_for(ticket, requester, Purpose.THANKS)

    assert thanks != address_for(ticket, requester)
    assert resolve(thanks).purpose == Purpose.THANKS


def test_an_address_is_read_in_any_case_and_fits_into_64_characters(ticket, requester):
    address = address_for(ticket, requester)

    assert resolve(address.upper()).person == requester
    assert len(address.partition("@")[0]) <= 64


def test_each_person_and_ticket_has_an_address_of_its_own(ticket, requester, colleague):
    other = make_ticket(requester)

    found = {address_for(t, p) for t in (ticket, other) for p in (requester, colleague)}

    assert len(found) == 4


def test_a_damaged_address_leads_nowhere(ticket, requester):
    address = address_for(ticket, requester)
    local, _at, domain = address.partition("@")

    for place in range(len("support+"), len(local)):
        shorter = f"{local[:place]}{local[place + 1 :]}@{domain}"
        other = f"{local[:place]}{'b' if local[place] != 'b' else 'c'}{local[place + 1 :]}@{domain}"
        assert resolve(shorter) is None
        assert resolve(other) is None


def test_a_token_of_one_ticket_leads_to_no_other(ticket, requester):
    other = make_ticket(requester)

    moved = address_for(ticket, requester).replace(ticket.number, other.number)

    assert resolve(moved) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "support+",
        "support+@help.example",
        "support+KT-۱.x@help.example",
        "x" * 10_000,
        "support+KT-1.%s@help.example" % ("a" * 21 + "r۱"),
    ],
)
def test_what_is_no_address_of_ours_leads_nowhere(address):
    assert resolve(address) is None


def test_a_removed_member_has_no_valid_address_even_when_they_come_back(ticket, colleague):
    address = address_for(ticket, colleague)
    membership = colleague.memberships.get()
    organization = membership.organization

    membership.delete()
    assert resolve(address) is None
    assert address_for(ticket, fresh(colleague)) == ""

    Membership.objects.create(user=colleague, organization=organization, joined_at=NOW)
    assert resolve(address) is None
    assert resolve(address_for(ticket, fresh(colleague))).person == colleague


def test_somebody_deactivated_has_no_valid_address(ticket, agent):
    address = address_for(ticket, agent)

    User.objects.filter(pk=agent.pk).update(is_active=False)

    assert resolve(address) is None


def test_an_agent_who_is_one_no_more_has_no_valid_address(ticket, agent):
    address = address_for(ticket, agent)

    User.objects.filter(pk=agent.pk).update(staff_role="")

    assert resolve(address) is None


def test_a_restricted_member_who_may_not_see_the_ticket_has_no_valid_address(
    ticket, organization, colleague
):
    address = address_for(ticket, colleague)

    organization.is_restricted = True
    organization.save()

    assert resolve(address) is None


def test_a_stranger_gets_no_address(ticket, outsider):
    assert address_for(ticket, outsider) == ""


def test_addresses_survive_a_new_secret_key_while_the_old_one_is_a_fallback(
    ticket, requester, settings
):
    address = address_for(ticket, requester)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [settings.SECRET_KEY]
    assert resolve(address).person == requester

    settings.SECRET_KEY_FALLBACKS = []
    assert resolve(address) is None


def test_without_an_address_for_answers_there_are_none(ticket, requester, settings):
    address = address_for(ticket, requester)
    settings.INTAKE_ADDRESS = ""

    assert address_for(ticket, requester) == ""
    assert resolve(address) is None
    assert tag_of(address) is None


def test_a_text_that_others_read_holds_no_token(ticket, requester):
    address = address_for(ticket, requester)
    text = f"Reply to {address} or mailto:{address.replace('+', '%2B').upper()} now"

    shown = without_tokens(text)

    assert ticket.number.lower() not in shown.lower()
    assert "support@help.example" in shown


def test_a_person_of_another_organization_cannot_use_a_colleagues_token(ticket, other_organization):
    member = make_member(other_organization, "m@arya.example")

    assert address_for(ticket, member) == ""
