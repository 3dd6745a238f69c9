"""The bell as a channel: a row is delivered by being written. On until switched off."""

from django.utils.translation import gettext_lazy as _

from notifications.channels import BELL, Channel


class Bell(Channel):
    name = BELL
    label = _("Bell")
    is_on_by_default = True
    is_internal = True

    def address_of(self, person):
        """Nowhere outside of the site."""
        return ""

    def compose(self, notification, **kwargs):
        raise NotImplementedError("The bell's page words its rows itself")

    def send(self, message, address):
        raise NotImplementedError("A row of the bell is delivered when it is written")


channel = Bell()
