"""What admin pages of lower apps show of background changes of tickets."""

from django import template
from django.utils.translation import gettext as _

from organizations.models import User
from tickets.models import TicketJob
from ui.wording import number

register = template.Library()


@register.simple_tag
def unfinished_jobs(whose):
    """The unfinished jobs of an organization or an agent, the earliest first."""
    field = "agent" if isinstance(whose, User) else "organization"
    return TicketJob.objects.unfinished().filter(**{field: whose})


@register.simple_tag
def jobs_progress(job):
    """How far a worker has come."""
    return _("%(done)s of %(total)s tickets") % {
        "done": number(job.looked_at),
        "total": number(job.total),
    }
