"""One act of a person has one result, however often its form is sent, as the domain says."""

from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tickets.errors import AlreadySent, TooMany
from tickets.models import Message


def sent_before(author, form_key, *, or_by=None):
    """For the statement that takes the next lock after the person's: the key of the message that
    this very form made before, or None, as the attribute `sent_before`. Of no form there is
    nothing to be asked."""
    if form_key is None:
        return {"sent_before": None}
    made = Message.objects.of_form(author, form_key, or_by=or_by)
    return {"sent_before": Subquery(made.values("pk")[:1])}


def first_result(sent_before, ticket, *, content, kind, is_done_by=None):
    """The ticket on which the form sent the same message before, or None where it sent nothing.

    One act has one result, however often it is sent: see "Sending" of the domain. Raises
    AlreadySent where the form sent something else before, so that nothing is dropped silently: or
    where the message is the same, and `is_done_by(message)` says that the rest of the act is not.
    """
    if sent_before is None:
        return None
    sent = Message.objects.select_related("ticket").get(pk=sent_before)
    is_same = (sent.ticket_id, sent.kind, sent.body) == (ticket.pk, kind, content.body)
    if not (is_same and has_files(sent, content.files)):
        raise sent_otherwise(sent)
    if is_done_by is None or is_done_by(sent):
        return sent.ticket
    raise AlreadySent(
        _(
            "This form has already sent the same message, with another choice of what else is "
            "done. What you chose now has not been done. Do that on the ticket, or send the "
            "message once more."
        ),
        message=sent,
    )


def has_files(message, files):
    """Whether the message holds the content of each of `files`, uploaded once more or not."""
    known = set(message.attachments.values_list("sha256", flat=True)) if files else set()
    return {file.sha256 for file in files} <= known


def sent_otherwise(message):
    return AlreadySent(
        _(
            "This form has already sent something else, which is shown below. Your new text is "
            "kept and has not been sent. Send it as well, or leave it."
        ),
        message=message,
    )


def sent_lately(rows):
    """As `sent_before`: how many `rows` there are, as the attribute `sent_lately`."""
    counted = rows.order_by().values(whole=Value(1)).annotate(count=Count("pk")).values("count")
    return {"sent_lately": Coalesce(Subquery(counted), 0)}


def check_rate(count, limit):
    """Refuse more than a person may send in an hour."""
    if count >= limit:
        raise TooMany(_("You have sent too much in the last hour. Try again later."))
