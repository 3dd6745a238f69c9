"""Legal holds: set and lifted by admins, in Django admin."""

from django.utils.translation import gettext as _

from plans.transactions import in_transaction
from tickets.errors import TicketError
from tickets.models import LegalHold, Ticket

from . import base


@in_transaction
def set_legal_hold(*, organization=None, ticket=None, reason, actor, now):
    """Keep what an organization, or one ticket, holds from removal by age and from erasure.

    With the organization held, a batch of removals comes wholly before or after. What is held
    already stays as it is. Raises TicketError for what is gone already, or in another ticket, and
    for what somebody else holds: a reason that was typed is never dropped.
    """
    base.lock_person(actor)
    base.allow(actor.is_supervisor)
    base.lock_organization((organization or ticket.organization).pk)
    if ticket is not None:
        ticket = base.locked(ticket)
        if ticket.has_lost_contents:
            raise TicketError(
                _("The contents of this ticket were removed already."), code="removed"
            )
    on = {"organization": organization, "ticket": ticket}
    if there := LegalHold.objects.in_force().filter(**on).first():
        if (there.set_by, there.reason) == (actor, reason):
            return there
        raise TicketError(_("It is kept by a legal hold already."), code="held")
    return LegalHold.objects.create(**on, reason=reason, set_by=actor, set_at=now)


@in_transaction
def lift_legal_hold(hold, *, actor, now):
    """End a hold; one that was ended before stays as it is. What it kept goes by its age again."""
    base.lock_person(actor)
    base.allow(actor.is_supervisor)
    held = LegalHold.objects.in_force().select_for_update(no_key=True).filter(pk=hold.pk)
    return bool(held.update(lifted_by=actor, lifted_at=now))


def held_among(keys):
    """Of the tickets with these keys the first that a legal hold keeps; None without one."""
    kept = LegalHold.objects.kept()
    return Ticket.objects.filter(pk__in=keys).filter(kept).order_by("pk").first()
