"""The second factor of staff: required, set up before anything else, asked for at signing in."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD
from tests.pages import read
from tests.presses import answers_between

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture(autouse=True)
def _required(settings):
    settings.STAFF_SECOND_FACTOR = "required"


@pytest.fixture(autouse=True)
def _one_period_of_codes():
    """Keep the clock still: a code is valid for 30 seconds, and a slow test outlives it."""
    with time_machine.travel(time.time(), tick=False):
        yield


def code_for(secret, at=None):
    """What an authenticator app shows."""
    counter = int((at or time.time()) // 30)
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def prove(client, response):
    """Type the password where it is asked for again."""
    assert response.url.startswith(reverse("account_reauthenticate"))
    return client.post(response.url, {"password": PASSWORD})


def secret_on(page):
    return read(page).one("main details code").text


def set_up(client):
    """Set up an authenticator app from the page; gives its secret."""
    url = reverse("mfa_activate_totp")
    prove(client, client.get(url))
    secret = secret_on(client.get(url))
    response = client.post(url, {"code": code_for(secret)})
    assert response.status_code == 302
    return secret


@pytest.fixture
def secret(agent):
    """The secret of an agent who has set up an app."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(agent, secret)
    return secret


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/profile/",
        "/queue/",
        "/tickets/",
        "/admin/",
        "/admin/login/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/sessions/",
        "/accounts/2fa/",
    ],
)
def test_staff_without_a_second_factor_are_led_to_set_it_up_and_see_nothing_else(
    agent, admin, client_of, path
):
    for person in (agent, admin):
        response = client_of(person).get(path)

        if response.status_code == 404:  # a page that is not there shows nothing either
            continue
        assert response.status_code == 302
        assert response.url == reverse("mfa_activate_totp")


def test_nothing_is_posted_either(agent, client_of):
    response = client_of(agent).post("/profile/", {"name": "Other", "language": "en"})

    assert response.url == reverse("mfa_activate_totp")


def test_they_may_sign_out_and_choose_the_language(agent, client_of):
    client = client_of(agent)

    assert client.post(reverse("language"), {"language": "en"}).url == "/"
    client.post(reverse("account_logout"))

    assert "_auth_user_id" not in client.session


def test_customers_need_none(requester, client_of):
    assert client_of(requester).get(reverse("account_email")).status_code == 200


def test_where_it_is_optional_staff_go_on_without(agent, client_of, settings):
    settings.STAFF_SECOND_FACTOR = "optional"

    assert client_of(agent).get(reverse("account_email")).status_code == 200


def test_setting_it_up_takes_the_password_and_a_code_of_the_app(agent, client_of):
    client = client_of(agent)
    url = reverse("mfa_activate_totp")

    prove(client, client.get(url))
    page = client.get(url)
    refused = client.post(url, {"code": "000000"})
    still = client.get("/profile/")
    accepted = client.post(url, {"code": code_for(secret_on(page))})

    assert page.status_code == 200
    assert read(refused).errors()["code"]
    assert still.url == url
    assert accepted.url == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("account_email")).status_code == 200


def test_a_person_with_a_second_factor_is_not_in_before_the_code(agent, secret, sign_in):
    client = Client()

    response = sign_in(client, "agent@helpdesk.example")
    between = client.get("/profile/")
    done = client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})

    assert response.url == reverse("mfa_authenticate")
    assert between.url.startswith(reverse("account_login"))
    assert done.status_code == 302
    assert client.get(reverse("account_email")).status_code == 200


@pytest.mark.parametrize(
    "writing",
    [
        lambda code: code.translate(PERSIAN),
        lambda code: code.translate(ARABIC),
        lambda code: f" {code[:3]} {code[3:]} ",
        lambda code: f"\u200f{code}\u200f",
    ],
)
def test_the_code_may_be_written_with_any_digits_and_with_spaces(agent, secret, sign_in, writing):
    client = Client()
    sign_in(client, "agent@helpdesk.example")

    response = client.post(reverse("mfa_authenticate"), {"code": writing(code_for(secret))})

    assert response.status_code == 302


