"""Tags on tickets and the vocabulary of tags, by their services."""

import uuid

import pytest
from django.db import connection

from tests.factories import NOW, again, make_closed, make_content, make_ticket
from tests.tickets.canned.test_services import make_canned
from tickets import services
from tickets.errors import StaleTicket, TicketError
from tickets.models import Event, Tag, Ticket
from tickets.querysets.tags import TagQuerySet, tags_in
from tickets.services import tagging

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_tag(supervisor):
    def make(name, colour="blue", **fields):
        return services.create_tag(name, colour=colour, actor=supervisor, now=NOW, **fields)

    return make


def names_on(ticket):
    [found] = Ticket.objects.filter(pk=ticket.pk).with_tags()
    return [tag.name for tag in tags_in(found.tags_text)]


# --- On tickets -----------------------------------------------------------------------------------


def test_one_event_names_what_was_added_and_removed(ticket, agent, make_tag):
    vpn, dns, old = make_tag("VPN"), make_tag("DNS"), make_tag("قدیمی")
    services.change_tags(ticket, actor=agent, add=[old.pk], now=NOW)
    public = again(ticket).public_updated_at

    services.change_tags(ticket, actor=agent, add=[vpn.pk, dns.pk], remove=[old.pk], now=NOW)

    assert names_on(ticket) == ["DNS", "VPN"]
    event = ticket.events.last()
    assert (event.kind, event.is_public) == (Event.Kind.TAGS_CHANGED, False)
    assert event.changes == {"tags_added": ["DNS", "VPN"], "tags_removed": ["قدیمی"]}
    assert again(ticket).public_updated_at == public


def test_what_changes_nothing_leaves_no_event(ticket, agent, make_tag):
    tag = make_tag("VPN")
    services.change_tags(ticket, actor=agent, add=[tag.pk], now=NOW)
    version, events = again(ticket).version, ticket.events.count()

    services.change_tags(ticket, actor=agent, add=[tag.pk], now=NOW)
    services.change_tags(ticket, actor=agent, remove=[tag.pk + 1], now=NOW)

    assert (again(ticket).version, ticket.events.count()) == (version, events)


def test_a_closed_ticket_takes_tags_and_stays_closed(requester, agent, make_tag):
    ticket = make_closed(requester, agent)

    services.change_tags(ticket, actor=agent, add=[make_tag("VPN").pk], now=NOW)

    assert names_on(ticket) == ["VPN"]
    assert again(ticket).is_closed


@pytest.mark.parametrize("who", ["requester", "colleague"])
def test_customers_put_no_tags_on_tickets(request, ticket, make_tag, who):
    with pytest.raises(TicketError):
        services.change_tags(
            ticket, actor=request.getfixturevalue(who), add=[make_tag("VPN").pk], now=NOW
        )


def test_a_retired_or_unknown_tag_and_too_many_are_refused(ticket, agent, supervisor, make_tag):
    retired = services.retire_tag(make_tag("VPN"), actor=supervisor, now=NOW)
    many = [make_tag(f"tag {n}").pk for n in range(services.MOST_TAGS_OF_TICKET + 1)]

    for keys in ([retired.pk], [2**40], many):
        with pytest.raises(TicketError) as refused:
            services.change_tags(ticket, actor=agent, add=keys, now=NOW)
        assert refused.value.code == "tags"
    assert names_on(ticket) == []


# --- The vocabulary -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [("VPN", "vpn"), ("كيفيت", "کیفیت"), ("وی‌پی‌ان", "وی پی ان"), ("نسخه ۲", "نسخه 2")],
)
def test_a_name_is_the_same_in_other_letter_forms(make_tag, first, second):
    make_tag(first)

    with pytest.raises(TicketError) as refused:
        make_tag(second)

    assert refused.value.code == "name"


@pytest.mark.parametrize("name", ["", " \u200c ", "\u200b", "\u064b", "x" * 41, "x" * 300])
def test_a_name_has_1_to_40_characters(make_tag, name):
    with pytest.raises(TicketError) as refused:
        make_tag(name)

    assert refused.value.code == "name"


@pytest.mark.parametrize("act", ["create", "rename"])
def test_a_name_that_another_takes_at_this_moment_is_refused_at_its_field(
    make_tag, supervisor, monkeypatch, act
):
    tag, named, taken = make_tag("DNS"), TagQuerySet.named, []

    def found_then_taken(tags, key):
        found = named(tags, key)
        if not taken:
            taken.append(key)
            Tag(name="VPN", name_key=key, place=b"", created_by=supervisor, created_at=NOW).save()
        return found

    def rename(name):
        services.edit_tag(tag, name=name, colour="blue", actor=supervisor)

    monkeypatch.setattr(TagQuerySet, "named", found_then_taken)

    with pytest.raises(TicketError) as refused:
        (make_tag if act == "create" else rename)("vpn")

    assert refused.value.code == "name"
    assert "VPN" in refused.value.sentence


def test_a_form_sent_twice_makes_one_tag_and_never_drops_another(make_tag):
    key = uuid.uuid4()
    first = make_tag("VPN", form_key=key)

    assert make_tag("VPN", form_key=key) == first
    with pytest.raises(TicketError) as refused:
        make_tag("DNS", form_key=key)
    assert refused.value.code == "already_sent"


def test_agents_do_not_change_the_vocabulary(agent, make_tag):
    tag, other = make_tag("VPN"), make_tag("DNS")

    for act in (
        lambda: services.create_tag("New", colour="blue", actor=agent),
        lambda: services.edit_tag(tag, name="New", colour="blue", actor=agent),
        lambda: services.retire_tag(tag, actor=agent),
        lambda: services.merge_tags(tag, into=other, actor=agent),
    ):
        with pytest.raises(TicketError) as refused:
            act()
        assert refused.value.code == "forbidden"


