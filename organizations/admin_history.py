"""The history page of admin: every change in plain words, read-only."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

LONGEST = 100


@dataclass
class Line:
    """One change: when, by whom (None: the system), to what, and from what to what."""

    at: datetime
    actor: object
    thing: str
    kind: str
    changes: str


class HistoryAdmin:
    """Shows the rows that simple_history kept; nothing can be restored or edited from there."""

    def history_rows(self, thing):
        """The rows of history to show for `thing`, in any order."""
        return list(thing.history.select_related("history_user").order_by("-history_id")[:LONGEST])

    def history_view(self, request, object_id, extra_context=None):
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, thing):
            raise PermissionDenied
        rows = sorted(self.history_rows(thing), key=lambda row: row.history_date, reverse=True)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(name)s") % {"name": thing},
            "opts": self.opts,
            "object": thing,
            "lines": [_line(row) for row in rows],
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/organizations/history.html", context)


def _line(row):
    return Line(
        at=row.history_date,
        actor=row.history_user,
        thing=f"{row.instance_type._meta.verbose_name}: {row.instance}",
        kind=row.get_history_type_display(),
        changes=_changes(row),
    )


def _changes(row):
    before = row.prev_record if row.history_type == "~" else None
    if before is None:
        return ""
    delta = row.diff_against(before, foreign_keys_are_objs=True)
    names = {
        field.name: field.verbose_name
        for field in row.instance_type._meta.get_fields()
        if hasattr(field, "verbose_name")
    }
    return format_html_join(
        "", "<div>{}: {}</div>", ((names[c.field], _from_to(row, c)) for c in delta.changes)
    )


def _from_to(row, change):
    field = row.instance_type._meta.get_field(change.field)
    labels = dict(field.flatchoices)
    old, new = (labels.get(value, value) for value in (change.old, change.new))
    return format_html("<bdi>{}</bdi> → <bdi>{}</bdi>", _shown(old), _shown(new))


def _shown(value):
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in {None, ""} else value
