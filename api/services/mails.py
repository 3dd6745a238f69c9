"""The e-mails about keys to those whose they are: that there is a new one, that one soon ends."""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from api.models import ApiKey
from organizations.models import User
from plans.transactions import in_transaction

WARNED_BEFORE = timedelta(days=7)
MADE, ENDING = "account/email/api_key_made", "account/email/api_key_ending"


def tell_of_new_key(key):
    """Mail whose key it is: who did not make it learns of it at once."""
    _tell(key, MADE)


def warn_of_ends(now=None):
    """Mail whose key ends within a week, once for each key. Returns how many keys."""
    now = now or timezone.now()
    keys = ApiKey.objects.to_warn_of(now, before=WARNED_BEFORE).values_list("pk", flat=True)
    return sum(_warn(key, now) for key in list(keys))


@in_transaction
def _warn(key, now):
    """The mark and the mails together; whether it was this run that did it."""
    held = ApiKey.objects.to_warn_of(now, before=WARNED_BEFORE).select_for_update(
        of=("self",), no_key=True, skip_locked=True
    )
    key = held.filter(pk=key).select_related("acts_as", "organization").first()
    if key is None:
        return False
    key.warned_at = now
    key.save(update_fields=["warned_at"])
    _tell(key, ENDING)
    return True


def _tell(key, template):
    pages = "organization_keys" if key.organization_id else "api_keys"
    context = {
        "api_key": key.name,
        "prefix": key.prefix,
        "organization": key.organization,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "keys_url": settings.SITE_URL + reverse(pages),
    }
    for person in _owners(key):
        with translation.override(person.language):
            get_adapter().send_mail(template, person.email, context)


def _owners(key):
    """Whose key it is: who signs in as whom it acts as, or the owners of the organization."""
    if key.organization_id:
        return User.objects.owners_of(key.organization).order_by("pk")
    return [key.acts_as]
