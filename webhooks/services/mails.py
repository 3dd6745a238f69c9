"""The mail about an endpoint that gets nothing any more."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from notifications.mail_services import send_account_mail
from notifications.models import AccountMail
from ui.names import clean_name
from ui.wording import number
from webhooks.choices import Trouble


def send_disabled(endpoint, *, now):
    """Tell the keeper of an endpoint that it was disabled, and why; in the same transaction."""
    person = endpoint.keeper
    if person is None or not person.is_active or person.is_undeliverable:
        return
    with translation.override(person.language):
        text = render_to_string(
            "webhooks/disabled.txt",
            {
                "name": clean_name(person.name),
                "endpoint": endpoint.name,
                "days": number(settings.WEBHOOK_LOG_DAYS),
                "reason": Trouble(endpoint.trouble).label,
                "url": settings.SITE_URL + address_of("webhooks:endpoint", endpoint),
            },
        )
    subject, _empty, body = text.strip().partition("\n")
    mail = AccountMail(
        recipient=person.email,
        language=person.language,
        subject=subject[:200],
        body=body.strip(),
        created_at=now,
        next_try_at=now,
    )
    send_account_mail(mail)


def address_of(name, endpoint):
    """The address of a page of the endpoint, where those who keep it find it."""
    side = "provider_webhooks" if endpoint.is_of_provider else "organization_webhooks"
    return reverse(name, args=[endpoint.pk], current_app=side)
