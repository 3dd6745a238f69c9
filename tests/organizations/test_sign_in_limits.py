"""Guessing passwords: slowed down for who guesses, and not for who knows the password."""

from html import unescape

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from organizations.accounts import AccountAdapter
from organizations.devices import COOKIE
from tests.factories import PASSWORD

WRITINGS = ["sara@pars.example", "SARA@pars.example", " sara@PARS.example", "ｓａｒａ@pars.example"]


def is_signed_in(client):
    return "_auth_user_id" in client.session


def is_refused(response):
    sentence = str(AccountAdapter.error_messages["too_many_login_attempts"])
    return sentence in unescape(response.content.decode())


@pytest.fixture
def guess(sign_in):
    """Try wrong passwords for Sara from one client, in every writing of her address."""

    def tries(number, ip="10.0.0.9", client=None):
        for each in range(number):
            address = WRITINGS[each % len(WRITINGS)]
            response = sign_in(client or Client(), address, "wrong", REMOTE_ADDR=ip)
        return response

    return tries


@pytest.fixture
def own_device(requester, sign_in, settings):
    """The browser on which Sara signed in before."""
    client = Client()
    sign_in(client, "sara@pars.example", REMOTE_ADDR="10.0.0.1")
    del client.cookies[settings.SESSION_COOKIE_NAME]
    return client


@pytest.fixture
def table_cache(db, settings):
    """The cache of a deployment; tests otherwise have one in memory."""
    settings.CACHES = {
        "default": {
            "BACKEND": "helpdesk.counters.CounterCache",
            "LOCATION": "counters_of_a_test",
            "OPTIONS": {"MAX_ENTRIES": 100},
        }
    }
    call_command("createcachetable", verbosity=0)
    return caches["default"]


def test_tries_of_one_client_are_limited_however_the_address_is_written(visitor, requester, guess):
    guess(5)

    assert is_refused(guess(1))


def test_five_wrong_tries_of_a_stranger_do_not_lock_the_owner_out_elsewhere(
    visitor, requester, guess, sign_in
):
    guess(6)

    sign_in(visitor, "sara@pars.example", REMOTE_ADDR="10.0.0.1")

    assert is_signed_in(visitor)


def test_wrong_tries_do_not_lock_the_owner_out_of_a_device_they_used_before(
    own_device, guess, sign_in
):
    guess(25, ip="10.0.0.1")
    for number in range(40):
        guess(1, ip=f"10.0.1.{number}")

    sign_in(own_device, "sara@pars.example", REMOTE_ADDR="10.0.0.1")

    assert is_signed_in(own_device)


def test_guesses_of_many_clients_for_one_address_are_slowed_down(visitor, requester, guess):
    for number in range(30):
        guess(1, ip=f"10.0.1.{number}")

    assert is_refused(guess(1, ip="10.0.2.1"))


def test_a_known_device_is_limited_too(own_device, guess):
    guess(10, client=own_device)

    assert is_refused(guess(1, client=own_device))


def test_a_device_is_known_for_its_own_people_only(own_device, colleague, sign_in):
    for _each in range(5):
        sign_in(Client(), "nima@pars.example", "wrong", REMOTE_ADDR="10.0.0.1")

    response = sign_in(own_device, "nima@pars.example", REMOTE_ADDR="10.0.0.1")

    assert is_refused(response)


@pytest.mark.parametrize("what", ["forged", "of an older password"])
def test_a_cookie_that_proves_nothing_makes_no_device_known(
    what, own_device, requester, guess, sign_in
):
    if what == "forged":
        own_device.cookies[COOKIE] = own_device.cookies[COOKIE].value[:-3] + "abc"
    else:
        requester.set_password("another long password")
        requester.save()
    guess(5, ip="10.0.0.1")

    response = sign_in(own_device, "sara@pars.example", PASSWORD, REMOTE_ADDR="10.0.0.1")

    assert is_refused(response)


def test_the_cookie_of_a_device_is_for_the_server_alone(own_device):
    cookie = own_device.cookies[COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "sara" not in cookie.value


def test_a_right_password_takes_its_try_back(requester, sign_in):
    for _each in range(12):
        client = Client()
        sign_in(client, "sara@pars.example", REMOTE_ADDR="10.0.0.1")

        assert is_signed_in(client)


@pytest.mark.full
def test_hundreds_of_wrong_tries_do_not_wash_the_counters_of_others_away(
    table_cache, requester, guess, sign_in
):
    guess(5)
    for number in range(160):
        sign_in(
            Client(), f"x{number}@pars.example", "wrong", REMOTE_ADDR=f"10.1.{number // 9}.{number}"
        )

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM counters_of_a_test")
        assert cursor.fetchone()[0] > 300
    assert is_refused(guess(1))


def test_expired_counters_are_deleted(table_cache):
    for number in range(150):
        table_cache.set(f"old-{number}", 1, timeout=-1)

    table_cache.set("new", 1, timeout=600)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM counters_of_a_test")
        assert cursor.fetchone()[0] < 110
    assert table_cache.get("new") == 1


def test_a_try_that_cannot_be_counted_is_refused(table_cache, requester, visitor, sign_in):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE counters_of_a_test")
        cursor.execute(
            "CREATE VIEW counters_of_a_test AS SELECT ''::varchar AS cache_key, ''::text AS value,"
            " now() AS expires WHERE false"
        )

    response = sign_in(visitor, "sara@pars.example")

    assert response.status_code == 429
    assert not is_signed_in(visitor)


@pytest.mark.usefixtures("table_cache")
def test_who_signs_in_while_the_database_is_read_only_read_of_too_many_tries(client, requester):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite tells of it in another way")
    client.raise_request_exception = False
    sent = {"login": requester.email, "password": "anything"}

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        response = client.post("/accounts/login/", sent)
        transaction.set_rollback(True)

    assert response.status_code == 503
