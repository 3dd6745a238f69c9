"""What tests of accounts share: the way in, and the mail that was written."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import AccountMail
from tests.factories import PASSWORD


def text_of(response):
    """What a person gets, without the tokens and the moment that differ in each answer."""
    differs = r'name="csrfmiddlewaretoken" value="\w+"|data-now="[^"]+"'
    return re.sub(differs, "", response.content.decode())


@pytest.fixture
def visitor(db):
    """The browser of nobody in particular."""
    return Client()


@pytest.fixture
def sign_in():
    """Sign in by the form, as a person does."""

    def post(client, email, password=PASSWORD, **extra):
        return client.post(
            reverse("account_login"), {"login": email, "password": password}, **extra
        )

    return post


@pytest.fixture
def mail():
    """The account mails in the order in which they were written."""

    class Mail:
        @property
        def all(self):
            return list(AccountMail.objects.order_by("pk"))

        @property
        def last(self):
            return self.all[-1]

        def link(self):
            """The path of the first link of the last mail that is no page of everybody's."""
            links = re.findall(r"http://testserver(/\S+)", self.last.body)
            return next(link for link in links if "key" in link or "confirm" in link)

    return Mail()
