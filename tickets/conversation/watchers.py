"""Who watches a ticket, and the form by which a reader changes that."""

from django import forms
from django.db.models import BigIntegerField, BooleanField, F, Value
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from organizations.models import Membership
from organizations.querysets import name_of
from tickets import permissions, services
from tickets.models import Watcher
from tickets.prepared import Prepared
from ui.keys import key_in
from ui.wording import number

# So many are offered on a page, by name.
MOST_OFFERED = 500


@Prepared
def _members(organization):
    members = Membership.objects.of(organization).by_name()
    return members.values_list("user", name_of("user__"))[:MOST_OFFERED]


@Prepared
def _watchers(ticket):
    watchers = Watcher.objects.filter(ticket=ticket).order_by("pk")
    return watchers.values_list("user", name_of("user__"))


@Prepared
def _watchers_and_members(ticket, organization):
    """(whether it is a member to choose, key, name): the watchers, then the members, in one
    statement."""
    watchers = Watcher.objects.filter(ticket=ticket).annotate(
        is_member=Value(False, BooleanField()), place=F("pk"), label=name_of("user__")
    )
    members = Membership.objects.of(organization).by_name().order_by()
    members = members.annotate(
        is_member=Value(True, BooleanField()),
        place=Value(0, BigIntegerField()),
        label=name_of("user__"),
    )
    columns = ("is_member", "place", "label", "user")
    found = watchers.values_list(*columns).union(members.values_list(*columns), all=True)
    return found.order_by(*columns)[: services.MOST_WATCHERS + MOST_OFFERED]


class WatchForm(forms.Form):
    """Colleagues to add as watchers. Only members of the ticket's organization are choices,
    and who watches already is one: two people may choose the same at once."""

    person = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={
            "required": _("Choose a colleague."),
            "invalid_choice": _("Choose from the list."),
            "invalid_list": _("Choose from the list."),
        },
    )

    def __init__(self, *args, ticket, members=None, **kwargs):
        """`members` are (key, name) of those of the organization, read here if they are not."""
        super().__init__(*args, **kwargs)
        self.ticket = ticket
        if members is None:
            members = _members.rows(organization=ticket.organization_id)
        self.fields["person"].choices = members

    def rebase_on(self, ticket):
        """Whether the form has no record of what was seen."""


def notified_from_now_on(people):
    """The sentence shown after adding `people`, who are new to it."""
    if not people:
        return gettext("They are already watching.")
    sentence = ngettext(
        "%(count)s colleague is watching from now on.",
        "%(count)s colleagues are watching from now on.",
        len(people),
    )
    return sentence % {"count": number(len(people))}


def posted_person(request):
    """The id of the person that a button named; 0, who is nobody, where it named none."""
    return key_in(request.POST.get("person", "")) or 0


def watchers_panel(ticket, viewer, form=None):
    """What the page of a ticket shows of its watchers, in one query whatever their number."""
    may_add = not _is_merged(ticket) and permissions.may_add_watchers(ticket, viewer)
    if may_add and form is None:
        watchers, members = [], []
        found = _watchers_and_members.rows(ticket=ticket.pk, organization=ticket.organization_id)
        for is_member, _place, name, key in found:
            (members if is_member else watchers).append((key, name))
    else:
        watchers, members = _watchers.rows(ticket=ticket.pk), None
    panel = {"rows": [_row(ticket, viewer, *watcher) for watcher in watchers]}
    if may_add and len(watchers) < services.MOST_WATCHERS:
        panel["form"] = form = form or WatchForm(ticket=ticket, members=members)
        notified = {ticket.requester_id, *(key for key, _name in watchers)}
        chosen = set(form.data.getlist("person")) if form.is_bound else set()
        panel["offered"] = [
            (key, name, str(key) in chosen)
            for key, name in form.fields["person"].choices
            if key not in notified
        ]
    return panel | {"may_add": may_add, "limit": number(services.MOST_WATCHERS)}


def _is_merged(ticket):
    """Whether nothing happens to it any more."""
    return ticket.merged_into_id is not None


def _row(ticket, viewer, key, name):
    """A watcher, whether the viewer may end it, and whether they would lose sight of the ticket."""
    membership = viewer.membership_by_organization.get(ticket.organization_id)
    may_remove = not _is_merged(ticket) and permissions.may_remove_watcher(ticket, viewer, key)
    sees_by_watching = membership and not membership.sees_all and ticket.requester_id != viewer.pk
    return {
        "key": key,
        "name": name,
        "may_remove": may_remove,
        "loses_sight": may_remove and key == viewer.pk and sees_by_watching,
    }
