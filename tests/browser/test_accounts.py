"""Accounts by hand: signing up, confirming, signing in, the profile; with and without script."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from notifications.models import AccountMail
from organizations.models import Membership
from tests.factories import PASSWORD, make_agent, make_organization

GATE = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_email_verification_sent",
    "account_inactive",
]
OWN = [
    "profile",
    "account_email",
    "account_change_password",
    "mfa_index",
    "usersessions_list",
    "account_logout",
    "account_reauthenticate",
]


@pytest.fixture(params=["fa", "en"])
def language(request):
    return request.param


@pytest.fixture
def reader(page, live_server, language):
    """A page in one language, and what its console complained of."""
    page.context.add_cookies(
        [{"name": "django_language", "value": language, "url": live_server.url}]
    )
    page.complaints = []
    page.on(
        "console", lambda said: page.complaints.append(said.text) if said.type == "error" else 0
    )
    return page


def look(page, live_server, path):
    """Open a page: it fits a desk and a phone, and axe finds nothing on either."""
    page.goto(live_server.url + path)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        found = [(each["id"], each["help"]) for each in Axe().run(page).response["violations"]]
        assert found == [], (path, width)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)


def sign_in(page, live_server, email):
    page.goto(live_server.url + reverse("account_login"))
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def link_of_last_mail():
    body = AccountMail.objects.order_by("pk").last().body
    return re.search(r"http://testserver(/accounts/confirm-email/\S+)", body)[1]


@pytest.mark.django_db(transaction=True)
def test_the_gate_is_usable_by_everybody(reader, live_server, language):
    for name in GATE:
        look(reader, live_server, reverse(name))
        assert reader.locator("html").get_attribute("lang") == language
    assert reader.complaints == []


@pytest.mark.django_db(transaction=True)
def test_ones_own_pages_are_usable_by_everybody(reader, live_server, language):
    make_organization("Pars Cloud", key="pars")
    make_agent("agent@helpdesk.example", language=language)
    sign_in(reader, live_server, "agent@helpdesk.example")

    for name in OWN:
        look(reader, live_server, reverse(name))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_person_signs_up_confirms_and_changes_the_profile(browser, live_server, script):
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(live_server.url + reverse("account_signup"))
    for field, value in {
        "name": "زهرا موسوی",
        "email": "zahra@new.example",
        "password1": PASSWORD,
        "organization_name": "شرکت نو",
    }.items():
        page.fill(f"[name={field}]", value)
    page.click("main button[type=submit]")
    page.goto(live_server.url + link_of_last_mail())
    page.click("main button[type=submit]")
    sign_in(page, live_server, "zahra@new.example")
    page.goto(live_server.url + reverse("profile"))
    page.fill("[name=name]", "زهرا م.")
    page.select_option("select[name=language]", "en")
    page.click(".form-acts button[type=submit]")

    assert page.locator("html").get_attribute("dir") == "ltr"
    assert page.input_value("[name=name]") == "زهرا م."
    assert Membership.objects.get().organization.name == "شرکت نو"
    context.close()
