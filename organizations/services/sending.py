"""One form has one result, however often it is sent: see docs/sending.md."""

from datetime import timedelta

from django.utils.translation import gettext as _

from organizations.errors import OrganizationError
from organizations.models import SentForm, User

KEPT = timedelta(days=30)


def first_result(actor, form_key, act, content):
    """The key of the row that this form made or changed when it was sent before, or None.

    The person is locked, so that the same form sent twice at once is taken one after the other.
    Raises OrganizationError with the code `already_sent` where the form held something else before.
    Without a key, as from a command, every call is an act of its own.
    """
    if form_key is None:
        return None
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    sent = SentForm.objects.filter(person=actor, key=form_key).first()
    if sent is None:
        return None
    if (sent.act, sent.content) != (act, content):
        raise OrganizationError(_sentence(sent), code="already_sent")
    return sent.result


def record_sent(actor, form_key, act, content, *, result, now):
    """In the transaction of the act: keep what the form held and made, for a month."""
    if form_key is not None:
        SentForm.objects.filter(person=actor, sent_at__lt=now - KEPT).delete()
        SentForm.objects.create(
            person=actor, key=form_key, act=act, content=content, result=result.pk, sent_at=now
        )


def _sentence(sent):
    """What the form did before, for a person who sends it with something else now."""
    done = {
        SentForm.Act.INVITE: _("This form has already sent an invitation to %(email)s."),
        SentForm.Act.FOUND: _("This form has already created the organization %(name)s."),
        SentForm.Act.COPY_PLAN: _("This form has already copied a plan for %(name)s."),
    }.get(sent.act, _("This form has already been sent."))
    kept = _("What you entered now has not been sent. Send it again to do this as well.")
    return f"{done % sent.content} {kept}"
