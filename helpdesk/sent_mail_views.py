"""Shows the mails that were kept, each as its two forms; only with DEBUG."""

from functools import wraps

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from . import sent_mail as store

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


@require_safe
@only_with_debug
def sent_mail(request, key):
    """One mail: headers, text, and a frame with its HTML."""
    return render(request, "sent_mail/mail.html", {"mail": _mail_or_404(key)})


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
