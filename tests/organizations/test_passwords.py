"""Forgotten and changed passwords, and changed addresses."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organizations import services
from organizations.models import User
from tests.factories import NOW, PASSWORD, make_user
from tests.organizations.conftest import text_of
from tests.pages import read

NEW = "another road, to Shiraz"


def ask_for_link(client, email, **extra):
    return client.post(reverse("account_reset_password"), {"email": email}, **extra)


def change_address(client, email):
    """Ask for another address, and type the password when asked."""
    url = reverse("account_email")
    asked = client.post(url, {"email": email, "action_add": "1"})
    return client.post(asked.url, {"password": PASSWORD})


def is_dead(response):
    """Whether a link led to no field for a password, but to where another link is mailed."""
    page = read(response)
    another = page.all(f"a[href={reverse('account_reset_password')}]")
    return bool(another) and not page.all("input[name=password1]")


def choose(client, link, password=NEW):
    """Open the link of the mail and choose a password, as a browser does."""
    opened = client.get(link)
    if opened.status_code != 302:
        return opened
    return client.post(opened.url, {"password1": password, "password2": password})


def test_a_forgotten_password_is_replaced_by_the_link_of_a_mail(requester, mail, sign_in):
    ask_for_link(Client(), " SARA@pars.example")
    response = choose(Client(), mail.link())

    assert mail.all[0].recipient == "sara@pars.example"
    assert response.url == reverse("account_reset_password_from_key_done")
    assert User.objects.get(pk=requester.pk).check_password(NEW)


def test_the_answer_is_the_same_for_known_and_unknown_addresses(requester, colleague, admin):
    services.deactivate(colleague, actor=admin, now=NOW)
    answers = []
    for email in ("sara@pars.example", "nobody@pars.example", "nima@pars.example"):
        client = Client()
        response = ask_for_link(client, email)
        answers.append((response.status_code, response.url, text_of(client.get(response.url))))

    assert answers[0] == answers[1] == answers[2]


def test_the_link_goes_only_to_the_address_one_signs_in_with(requester, mail):
    EmailAddress.objects.create(user=requester, email="typo@pars.example", verified=False)

    ask_for_link(Client(), "typo@pars.example")

    assert "sara@pars.example" not in {each.recipient for each in mail.all}
    assert all("/password/reset/key/" not in each.body for each in mail.all)


def test_a_link_works_once(requester, mail):
    ask_for_link(Client(), "sara@pars.example")
    link = mail.link()
    choose(Client(), link)

    again = choose(Client(), link, "yet another road")

    assert again.status_code == 200
    assert is_dead(again)
    assert User.objects.get(pk=requester.pk).check_password(NEW)


def test_a_link_dies_after_its_time(requester, mail):
    ask_for_link(Client(), "sara@pars.example")
    late = timezone.now() + timedelta(days=1, seconds=settings.PASSWORD_RESET_TIMEOUT)

    with time_machine.travel(late):
        response = choose(Client(), mail.link())

    assert is_dead(response)


def test_a_link_dies_when_the_password_or_the_address_changes(requester, admin, mail):
    ask_for_link(Client(), "sara@pars.example")
    link = mail.link()
    services.change_person(requester, actor=admin, now=NOW, email="sara2@pars.example")

    assert is_dead(choose(Client(), link))


@pytest.mark.parametrize(
    "change", [str.upper, lambda key: "", lambda key: "-", lambda key: key[:-1]]
)
def test_a_changed_or_empty_token_never_matches(requester, mail, change):
    ask_for_link(Client(), "sara@pars.example")
    head, _slash, key = mail.link().rstrip("/").rpartition("/")
    uid, _dash, token = key.partition("-")

    response = Client().get(f"{head}/{uid}-{change(token)}/")

    assert response.status_code in {200, 404}
    assert response.status_code == 404 or is_dead(response)


def test_a_link_is_bound_to_one_account(requester, colleague, mail):
    ask_for_link(Client(), "sara@pars.example")
    head, _slash, key = mail.link().rstrip("/").rpartition("/")
    token = key.partition("-")[2]
    from allauth.account.utils import user_pk_to_url_str

    response = Client().get(f"{head}/{user_pk_to_url_str(colleague)}-{token}/")

    assert is_dead(response)


@pytest.mark.parametrize(
    "forged",
    [
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_FORWARDED": "host=evil.example"},
        {"HTTP_HOST": "localhost"},
    ],
)
def test_a_forged_host_is_in_no_mail_page_or_redirect(db, mail, forged):
    make_user("sara@pars.example")
    client = Client()
    response = ask_for_link(client, "sara@pars.example", **forged)
    ask_for_link(client, "nobody@pars.example", **forged)
    client.post(
        reverse("account_signup"),
        {
            "name": "Z",
            "email": "z@new.example",
            "password1": PASSWORD,
            "organization_name": "Z",
            "organization_key": "zed",
        },
        **forged,
    )
    make_user("new@pars.example", verified=False)
    client.post(
        reverse("account_login"), {"login": "new@pars.example", "password": PASSWORD}, **forged
    )

    texts = [each.subject + each.body for each in mail.all if each.body]
    assert len(texts) == 3
    assert all("evil.example" not in text and "localhost" not in text for text in texts)
    assert all("http://testserver/" in text for text in texts)
    assert response.url.startswith("/")


def test_a_host_that_is_not_ours_is_refused(db):
    response = Client().get(reverse("account_login"), HTTP_HOST="evil.example")

    assert response.status_code == 400
    assert b"evil.example" not in response.content


def test_asking_for_links_is_limited_for_an_address(requester, mail):
    answers = [ask_for_link(Client(), "sara@pars.example") for _often in range(7)]

    assert answers[-1].status_code in {200, 429}
    assert len([each for each in mail.all if each.recipient == "sara@pars.example"]) <= 5


def test_choosing_a_password_by_a_link_proves_the_address(db, mail):
    user = make_user("new@pars.example", verified=False)
    ask_for_link(Client(), "new@pars.example")

    choose(Client(), mail.link())

    assert EmailAddress.objects.get(user=user).verified


@pytest.mark.parametrize(
    ("first", "second"), [("short", "short"), (NEW, NEW + "x"), ("1234567890", "1234567890")]
)
def test_a_bad_new_password_is_explained_and_the_link_still_works(requester, mail, first, second):
    ask_for_link(Client(), "sara@pars.example")
    client = Client()
    page = client.get(mail.link())

    refused = client.post(page.url, {"password1": first, "password2": second})
    accepted = client.post(page.url, {"password1": NEW, "password2": NEW})

    assert read(refused).errors()
    assert accepted.status_code == 302


def test_changing_the_password_asks_for_the_old_one_on_the_server(requester, client_of):
    client = client_of(requester)
    url = reverse("account_change_password")

    refused = client.post(url, {"oldpassword": "guess", "password1": NEW, "password2": NEW})
    accepted = client.post(url, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert read(refused).errors()["oldpassword"]
    assert accepted.url == reverse("profile")


def test_a_new_password_ends_every_other_session_and_keeps_this_one(requester, sign_in):
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, "sara@pars.example")
    key = here.session.session_key

    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )

    assert here.get(reverse("account_email")).status_code == 200
    assert here.session.session_key != key
    assert there.get(reverse("account_email")).status_code == 302


def test_a_changed_address_counts_from_its_confirmation(requester, sign_in, mail):
    client = Client()
    sign_in(client, "sara@pars.example")

    change_address(client, "Sara.New@PARS.example")
    before = User.objects.get(pk=requester.pk).email
    link = mail.link()
    client.post(link)

    assert before == "sara@pars.example"
    assert User.objects.get(pk=requester.pk).email == "sara.new@pars.example"
    assert EmailAddress.objects.get(user=requester).verified


def test_an_address_that_waits_for_its_link_is_not_called_ones_own(requester, client_of, mail):
    client, form = client_of(requester), {"email": "Sara.New@pars.example", "action_add": "1"}
    client.post("/language/", {"language": "en"})
    change_address(client, form["email"])
    sent = len(mail.all)

    again = client.post(reverse("account_email"), form)

    assert "A link has already been sent" in read(again).errors()["email"]
    assert len(mail.all) == sent
    own = client.post(reverse("account_email"), form | {"email": requester.email})
    assert "already your address" in read(own).errors()["email"]


def test_changing_the_address_asks_for_the_password_when_signing_in_is_long_ago(
    requester, client_of
):
    client = client_of(requester)

    response = client.post(reverse("account_email"), {"email": "x@pars.example", "action_add": "1"})

    assert response.url.startswith(reverse("account_reauthenticate"))
    assert not EmailAddress.objects.filter(email="x@pars.example").exists()


def test_the_address_of_another_can_neither_be_taken_over_nor_found_out(
    requester, outsider, sign_in, mail
):
    client = Client()
    sign_in(client, "sara@pars.example")

    taken = change_address(client, "reza@arya.example")
    free = change_address(client, "free@arya.example")
    for each in mail.all:
        if each.recipient == "reza@arya.example":
            link = each.body.partition("http://testserver")[2].split()[0]
            Client().post(link)

    assert (taken.status_code, taken.url) == (free.status_code, free.url)
    assert User.objects.get(pk=requester.pk).email == "sara@pars.example"
    assert User.objects.get(pk=outsider.pk).email == "reza@arya.example"


def test_an_address_that_somebody_signed_up_with_meanwhile_is_not_taken_over(
    requester, sign_in, mail
):
    client = Client()
    sign_in(client, "sara@pars.example")
    change_address(client, "both@pars.example")
    link = mail.link()
    make_user("both@pars.example", verified=False)

    response = client.post(link)

    assert response.status_code in {200, 302}
    assert User.objects.get(pk=requester.pk).email == "sara@pars.example"


@pytest.mark.django_db(transaction=True)
def test_one_link_that_is_sent_six_times_at_once_chooses_one_password(requester, mail):
    ask_for_link(Client(), "sara@pars.example")
    link = mail.link()
    clients = [Client() for _each in range(6)]
    forms = [client.get(link).url for client in clients]
    barrier = threading.Barrier(6)

    def send(number):
        password = f"a long new password {number}"
        barrier.wait(20)
        try:
            return (
                clients[number]
                .post(forms[number], {"password1": password, "password2": password})
                .status_code
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))

    assert sorted(answers) == [200, 200, 200, 200, 200, 302]
    chosen = answers.index(302)
    person = User.objects.get(pk=requester.pk)
    assert person.check_password(f"a long new password {chosen}")
