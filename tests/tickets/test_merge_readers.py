"""Who sees only own tickets comes to see others' by a merge only where the agent agreed to it."""

import pytest
from django.urls import reverse

from tests.factories import NOW, again, make_content, make_member, make_pending_file, make_ticket
from tickets import services
from tickets.errors import ShowsToOthers, TicketError
from tickets.models import Ticket, Watcher

pytestmark = pytest.mark.django_db

SECRET = "رمز پایگاه دادهٔ مالی"


@pytest.fixture
def organization(organization):
    organization.is_restricted = True
    organization.save()
    return organization


@pytest.fixture
def nima(organization):
    return make_member(organization, "plain@pars.example", name="Nima")


@pytest.fixture
def sara(organization):
    return make_member(organization, "other@pars.example", name="Sara")


@pytest.fixture
def target(sara):
    target = make_ticket(sara, title="نخستین")
    content = make_content(SECRET, files=[make_pending_file(sara)])
    return services.reply_as_customer(target, actor=sara, content=content)


@pytest.fixture
def source(nima):
    return make_ticket(nima, title="دوم")


def merge(source, target, agent, **more):
    return services.merge_tickets(again(source), actor=agent, into=target, **more)


def test_a_merge_shows_no_member_what_a_colleague_wrote_unless_the_agent_agreed(
    source, target, agent, nima, sara
):
    with pytest.raises(ShowsToOthers) as refused:
        merge(source, target, agent)
    assert refused.value.people == sorted([nima.pk, sara.pk])
    assert again(source).merged_into is None

    with pytest.raises(ShowsToOthers):
        merge(source, target, agent, shown_to=[nima.pk])

    merge(source, target, agent, shown_to=[nima.pk, sara.pk])
    assert again(source).merged_into == target


def test_a_watcher_who_came_after_the_agent_agreed_is_asked_for_again(
    source, target, agent, nima, sara, organization
):
    agreed = [nima.pk, sara.pk]
    third = make_member(organization, "omid@pars.example")
    services.add_watchers(source, actor=agent, people=[third.pk])

    with pytest.raises(ShowsToOthers):
        merge(source, target, agent, shown_to=agreed)


def test_who_sees_both_tickets_is_not_asked_for(source, target, agent, nima, sara, requester):
    services.add_watchers(source, actor=agent, people=[sara.pk])
    services.add_watchers(target, actor=agent, people=[nima.pk])

    merge(source, target, agent)

    assert again(source).merged_into == target


def test_owners_and_those_of_an_open_organization_are_not_asked_for(
    source, target, agent, organization, requester
):
    merge(make_ticket(requester), make_ticket(requester), agent)
    organization.is_restricted = False
    organization.save()

    merge(source, target, agent)

    assert again(source).merged_into == target


def test_the_page_names_who_would_see_it_and_takes_the_merge_once_agreed(
    client_of, source, target, agent, nima, sara
):
    client, address = client_of(agent), reverse("queue:merge", args=[source])
    sent = {"number": target.number, "version": source.version}

    page = client.post(address, sent)

    html = page.content.decode()
    box = f'name="shown_to" value="{target.pk}-{nima.pk}-{sara.pk}"'
    assert page.status_code == 422
    assert "Nima" in html
    assert box in html
    assert f'value="{target.number}"' in html
    other = make_ticket(sara)
    agreed = {"shown_to": f"{target.pk}-{nima.pk}-{sara.pk}"}
    assert client.post(address, sent | agreed | {"number": other.number}).status_code == 422
    assert client.post(address, sent | agreed).status_code == 302


@pytest.mark.parametrize("box", ["\x00", "x" * 10_000, "-1-2", "9" * 30, "--"])
def test_a_box_that_says_nothing_agrees_to_nothing(client_of, source, target, agent, box):
    sent = {"number": target.number, "version": source.version, "shown_to": box}

    response = client_of(agent).post(reverse("queue:merge", args=[source]), sent)

    assert response.status_code == 422
    assert 'name="shown_to"' in response.content.decode()


def test_after_an_undo_the_member_sees_the_other_ticket_nowhere_any_more(
    client_of, source, target, agent, nima, sara
):
    merge(source, target, agent, shown_to=[nima.pk, sara.pk])
    client = client_of(nima)
    file = target.messages.exclude(attachments=None).get().attachments.get()
    places = {
        "page": reverse("tickets:detail", args=[target]),
        "file": file.get_absolute_url(),
        "due": reverse("tickets:due", args=[target]),
        "news": f"{reverse('tickets:news', args=[target])}?seen=1",
    }
    assert {name: client.get(url).status_code for name, url in places.items()} == {
        "page": 200,
        "file": 200,
        "due": 200,
        "news": 200,
    }

    services.undo_merge(again(source), actor=agent)

    assert {client.get(url).status_code for url in places.values()} == {404}
    for url in (
        reverse("tickets:list"),
        f"{reverse('tickets:list')}?q=رمز",
        reverse("tickets:detail", args=[source]),
        reverse("bell"),
        "/",
    ):
        html = client.get(url, follow=True).content.decode()
        assert SECRET not in html
        assert target.title not in html


# --- Who does not see the target any more ---------------------------------------------------------


@pytest.fixture
def left(source, target, agent, nima, sara):
    """Nima's ticket, merged into one that Nima was removed from again."""
    merge(source, target, agent, shown_to=[nima.pk, sara.pk])
    services.remove_watcher(again(target), actor=agent, person=nima.pk)
    return again(source)


def test_a_message_to_the_old_number_reaches_no_ticket_that_its_author_does_not_see(
    left, target, nima
):
    for ticket in (left, Ticket(pk=left.pk, organization_id=left.organization_id)):
        with pytest.raises(TicketError) as refused:
            services.reply_as_customer(ticket, actor=nima, content=make_content("x"))
        assert refused.value.code == "forbidden"
        assert left.number in refused.value.sentence
        assert target.number not in refused.value.sentence
    assert not target.messages.filter(body="x").exists()


def test_a_message_of_who_sees_the_target_goes_there(left, target, sara, agent, nima):
    services.add_watchers(again(target), actor=agent, people=[nima.pk])

    assert services.reply_as_customer(left, actor=nima, content=make_content("x")) == target


def test_the_old_page_says_so_and_what_was_typed_is_kept(client_of, left, target, nima):
    client, url = client_of(nima), left.get_absolute_url()
    Watcher.objects.create(ticket=left, user=nima, added_by=nima, added_at=NOW)

    page = client.get(url)
    html = page.content.decode()
    sent = client.post(
        reverse("tickets:reply", args=[left]), {"body": "typed", "intent": "problem"}
    )
    followed = client.post(
        reverse("tickets:reply", args=[left]), {"body": "typed", "intent": "follow_up"}
    )

    assert page.status_code == 200
    assert SECRET not in html
    assert 'name="body"' not in html
    for refused in ("reopen", "rate", "watch", "unwatch"):
        assert f'action="{reverse(f"tickets:{refused}", args=[left])}"' not in html
    for answer in (sent, followed):
        assert answer.status_code == 409
        assert "typed" in answer.content.decode()
        assert SECRET not in answer.content.decode()
    assert not target.messages.filter(body="typed").exists()
