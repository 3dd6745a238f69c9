"""The saved views in the column beside the queue, under their headings."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from tickets.lists.counts import counted


@dataclass(frozen=True)
class ViewLink:
    """One saved view: `count` is a number in words, empty where it is not counted."""

    label: str
    url: str
    is_current: bool
    count: str
    has_gone: bool


@dataclass(frozen=True)
class ViewGroup:
    """A person's own views, or those of one team."""

    label: str
    links: list


def column_of(kept, numbers):
    """What the page of the queue shows of saved views; `numbers` are as `numbers_of` gives them."""
    current = kept.current
    return {
        "kept": kept,
        "view_groups": _groups(kept.views, numbers, current),
        "saved": current,
        "is_changed": current is not None and not current.is_as_saved(kept.wanted),
    }


def _groups(views, numbers, current):
    base, groups = reverse("queue:list"), {}
    for each in views:
        groups.setdefault(each.view.team_id, []).append(
            ViewLink(
                label=each.view.name,
                url=f"{base}?{each.address}",
                is_current=each is current,
                count=counted(numbers[each.name]) if each.name in numbers else "",
                has_gone=bool(each.missing),
            )
        )
    names = {each.view.team_id: each.view.team_name for each in views} | {None: _("My views")}
    return [ViewGroup(names[team], links) for team, links in groups.items()]
