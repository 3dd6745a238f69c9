"""How accounts speak: allauth's mails go through the outbox like everything else."""

from types import SimpleNamespace
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language

from organizations import accounts
from organizations.emails import normal_email
from organizations.models import User

from . import mail_services
from .models import AccountMail
from .news import isolated

# What a mail repeats of what people, or their browsers, gave.
TYPED = {
    "email",
    "from_email",
    "to_email",
    "deleted_email",
    "inviter",
    "organization",
    "ip",
    "user_agent",
    "api_key",
}
# Mails to addresses that belong to nobody here: they are counted as sent, and are not.
TO_STRANGERS = {"account/email/unknown_account"}


class AccountAdapter(accounts.AccountAdapter):
    """Keeps each mail as a row, in the language of the account, with links to the one site."""

    def is_open_for_signup(self, request):
        return True

    def send_mail(self, template_prefix, email, context):
        """Keep the mail for sending. The same work is done for known and unknown addresses."""
        with translation.override(_language_of(email)):
            site_name = settings.SITE_NAME_FA if get_language() == "fa" else settings.SITE_NAME_EN
            site = SimpleNamespace(name=site_name, domain=urlsplit(settings.SITE_URL).netloc)
            known = {"email": isolated(email), "current_site": site, "site_name": site_name}
            message = self.render_mail(template_prefix, email, known | _on_site(context))
            mail = AccountMail(
                recipient=email,
                language=get_language(),
                subject=message.subject[:200],
                body=message.body,
            )
        mail_services.send_account_mail(mail, is_wanted=template_prefix not in TO_STRANGERS)


def _language_of(email):
    """The language of the account, else that of the page that the person is on."""
    language = User.objects.filter(email=normal_email(email)).values_list("language", flat=True)
    return language.first() or get_language()


def _on_site(context):
    """The context with every link made from SITE_URL: the request's Host may be forged.

    What people typed keeps its direction to itself.
    """
    links = {name: value for name, value in context.items() if name.endswith("_url") and value}
    typed = {name: isolated(str(context[name])) for name in TYPED if context.get(name)}
    return {**context, **{name: _link(value) for name, value in links.items()}, **typed}


def _link(url):
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{settings.SITE_URL}{parts.path}{query}"
