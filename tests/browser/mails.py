"""One mail of every kind, for pictures: of each notice for both sides, and of accounts."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import time_machine
from django.conf import settings

from notifications import letters, unsubscribing
from notifications.accounts import AccountAdapter
from notifications.channels.email import rendering
from notifications.models import AccountMail, Notification
from notifications.notices import NOTICES
from notifications.topics import topic_of
from plans.models import Calendar
from tests.factories import NOW, make_pending_file
from tickets import services
from tickets.models import Event

SOON = NOW + timedelta(minutes=20)
ANSWER = {
    "fa": """سلام، علت پیدا شد: گواهی **TLS** سرور `web-2` دیشب تمام شده بود.

1. گواهی تازه نصب شد
2. سرویس با `systemctl reload nginx` بارگذاری شد

```
$ curl -I https://panel.pars.example/
HTTP/2 200
```

> از صبح پنل باز نمی‌شود.

لطفاً بررسی کنید و نتیجه را بگویید: https://panel.pars.example/status""",
    "en": """Hello, we found the cause: the **TLS** certificate of `web-2` had expired last night.

1. A new certificate is installed
2. The service was reloaded with `systemctl reload nginx`

```
$ curl -I https://panel.pars.example/
HTTP/2 200
```

> The panel does not open since this morning.

Please check it and tell us: https://panel.pars.example/status""",
}


def mails_of(ticket, agent, reader, language):
    """{name: letter} of every notice, as `reader` gets it."""
    reader.language = language
    reader.save()
    files = [make_pending_file(agent, name=name) for name in ("گزارش تیر.txt", "nginx.log")]
    answer = services.NewMessage(ANSWER[language], files=tuple(files))
    services.reply_as_agent(ticket, actor=agent, content=answer, now=SOON)
    message = ticket.messages.order_by("-pk").first()
    ticket.refresh_from_db()
    return {
        kind: rendering.letter(_news(kind, ticket, agent, reader, message))
        for kind, notice in NOTICES.items()
        if not notice.is_silent
    }


def _news(kind, ticket, agent, reader, message):
    has_message = kind in {"agent_replied", "customer_replied", "resolved", "opened"}
    changes = {"status": ["in_progress", ticket.status], "priority": ["normal", "high"]}
    event = Event(
        ticket=ticket,
        kind=kind,
        actor=agent,
        created_at=SOON,
        changes=changes,
        message=message if has_message else None,
    )
    row = Notification(
        pk=1, event=event, ticket=ticket, recipient=reader, channel="email", created_at=SOON
    )
    with time_machine.travel(SOON, tick=False):  # a token holds the second in which it was made
        news = letters.of_notification(row, now=SOON)
        expected = unsubscribing.url_for(reader, topic_of(event, reader), "email")
    assert news.unsubscribe_url == expected
    return news


def account_mails(person, leaver, tickets, language):
    """{name: letter} of every mail of no ticket."""
    person.language = language
    person.save()
    AccountMail.objects.all().delete()
    for template in sorted(Path(settings.BASE_DIR).glob("templates/*/email/*_message.txt")):
        name = template.name.removesuffix("_message.txt")
        if name.startswith("base"):
            continue
        prefix = f"{template.parent.parent.name}/email/{name}"
        AccountAdapter().send_mail(prefix, person.email, _context(person))
    mails = dict(zip(_names(), AccountMail.objects.order_by("pk"), strict=True))
    calendar = Calendar.objects.first()
    proposal = SimpleNamespace(calendar=calendar, year=1406)
    mails["departure"] = letters.departure(person, leaver, tickets[0].organization, tickets)
    mails["calendar_warning"] = letters.calendar_warning(calendar, person)
    mails["holiday_proposal"] = letters.holiday_proposal(proposal, person)
    return {name: rendering.letter(_of(mail)) for name, mail in mails.items()}


def _of(mail):
    mail.pk = mail.pk or 1
    return letters.of_account_mail(mail)


def _names():
    found = sorted(Path(settings.BASE_DIR).glob("templates/*/email/*_message.txt"))
    names = [each.name.removesuffix("_message.txt") for each in found]
    return [name for name in names if not name.startswith("base")]


def _context(person):
    site = settings.SITE_URL
    return {
        "user": person,
        "activate_url": f"{site}/accounts/confirm-email/MTI:1tABCD:abcdefghijklmnop/",
        "reset_url": f"{site}/accounts/password/reset/",
        "password_reset_url": f"{site}/accounts/password/reset/key/1-cabcde-0123456789abcdef/",
        "signup_url": f"{site}/accounts/signup/",
        "invitation_url": f"{site}/invitations/abcdefghijklmnopqrstuvwxyz/",
        "inviter": person.name,
        "organization": "Pars Cloud",
        "role": "member",
        "days": 7,
        "from_email": "old@pars.example",
        "to_email": "new@pars.example",
        "deleted_email": "old@pars.example",
        "timestamp": SOON,
        "ip": "192.0.2.7",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
        "api_key": "Zabbix",
        "prefix": "hdk_0123456789",
        "created_at": SOON,
        "expires_at": SOON,
        "keys_url": f"{site}/profile/keys/",
    }