def test_a_renamed_tag_is_renamed_on_tickets_and_history_keeps_its_words(
    ticket, agent, supervisor, make_tag
):
    tag = make_tag("VPN")
    services.change_tags(ticket, actor=agent, add=[tag.pk], now=NOW)

    services.edit_tag(tag, name="Tunnel", colour="red", actor=supervisor, seen_version=1)

    assert names_on(ticket) == ["Tunnel"]
    assert ticket.events.last().changes == {"tags_added": ["VPN"]}
    with pytest.raises(StaleTicket):
        services.edit_tag(tag, name="Net", colour="red", actor=supervisor, seen_version=1)


def test_merging_moves_tickets_and_macros_to_the_other(requester, agent, supervisor, make_tag):
    tag, into = make_tag("VPN"), make_tag("Tunnel")
    one, both = make_ticket(requester), make_ticket(requester)
    services.change_tags(one, actor=agent, add=[tag.pk], now=NOW)
    services.change_tags(both, actor=agent, add=[tag.pk, into.pk], now=NOW)
    macro = make_canned(agent, tag_ids=(tag.pk, into.pk))

    for _again in range(2):
        services.merge_tags(tag, into=into, actor=supervisor)

    assert names_on(one) == names_on(both) == ["Tunnel"]
    assert again(macro).tag_ids == [into.pk]
    assert list(Tag.objects.known()) == [into]
    services.change_tags(make_ticket(requester), actor=agent, add=[tag.pk], now=NOW)
    assert into.ticket_tags.count() == 3
    with pytest.raises(TicketError):
        services.merge_tags(into, into=into, actor=supervisor)
    with pytest.raises(TicketError):
        services.merge_tags(into, into=tag, actor=supervisor)
    assert make_tag("vpn").pk not in {tag.pk, into.pk}


@pytest.fixture
def merged(requester, agent, supervisor, make_tag, monkeypatch):
    """A tag on five tickets that was merged, where two follow at once: (tag, into, tickets)."""
    monkeypatch.setattr(tagging, "BATCH", 2)
    tag, into = make_tag("VPN"), make_tag("Tunnel")
    tickets = [make_ticket(requester) for _each in range(5)]
    for ticket in tickets:
        services.change_tags(ticket, actor=agent, add=[tag.pk], now=NOW)
    services.merge_tags(tag, into=into, actor=supervisor)
    return again(tag), into, tickets


def test_a_merge_of_tags_leaves_the_many_tickets_to_the_worker(merged):
    """Merging a tag of 100,000 tickets held a request, and the tags, for as long as that took."""
    tag, into, tickets = merged
    assert (tag.ticket_tags.count(), into.ticket_tags.count()) == (3, 2)
    assert Tag.objects.with_tickets_to_move().get() == tag

    assert services.follow_tag_merges() == 3

    assert [names_on(ticket) for ticket in tickets] == [["Tunnel"]] * 5
    assert not Tag.objects.with_tickets_to_move().exists()
    assert services.follow_tag_merges() == 0


def test_a_run_that_was_cut_off_goes_on_where_it_was(merged, monkeypatch):
    tag, _into, _tickets = merged
    monkeypatch.setattr(tagging, "MOST_BATCHES", 1)

    assert [services.follow_tag_merges() for _run in range(3)] == [2, 1, 0]
    assert not tag.ticket_tags.exists()


def test_whoever_tags_a_ticket_that_is_still_to_follow_does_its_part_first(
    merged, agent, make_tag, client_of
):
    tag, into, tickets = merged
    other, one, two = make_tag("DNS"), *tickets[-2:]

    services.change_tags(one, actor=agent, add=[other.pk, into.pk], now=NOW)
    assert names_on(one) == ["DNS", "Tunnel"]
    services.change_tags(two, actor=agent, remove=[tag.pk], now=NOW)
    assert names_on(two) == []
    page = client_of(agent).get(f"{tickets[2].get_queue_url()}tags/").content.decode()
    assert f'name="seen" value="{into.pk}"' in page
    assert f'value="{tag.pk}"' not in page
    services.follow_tag_merges()
    assert names_on(one) == ["DNS", "Tunnel"]


def test_the_page_of_tags_says_how_many_tickets_are_still_to_follow(merged, supervisor, client_of):
    html = client_of(supervisor).get("/tags/").content.decode()

    assert "VPN" in html
    assert "۳ تیکت" in html


def test_a_macro_adds_tags_in_the_event_of_its_reply(ticket, agent, make_tag):
    tag = make_tag("VPN")

    services.reply_with_changes(
        ticket,
        actor=agent,
        content=make_content("انجام شد."),
        further=services.FurtherChanges(tags=(tag.pk,)),
        now=NOW,
    )

    assert names_on(ticket) == ["VPN"]
    event = ticket.events.last()
    assert (event.kind, event.changes["tags_added"]) == (Event.Kind.AGENT_REPLIED, ["VPN"])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL for its plan")
def test_tickets_of_tags_are_found_by_the_index(make_tag):
    tags = [make_tag("VPN").pk, make_tag("DNS").pk]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = Ticket.objects.tagged(tags).open().with_queue_row().in_queue_order()[:26].explain()

    assert "Seq Scan on tickets_ticket" not in plan, plan
    assert plan.count("tickets_of_tag") + plan.count("ticket_tag_once") >= 2, plan
