"""How a page of admin is saved: once, however often its form is sent."""

import hashlib
import json

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages import get_messages
from django.db import IntegrityError

from .transactions import in_transaction


class SavingAdmin:
    """Saves a page once more after a deadlock, a lock time-out, or when somebody else took a unique
    value at that very moment, so that the form says so beside the field.

    The page is one transaction, inside of which no service can be repeated. Earlier tries leave no
    messages. The person is locked, so that a form sent twice at once is taken one after the
    other: the second is answered as the first was, which admin's log remembers.
    """

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        @in_transaction
        def answer():
            if request.method != "POST":
                return view(request, object_id, form_url, extra_context)
            get_messages(request)._queued_messages.clear()
            get_user_model().objects.select_for_update(no_key=True).get(pk=request.user.pk)
            if (saved := self._saved_before(request, object_id)) is None:
                return view(request, object_id, form_url, extra_context)
            respond = self.response_change if object_id else self.response_add
            return respond(request, saved)

        view = super().changeform_view
        try:
            return answer()
        except IntegrityError:
            return answer()

    def log_addition(self, request, obj, message):
        return super().log_addition(request, obj, _with_mark(request, message))

    def log_change(self, request, obj, message):
        return super().log_change(request, obj, _with_mark(request, message))

    def _saved_before(self, request, object_id):
        """What this very form has saved, or None. Of a row that was changed since, that is over."""
        lines = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(self.model, for_concrete_model=False)
        )
        if object_id:
            latest = lines.filter(object_id=unquote(object_id)).order_by("-pk").first()
        else:
            added = lines.filter(user=request.user, action_flag=ADDITION)
            latest = added.filter(change_message__contains=_mark(request)).order_by("-pk").first()
        if latest is None or _mark(request) not in latest.change_message:
            return None
        return self.get_object(request, latest.object_id)


def _mark(request):
    """Of a form as it was sent: the token in it is another on each page that is shown."""
    sent = json.dumps(sorted(request.POST.lists()))
    return hashlib.sha256(sent.encode()).hexdigest()


def _with_mark(request, message):
    """What is logged, with the mark, which is not shown."""
    if not isinstance(message, list) or request.method != "POST":
        return message
    return [*message, {"form": _mark(request)}]
