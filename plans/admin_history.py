"""The history page of admin: every change in plain words, from what to what, read-only."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from ui.wording import digits

from .admin_saving import SavingAdmin

LONGEST = 100


@dataclass
class Line:
    """One change: when, by whom (None: the system), to what, and from what to what."""

    at: datetime
    actor: object
    thing: str
    kind: str
    changes: str


class HistoryAdmin(SavingAdmin):
    """Shows the rows that simple_history kept; nothing can be restored or edited from there."""

    # Fields whose changes are shown in another line of the page.
    history_excludes = ()

    def history_rows(self, thing):
        """The rows of history to show for `thing`, in any order."""
        return list(thing.history.select_related("history_user").order_by("-history_id")[:LONGEST])

    def history_lines(self, thing):
        """What the page shows, in any order."""
        return [self._line(*pair) for pair in _with_those_before(self.history_rows(thing))]

    def history_view(self, request, object_id, extra_context=None):
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, thing):
            raise PermissionDenied
        title = _("History of %(name)s") % {"name": thing}
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "object": thing,
            "lines": sorted(self.history_lines(thing), key=lambda line: line.at, reverse=True),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/plans/history.html", context)

    def history_name(self, row):
        """What the page calls the thing of a row of history."""
        return str(row.instance)

    def _line(self, row, before):
        return Line(
            at=row.history_date,
            actor=row.history_user,
            thing=f"{row.instance_type._meta.verbose_name}: {self.history_name(row)}",
            kind=row.get_history_type_display(),
            changes=_changes(row, before, self.history_excludes),
        )


class VersionHistory(HistoryAdmin):
    """The history of what has versions: each against the one before, and the other fields."""

    version_relations = ("created_by",)

    def history_lines(self, thing):
        rows = self.history_rows(thing)
        # Saving rows of hours or cells saves the thing itself too, and changes nothing of it.
        return self.version_lines(thing) + [
            line
            for row, before in _with_those_before(rows)
            if (line := self._line(row, before)).changes or before is None
        ]

    def version_changes(self, before, after):
        """The changes between two versions, each (of what, from, to)."""
        raise NotImplementedError

    def versions_of(self, thing):
        """The versions that somebody published."""
        return thing.versions.all()

    def version_lines(self, thing):
        """A line for each of the latest versions."""
        versions = self.versions_of(thing).select_related(*self.version_relations)
        latest = list(versions.order_by("-number")[: LONGEST + 1])
        return [
            Line(
                at=version.created_at,
                actor=version.created_by,
                thing=f"{thing._meta.verbose_name}: {thing}",
                kind=_("Version %(number)s") % {"number": digits(version.number)},
                changes=changes_as_html(self.version_changes(before, version)) if before else "",
            )
            for version, before in zip(latest, [*latest[1:], None], strict=True)
        ][:LONGEST]


def changes_as_html(changes):
    """Changes, each (of what, from, to), as lines of HTML."""
    return format_html_join(
        "",
        "<div>{}: <bdi>{}</bdi> {} <bdi>{}</bdi></div>",
        ((what, old, pgettext("from – to", "→"), new) for what, old, new in changes),
    )


def _with_those_before(rows):
    """(row, the row of the same thing before it or None), the latest first."""
    by_thing = {}
    for row in sorted(rows, key=lambda row: row.history_id, reverse=True):
        by_thing.setdefault((type(row), row.id), []).append(row)
    for of_thing in by_thing.values():
        yield from pairwise(of_thing)
        # What a thing was created with has nothing before it: nothing is looked for.
        is_first = of_thing[-1].history_type == "+"
        yield of_thing[-1], None if is_first else of_thing[-1].prev_record


def _changes(row, before, excluded):
    if before is None or row.history_type != "~":
        return ""
    delta = row.diff_against(before, foreign_keys_are_objs=True, excluded_fields=excluded)
    names = {
        field.name: field.verbose_name
        for field in row.instance_type._meta.get_fields()
        if hasattr(field, "verbose_name")
    }
    return changes_as_html((names[c.field], *_from_to(row, c)) for c in delta.changes)


def _from_to(row, change):
    labels = dict(row.instance_type._meta.get_field(change.field).flatchoices)
    return [_shown(labels.get(value, value)) for value in (change.old, change.new)]


def _shown(value):
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in {None, ""} else value
