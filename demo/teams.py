"""The teams of the demo: one for the servers, one for everything about money."""

from datetime import timedelta

from tickets import services

WRITTEN_BEFORE = timedelta(days=120)


def write(people, *, now):
    """Write both teams, before any ticket is opened."""
    drafts = [
        services.TeamDraft(
            "زیرساخت",
            members=tuple(people[each].pk for each in ("maryam", "amir", "sina")),
            categories=("technical", "activation"),
        ),
        services.TeamDraft(
            "مالی و فروش",
            members=tuple(people[each].pk for each in ("negar", "amir", "leila")),
            categories=("financial", "sales"),
        ),
    ]
    for draft in drafts:
        services.create_team(draft, actor=people["leila"], now=now - WRITTEN_BEFORE)
