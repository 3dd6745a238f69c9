"""The page of the saved views: what each shows, who sees it, and what of it is gone."""

from dataclasses import dataclass

from tickets.models import SavedView
from tickets.workspace.query import QueueQuery


@dataclass(frozen=True)
class Listed:
    """One view; `words` say what it filters by, `gone` what it refers to in vain, `above` and
    `below` are the keys of the views that it can change places with."""

    view: SavedView
    words: list
    gone: list
    may_edit: bool
    above: int | None
    below: int | None


def views_page(agent):
    """The agent's own views, then those of each team, in their order. Two statements."""
    views = list(SavedView.objects.visible_to(agent).select_related("team", "owner").in_order())
    read = QueueQuery.read_all([view.query for view in views])
    groups = {}
    for view, (wanted, missing) in zip(views, read, strict=True):
        key = view.team_id if view.is_shared else None
        groups.setdefault(key, []).append((view, wanted, missing))
    groups = [_listed(rows, agent) for _key, rows in sorted(groups.items(), key=_own_first)]
    return {"groups": groups}


def _own_first(group):
    key, rows = group
    return key is not None, rows[0][0].team.name if key else ""


def _listed(rows, agent):
    first = rows[0][0]
    keys = [None, *(view.pk for view, _wanted, _missing in rows), None]
    return {
        "team": first.team if first.is_shared else None,
        "views": [
            Listed(
                view,
                wanted.chips(),
                [each.named(view.labels) for each in missing],
                view.is_editable_by(agent),
                above,
                below,
            )
            for above, (view, wanted, missing), below in zip(keys, rows, keys[2:], strict=False)
        ],
    }