@pytest.mark.parametrize("code", ["", "000000", "abc", "٫٫٫٫٫٫", "\x00", "9" * 5_000, "½⅓²"])
def test_a_wrong_code_is_explained_and_lets_nobody_in(agent, secret, sign_in, code):
    client = Client()
    sign_in(client, "agent@helpdesk.example")

    response = client.post(reverse("mfa_authenticate"), {"code": code})

    assert response.status_code == 200
    assert read(response).errors()["code"]
    assert "_auth_user_id" not in client.session


def test_a_code_works_once(agent, secret, sign_in):
    code = code_for(secret)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, "agent@helpdesk.example")

    accepted = first.post(reverse("mfa_authenticate"), {"code": code})
    refused = second.post(reverse("mfa_authenticate"), {"code": code})

    assert accepted.status_code == 302
    assert refused.status_code == 200


def test_tries_of_codes_are_limited(agent, secret, sign_in):
    client = Client()
    sign_in(client, "agent@helpdesk.example")
    for number in range(10):
        client.post(reverse("mfa_authenticate"), {"code": f"{number:06}"})

    response = client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})

    assert response.status_code in {200, 429}
    assert "_auth_user_id" not in client.session


def test_a_recovery_code_lets_in_once(agent, client_of, sign_in):
    set_up(client_of(agent))
    codes = Authenticator.objects.get(user=agent, type="recovery_codes").wrap()
    code = codes.get_unused_codes()[0]
    answers = []
    for _often in range(2):
        client = Client()
        sign_in(client, "agent@helpdesk.example")
        answers.append(client.post(reverse("mfa_authenticate"), {"code": code}).status_code)

    assert answers == [302, 200]


def test_secrets_are_not_stored_as_they_are(agent, client_of):
    secret = set_up(client_of(agent))

    stored = " ".join(str(each.data) for each in Authenticator.objects.all())

    assert Authenticator.objects.count() == 2
    assert secret not in stored


def test_secrets_stay_readable_when_the_key_of_the_site_is_rotated(agent, secret, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "x" * 60

    assert Authenticator.objects.get(user=agent).wrap().validate_code(code_for(secret))


def test_turning_it_off_asks_for_the_password_and_leads_to_setting_it_up_again(agent, client_of):
    client = client_of(agent)
    set_up(client)
    other = client_of(agent)

    refused = other.post(reverse("mfa_deactivate_totp"))
    accepted = client.post(reverse("mfa_deactivate_totp"))

    assert refused.url.startswith(
        (reverse("account_reauthenticate"), reverse("mfa_reauthenticate"))
    )
    assert accepted.status_code == 302
    assert client.get("/profile/").url == reverse("mfa_activate_totp")


def posted_twice(client, url, form):
    """Of two presses at the same moment: where each of them leads, and in which order ever."""
    cookies = dict(client.cookies)

    def press():
        client.cookies.clear()
        client.cookies.update(cookies)
        return client.post(url, form)

    answers = answers_between(press, press)
    assert {each.status_code for each in answers} == {302}
    return {each.url for each in answers}


def test_an_app_that_is_set_up_by_two_presses_is_set_up_once(visitor, agent, sign_in):
    sign_in(visitor, agent.email)
    url = reverse("mfa_activate_totp")
    prove(visitor, visitor.get(url))
    form = {"code": code_for(secret_on(visitor.get(url)))}

    assert posted_twice(visitor, url, form) == {reverse("mfa_view_recovery_codes")}


def test_an_app_that_is_removed_by_two_presses_is_no_missing_page(
    visitor, agent, sign_in, settings
):
    settings.STAFF_SECOND_FACTOR = "optional"
    sign_in(visitor, agent.email)
    set_up(visitor)

    assert posted_twice(visitor, reverse("mfa_deactivate_totp"), {}) == {reverse("mfa_index")}
