"""Accounts by hand: signing up, confirming, signing in, the profile; with and without script.

How their pages look to everybody is tested with all others, in test_pages.py.
"""

import re

import pytest
from django.urls import reverse

from notifications.models import AccountMail
from organizations.models import Membership
from tests.browser.variations import first_of
from tests.factories import PASSWORD


def sign_in(page, live_server, email):
    page.goto(live_server.url + reverse("account_login"))
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def link_of_last_mail():
    body = AccountMail.objects.order_by("pk").last().body
    return re.search(r"http://testserver(/accounts/confirm-email/\S+)", body)[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("script", first_of(True, False), ids=["with script", "without script"])
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
