"""E-mail as a channel: on for everybody until they choose otherwise."""

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from notifications import bundles, letters
from notifications.channels import Channel
from organizations.emails import normal_email

from . import rendering, transport


class Email(Channel):
    name = "email"
    label = _("E-mail")
    is_on_by_default = True
    can_bundle = True

    def address_of(self, person):
        """The person's address while mail reaches it; of a customer only while it is verified."""
        if person.is_undeliverable:
            return ""
        if person.staff_role:
            return person.email
        verified = EmailAddress.objects.filter(user=person, verified=True)
        addresses = map(normal_email, verified.values_list("email", flat=True))
        return person.email if person.email in addresses else ""

    def is_undeliverable(self, person):
        return person.is_undeliverable

    def compose(self, notification, *, now):
        return rendering.letter(letters.of_notification(notification, now=now))

    def compose_many(self, notifications, *, now):
        return rendering.letter(bundles.of_many(notifications, now=now))

    def send(self, message, address):
        transport.send(message, address)


channel = Email()
