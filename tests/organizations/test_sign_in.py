"""Signing in by e-mail: whoever may, nobody else, and nothing that reveals who has an account."""

import time

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from organizations import services
from tests.factories import NOW, PASSWORD, make_user
from tests.organizations.conftest import text_of
from tests.pages import read


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "typed", ["sara@pars.example", "  SARA@Pars.Example ", "ｓａｒａ@pars.example"]
)
def test_a_person_signs_in_by_any_writing_of_their_address(visitor, requester, sign_in, typed):
    response = sign_in(visitor, typed)

    assert response.status_code == 302
    assert response.url == reverse("home")
    assert is_signed_in(visitor)


def test_an_international_domain_is_one_address_in_both_writings(visitor, db, sign_in):
    make_user("sara@xn--mgbug11a.example")

    sign_in(visitor, "Sara@پارس.example")

    assert is_signed_in(visitor)


def test_the_answer_is_the_same_for_a_wrong_password_and_an_unknown_address(
    visitor, requester, sign_in
):
    wrong = sign_in(visitor, "sara@pars.example", "not the password")
    unknown = sign_in(visitor, "nobody@pars.example", "not the password")

    assert wrong.status_code == unknown.status_code == 200
    assert read(wrong).texts(".form-errors") == read(unknown).texts(".form-errors") != []
    assert text_of(wrong).replace("sara@", "nobody@") == text_of(unknown)
    assert not is_signed_in(visitor)


def test_what_was_typed_stays_but_never_the_password(visitor, requester, sign_in):
    response = sign_in(visitor, "sara@pars.example", "not the password")

    assert b'value="sara@pars.example"' in response.content
    assert b"not the password" not in response.content


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "sara",
        "sara@",
        "@pars.example",
        "sara@pars.example\x00",
        "a" * 10_000 + "@b.example",
    ],
)
def test_what_is_no_address_gets_a_clear_error_at_the_field(visitor, db, sign_in, typed):
    response = sign_in(visitor, typed)

    assert response.status_code == 200
    assert read(response).errors()["login"]
    assert b'aria-invalid="true"' in response.content


@pytest.mark.parametrize(
    "password", ["x" * 100_000, "رمز\u200cعبور" * 2_000, "\U0001f600" * 5_000, "a\u0301" * 5_000]
)
def test_a_long_or_odd_password_is_answered_in_bounded_time(visitor, requester, sign_in, password):
    started = time.monotonic()

    response = sign_in(visitor, "sara@pars.example", password)

    assert response.status_code == 200
    assert time.monotonic() - started < 3


def test_an_odd_password_is_kept_exactly(visitor, db, sign_in):
    password = "گذرواژه‌ی من ☂ é\u0301 " + "x" * 5_000
    make_user("odd@pars.example", password=password)

    sign_in(visitor, "odd@pars.example", password)

    assert is_signed_in(visitor)


def test_an_unproven_address_sees_nothing_and_gets_a_mail(visitor, db, sign_in, mail):
    make_user("new@pars.example", verified=False)

    response = sign_in(visitor, "new@pars.example")

    assert response.url == reverse("account_email_verification_sent")
    assert not is_signed_in(visitor)
    assert mail.last.recipient == "new@pars.example"


def test_a_deactivated_person_learns_it_only_with_the_right_password(
    visitor, requester, colleague, admin, sign_in
):
    services.deactivate(colleague, actor=admin, now=NOW)

    wrong = sign_in(visitor, "nima@pars.example", "not the password")
    right = sign_in(visitor, "nima@pars.example")

    assert wrong.status_code == 200
    assert right.url == reverse("account_inactive")
    assert not is_signed_in(visitor)


