"""Whether new tickets reach an agent: who sets it, and what the time does."""

from datetime import timedelta

import pytest

from notifications.audience import Audience
from organizations import services as people
from organizations.errors import OrganizationError, StaleProfile
from organizations.models import User
from plans.models import Calendar
from tests.factories import NOW, again, make_ticket
from tickets.models import Event

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
AWAY = people.Wanted(False, "ناهار", NOW + HOUR)


def alerted(requester):
    """Who of the staff is alerted of a new ticket."""
    ticket = make_ticket(requester)
    event = Event.objects.select_related("ticket").get(ticket=ticket)
    return Audience([event]).of(event) - {requester.pk}


def test_somebody_away_is_not_alerted_until_they_are_back(agent, second_agent, requester):
    people.change_availability(agent, AWAY, actor=agent, now=NOW)

    assert alerted(requester) == {second_agent.pk}
    assert people.follow_the_time(NOW + HOUR - timedelta(seconds=1)) == 0
    assert people.follow_the_time(NOW + HOUR) == 1
    agent = again(agent)
    assert agent.is_available
    assert (agent.away_reason, agent.back_at) == ("", None)
    assert alerted(requester) == {agent.pk, second_agent.pk}


def test_outside_their_hours_agents_are_absent_by_the_calendar_of_the_plans(
    agent, second_agent, supervisor, requester
):
    hours = people.Wanted(True, sets_hours=True, working_hours=Calendar.objects.get())
    people.change_availability(agent, hours, actor=supervisor, now=NOW)
    assert again(agent).is_available

    evening = NOW + 12 * HOUR
    assert people.follow_the_time(evening) == 1
    assert people.follow_the_time(evening) == 0
    assert again(agent).absent_since == evening
    assert alerted(requester) == {second_agent.pk}
    # Coming back from away in the evening is no coming to work.
    people.change_presence(agent, False, now=evening)
    people.change_presence(agent, True, now=evening + HOUR)
    assert not again(agent).is_available
    assert people.follow_the_time(NOW + 24 * HOUR) == 1
    assert again(agent).is_available


def test_supervisors_set_it_for_others_and_agents_only_for_themselves(
    agent, second_agent, supervisor, requester
):
    people.change_availability(agent, AWAY, actor=supervisor, now=NOW)
    for person, actor in ((agent, second_agent), (requester, supervisor), (agent, requester)):
        with pytest.raises(OrganizationError):
            people.change_availability(person, AWAY, actor=actor, now=NOW)
    own = people.Wanted(True, sets_hours=True, working_hours=Calendar.objects.get())
    people.change_availability(agent, own, actor=agent, now=NOW)

    assert again(agent).working_hours is None
    assert not again(agent).away_reason


def test_a_time_that_is_over_and_a_form_of_something_older_are_refused(agent):
    with pytest.raises(OrganizationError) as error:
        people.change_availability(agent, people.Wanted(False, "", NOW), actor=agent, now=NOW)
    assert error.value.code == "back_at"
    mark = agent.availability_mark
    people.change_availability(agent, AWAY, actor=agent, seen=mark, now=NOW)
    other = people.Wanted(False, "جلسه")
    with pytest.raises(StaleProfile):
        people.change_availability(agent, other, actor=agent, seen=mark, now=NOW)


def test_a_form_sent_twice_is_no_conflict(agent):
    mark = agent.availability_mark
    for _time in range(2):
        people.change_availability(agent, AWAY, actor=agent, seen=mark, now=NOW)

    assert again(agent).away_reason == AWAY.reason


def test_the_moment_of_leaving_stays_while_one_is_away(agent):
    people.change_availability(agent, AWAY, actor=agent, now=NOW)
    people.change_availability(agent, people.Wanted(False), actor=agent, now=NOW + HOUR)

    assert again(agent).absent_since == NOW
    assert list(User.objects.available()) == []


def test_the_page_says_and_changes_it(client_of, agent, second_agent, supervisor):
    desk, lead = client_of(agent), client_of(supervisor)
    url = f"/teams/people/{agent.pk}/"
    form = {"presence": "away", "reason": "جلسه", "back_on": "1450/01/01", "back_at": "۱۷:۳۰"}

    assert desk.post(url, {**form, "back_at": "99"}).status_code == 422
    assert desk.post(url, {**form, "back_on": "1390/01/01"}).status_code == 409
    assert desk.post(url, form).status_code == 302
    assert "جلسه" in desk.get("/teams/").content.decode()
    assert "جلسه" in lead.get(url).content.decode()
    calendar = Calendar.objects.get()
    shown = again(agent).availability_mark
    back = {"presence": "present", "working_hours": calendar.pk, "seen": shown}
    assert lead.post(url, back).status_code == 302
    assert again(agent).working_hours == calendar
    assert lead.post(url, back).status_code == 302
    assert lead.post(url, {**back, "presence": "away"}).status_code == 409
    assert desk.get(f"/teams/people/{second_agent.pk}/").status_code == 404


def test_agents_are_expected_in_the_hours_in_which_they_work_and_are_back(
    agent, second_agent, supervisor, django_assert_num_queries
):
    hours = people.Wanted(True, sets_hours=True, working_hours=Calendar.objects.get())
    people.change_availability(agent, hours, actor=supervisor, now=NOW)
    people.change_availability(second_agent, AWAY, actor=second_agent, now=NOW)
    starts = [NOW, NOW + HOUR, NOW + 12 * HOUR]
    spans = [(start, start + HOUR) for start in starts]
    people.agents_expected(spans)

    with django_assert_num_queries(1):
        assert people.agents_expected(spans) == [2, 3, 2]
