"""`manage.py demo`: where it loads, where it refuses, and the small parts it is made of."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from demo import files, programme
from demo.story import Opened, Says, Story, prose, span
from demo.timing import back, instants
from organizations.models import User
from plans.models import Plan
from plans.promises import current_promise
from plans.working_time import AROUND_THE_CLOCK
from tests.factories import make_user
from tickets.models import Ticket

NOW = datetime(2026, 5, 5, 8, 40, tzinfo=UTC)


def demo():
    output = StringIO()
    call_command("demo", stdout=output)
    return output.getvalue()


def test_it_loads_once_and_says_so_the_second_time(db, settings, client, monkeypatch):
    settings.DEBUG = True
    # One organization is enough here; `test_demo` loads them all.
    monkeypatch.setattr(programme, "STORIES", {"pars": programme.STORIES["pars"]})

    first, tickets = demo(), Ticket.objects.count()
    second = demo()

    assert "sara@pars.example" in first
    assert "already" in second
    assert Ticket.objects.count() == tickets
    signed_in = client.post("/accounts/login/", {"login": "sara@pars.example", "password": "demo"})
    assert signed_in.status_code == 302


def test_it_refuses_when_debug_is_off(db, settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG"):
        demo()

    assert not User.objects.exists()


def test_it_refuses_a_database_with_people_of_its_own(db, settings):
    settings.DEBUG = True
    make_user("somebody@pars.example")

    with pytest.raises(CommandError, match="people of its own"):
        demo()

    assert User.objects.count() == 1


def test_a_failure_leaves_nothing_behind(transactional_db, settings, monkeypatch):
    settings.DEBUG = True
    late = Story("Too late", "sara", "sales", "low", Opened("1m"), "…", [Says("sara", "2m", "…")])
    monkeypatch.setattr(programme, "STORIES", {"pars": [late]})

    with pytest.raises(ValueError, match="would end after now"):
        demo()

    assert not User.objects.exists()


def test_every_file_of_a_story_can_be_made():
    tales = [tale for tales in programme.STORIES.values() for tale in tales]
    names = {name for tale in tales for each in [tale, *tale.acts] for name in each.files}

    assert len(names) > 20
    assert all(files.content(name) for name in names)


def test_lines_are_joined_lists_kept_and_code_fenced():
    text = prose("""
        Two lines
        of a paragraph.

        - one
        - two

            $ dig
            edge.cloud.example.
        """)

    assert (
        text == "Two lines of a paragraph.\n\n- one\n- two\n\n```\n$ dig\nedge.cloud.example.\n```"
    )


def test_a_span_is_read_and_nonsense_refused():
    assert span("1d 2h 30m") == timedelta(days=1, hours=2, minutes=30)
    for nonsense in ("", "soon", "2 h", "3m 2h"):
        with pytest.raises(ValueError, match="Not a span"):
            span(nonsense)


def test_going_back_through_working_time_is_the_reverse_of_going_on(db):
    working_time = current_promise(Plan.objects.get(key="developer")).working_time
    friday = datetime(2026, 5, 8, 20, tzinfo=UTC)

    for hours in (1, 9, 10, 100):
        start = back(friday, timedelta(hours=hours), working_time)

        assert working_time.measure(start, friday) == timedelta(hours=hours)


def test_acts_follow_the_opening_by_what_they_say():
    story = Story("A", "sara", "sales", "low", Opened("1d"), "…", [Says("sara", "2h", "…")])
    promise = type("Promise", (), {"working_time": AROUND_THE_CLOCK})

    opened, written_at = instants(story, promise=promise, now=NOW)

    assert opened == NOW - timedelta(days=1)
    assert written_at == opened + timedelta(hours=2)
