"""Shows the mails that were kept, each in both forms, and takes answers; only with DEBUG."""

from datetime import UTC, datetime
from functools import wraps
from uuid import uuid4

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from . import answering, store
from .forms import AnswerForm

# A mail has inline styles, and may run and load nothing.
_POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "img-src": [NONE],
    "font-src": [NONE],
    "connect-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
    "form-action": [NONE],
}


def only_with_debug(view):
    """Without DEBUG there is no such page (404), whoever asks."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        if not settings.DEBUG:
            raise Http404
        return view(request, *args, **kwargs)

    return inner


@require_safe
@only_with_debug
def sent_mails(request):
    """The newest mails, of whoever."""
    return render(request, "sent_mail/list.html", {"mails": store.newest()})


@require_http_methods(["GET", "HEAD", "POST"])
@only_with_debug
def sent_mail(request, key):
    """One mail: headers, text, a frame with its HTML, and a box that answers as its recipient."""
    mail = _mail_or_404(key)
    form = None
    if answering.can_answer(mail):
        initial = {"form_key": uuid4(), "written_at": int(timezone.now().timestamp())}
        form = AnswerForm(request.POST if request.method == "POST" else None, initial=initial)
        if form.is_valid() and _is_sent(mail, form):
            messages.success(request, _("The answer was sent to the helpdesk by mail."))
            return redirect("sent_mail", key)
    status = 422 if form and form.errors else 200
    return render(request, "sent_mail/mail.html", {"mail": mail, "form": form}, status=status)


def _is_sent(mail, form):
    """Send what the form holds; a refusal is an error of the form."""
    typed = form.cleaned_data
    written_at = datetime.fromtimestamp(typed["written_at"], UTC)
    answer = answering.compose(
        mail,
        typed["text"],
        form_key=typed["form_key"],
        written_at=written_at,
        is_just_thanks=typed["is_just_thanks"] and bool(mail.thanks_to),
    )
    try:
        answering.send(answer)
    except answering.NotSent:
        sentence = _("The mail server of this machine does not answer; “make run” starts it.")
        form.add_error(None, sentence)
        return False
    return True


@require_safe
@only_with_debug
@xframe_options_sameorigin
@csp_replace(_POLICY)
def sent_mail_html(request, key):
    """The HTML of one mail, as a mail program shows it."""
    return HttpResponse(_mail_or_404(key).html)


def _mail_or_404(key):
    mail = store.mail_of(key)
    if mail is None:
        raise Http404
    return mail
