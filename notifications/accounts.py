"""How accounts speak: allauth's mails go through the outbox like everything else."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    pass
