"""The saved views of the demo: two of one agent's own, one of a team."""

from datetime import timedelta

from tickets import services
from tickets.models import Team

WRITTEN_BEFORE = timedelta(days=60)


def write(people, *, now):
    """Write the views, after the teams."""
    at = now - WRITTEN_BEFORE
    own = [
        services.ViewDraft("فوری‌های من", query="priority=critical%2Curgent&assignee=me"),
        services.ViewDraft("بیش از یک روز منتظر", query="waiting=24"),
    ]
    for draft in own:
        services.create_view(draft, actor=people["maryam"], now=at)
    team = Team.objects.of_category("technical").get()
    unassigned = services.ViewDraft(
        "فنیِ بی‌مسئول", team_id=team.pk, query="category=technical&assignee=nobody"
    )
    services.create_view(unassigned, actor=people["maryam"], now=at)