def test_who_is_deactivated_is_out_at_the_next_request(requester, colleague, admin, client_of):
    client = client_of(colleague)
    assert client.get(reverse("account_email")).status_code == 200

    services.deactivate(colleague, actor=admin, now=NOW)

    response = client.get(reverse("account_email"))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_signing_in_gives_the_session_a_new_name(visitor, requester, sign_in):
    session = visitor.session
    session["before"] = 1
    session.save()
    before = session.session_key
    visitor.cookies["sessionid"] = before

    sign_in(visitor, "sara@pars.example")

    assert visitor.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_session_ends_with_the_browser_unless_asked_to_stay(requester, sign_in):
    for remember, lasts in ((None, False), ("on", True)):
        client = Client()
        data = {"login": "sara@pars.example", "password": PASSWORD}
        client.post(reverse("account_login"), data | ({"remember": remember} if remember else {}))
        assert bool(client.cookies["sessionid"]["max-age"]) is lasts


def test_signing_out_takes_a_post(requester, sign_in, visitor):
    sign_in(visitor, "sara@pars.example")

    page = visitor.get(reverse("account_logout"))
    still = is_signed_in(visitor)
    gone = visitor.post(reverse("account_logout"))
    # Drafts of a shared machine go too.
    assert gone.headers["Clear-Site-Data"] == '"storage"'

    assert page.status_code == 200
    assert still
    assert not is_signed_in(visitor)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "https://testserver@evil.example/",
        "/\t/evil.example",
        "ht\ntps://evil.example/",
        "\x00//evil.example",
    ],
)
def test_signing_in_never_leads_off_the_site(visitor, requester, target):
    response = visitor.post(
        reverse("account_login"),
        {"login": "sara@pars.example", "password": PASSWORD, "next": target},
    )

    assert response.status_code == 302
    assert response.url == reverse("home")


@pytest.mark.parametrize("target", ["http://[", "//[::1", "https://[x]/", "http://]"])
@pytest.mark.parametrize(
    "name", ["account_login", "account_logout", "account_signup", "account_reset_password"]
)
def test_a_target_that_is_no_address_is_no_fault(visitor, requester, client_of, name, target):
    address = reverse(name, query={"next": target})

    for client in (visitor, client_of(requester)):
        answers = [client.get(address), client.post(address, {"next": target})]
        assert {each.status_code for each in answers} <= {200, 302, 405, 422}
        assert not any("[" in each.get("Location", "") for each in answers)


def test_signing_in_leads_to_where_one_wanted_to_go(visitor, requester):
    response = visitor.post(
        reverse("account_login") + "?next=/profile/",
        {"login": "sara@pars.example", "password": PASSWORD},
    )

    assert response.url == "/profile/"


def test_the_limit_of_one_account_is_not_that_of_another(visitor, requester, colleague, sign_in):
    for number in range(6):
        sign_in(visitor, "sara@pars.example", "wrong", REMOTE_ADDR=f"10.0.0.{number}")

    sign_in(visitor, "nima@pars.example", REMOTE_ADDR="10.0.1.1")

    assert is_signed_in(visitor)


def test_a_client_address_is_limited_whatever_it_claims_to_forward_for(visitor, db, sign_in):
    answers = [
        sign_in(
            visitor, f"person{number}@pars.example", "wrong", HTTP_X_FORWARDED_FOR=f"1.2.3.{number}"
        )
        for number in range(25)
    ]

    first, last = read(answers[0]).one(".form-errors"), read(answers[-1]).one(".form-errors")
    assert "تعداد تلاش‌ها" not in first.text
    assert "تعداد تلاش‌ها" in last.text


def test_more_requests_than_anybody_makes_get_a_page_that_says_so(visitor, db, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "3/m/ip"}

    answers = [
        visitor.post(reverse("account_login"), {"login": "a@b.example", "password": "x"})
        for _often in range(4)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


def test_the_sign_in_form_is_refused_without_its_token(db):
    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("account_login"), {"login": "a@b.example", "password": "x"})

    assert response.status_code == 403


def test_only_the_proven_address_of_a_person_signs_them_in(visitor, requester, sign_in):
    EmailAddress.objects.create(user=requester, email="typo@pars.example", verified=False)

    sign_in(visitor, "typo@pars.example")

    assert not is_signed_in(visitor)


def test_no_page_of_accounts_is_kept_by_caches_or_loads_from_elsewhere(visitor):
    response = visitor.get(reverse("account_login"))

    assert "no-store" in response["Cache-Control"]
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert b" style=" not in response.content
    assert b"<script>" not in response.content
