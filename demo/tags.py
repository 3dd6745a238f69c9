"""The tags of the demo, and the tickets that have them by the words of their titles."""

from datetime import timedelta

from tickets import services

WRITTEN_BEFORE = timedelta(days=120)
# Name, colour, and a word of the titles that it is put on.
TAGS = [
    ("فضای ابری", "teal", "باکت"),
    ("شبکه", "blue", "شبکه"),
    ("صورت‌حساب", "green", "صورت‌حساب"),
    ("امنیت", "red", "امنیت"),
    ("پیامک", "amber", "پیامک"),
    ("کندی", "purple", "کندی"),
    ("backup", "pink", "backup"),
    ("Kubernetes", "grey", "Kubernetes"),
]


def write(people, *, now):
    """Write the vocabulary, with one tag that is used no more. Gives the tags by the words."""
    supervisor, at = people["leila"], now - WRITTEN_BEFORE
    old = services.create_tag("نسخه‌ی قدیمی", colour="grey", actor=supervisor, now=at)
    services.retire_tag(old, actor=supervisor, now=at)
    return {
        word: services.create_tag(name, colour=colour, actor=supervisor, now=at)
        for name, colour, word in TAGS
    }


def put_on(ticket, tags, *, actor, now):
    """Put the tags on a new ticket whose words are in its title."""
    keys = [tag.pk for word, tag in tags.items() if word in ticket.title]
    return services.change_tags(ticket, actor=actor, add=keys, now=now) if keys else ticket
