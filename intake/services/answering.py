"""The two mails that are written by themselves: to strangers, and about files that were refused."""

from datetime import timedelta

from django.conf import settings
from django.utils import translation

from intake.models import ReceivedMail
from notifications.letters import render_plain
from notifications.mail_services import send_account_mail
from notifications.models import AccountMail
from organizations.models import User

# More strangers than this in an hour are no people who have lost their way.
MOST_ANSWERS_PER_HOUR = 60
MOST_REFUSED_NAMED = 50
_NOBODY = ("no-reply@", "noreply@", "donotreply@", "do-not-reply@", "postmaster@", "mailer-daemon@")


def answer_stranger(mail, *, now):
    """Tell the sender, once a day, where to write; nothing that they wrote is quoted."""
    if not mail.sender or mail.sender.startswith(_NOBODY):
        return
    if ReceivedMail.objects.refused_since(now - timedelta(hours=1)).count() > MOST_ANSWERS_PER_HOUR:
        return
    known = User.objects.filter(email=mail.sender).values_list("language", flat=True).first()
    language = known or settings.LANGUAGE_CODE
    _send("stranger", mail.sender, language, f"stranger {mail.sender} {now:%Y-%m-%d}", now=now)


def report_refused_files(row, sentences, *, now):
    """Tell the person which files of their mail were not taken, and why."""
    person = row.person
    context = {
        "number": row.ticket.number,
        "sentences": sentences[:MOST_REFUSED_NAMED],
        "url": settings.SITE_URL + row.ticket.get_absolute_url(),
    }
    key = f"refused-files {row.pk}"
    _send("refused_files", person.email, person.language, key, now=now, **context)


def _send(kind, address, language, once_key, *, now, **context):
    with translation.override(language):
        context["site_url"] = settings.SITE_URL
        text = render_plain(f"intake/{kind}.txt", context)
        subject, _newline, body = text.partition("\n")
        mail = AccountMail(
            recipient=address,
            language=language,
            subject=subject.strip()[:200],
            body=body.strip(),
            once_key=once_key[:200],
            created_at=now,
            next_try_at=now,
        )
    send_account_mail(mail)
