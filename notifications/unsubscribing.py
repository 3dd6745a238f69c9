"""Signed addresses at which a person stops messages of one topic by one channel, without signing in
(RFC 8058). Such an address allows nothing else.
"""

import re
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse

from organizations.models import User

from .notices import Topic

_SALT = "notifications.unsubscribe"
# Mails are kept and opened again after months.
KEPT = timedelta(days=365)


class Subscription(NamedTuple):
    """What a signed address is for."""

    person: User
    topic: Topic
    channel: str


def url_for(person, topic, channel):
    """The address for a person's topic by a channel (its name); "" without a topic."""
    if topic is None:
        return ""
    token = signing.dumps([person.pk, str(topic), channel], salt=_SALT)
    return settings.SITE_URL + reverse("unsubscribe", args=[token])


def read(token):
    """The Subscription of an address; None when it is forged, too old, or nobody's any more."""
    try:
        pk, topic, channel = signing.loads(token, salt=_SALT, max_age=KEPT)
        topic = Topic(topic)
    except (signing.BadSignature, ValueError):
        return None
    person = User.objects.active().filter(pk=pk).first()
    return Subscription(person, topic, channel) if person else None


def without_addresses(text):
    """The text with the secret part of each such address left out: others will read the text."""
    start = reverse("unsubscribe", args=["x"]).removesuffix("x/")
    return re.sub(rf"({re.escape(start)})[\w:.\-=%]+/?", r"\1", text)
