"""How accounts speak: allauth's mails go through the outbox like everything else."""

from organizations import accounts


class AccountAdapter(accounts.AccountAdapter):
    pass
