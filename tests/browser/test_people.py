"""What people do with their organization and their own pages, with their hands."""

import re

import pytest
from django.urls import reverse

from notifications.models import AccountMail
from organizations.models import Membership, Role, User
from tests.browser.steps import sign_in
from tests.browser.variations import first_of
from tests.factories import PASSWORD, make_member

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "zahra@pars.example"


def link_of_last_mail():
    body = AccountMail.objects.latest("pk").body
    return re.search(r"(/invitations/\S+/)", body)[1]


def say_yes(page):
    with page.expect_navigation():
        page.click("main .btn-danger")


@pytest.mark.parametrize("script", first_of(True, False), ids=["script", "no-script"])
def test_an_owner_invites_and_a_stranger_joins_through_the_mail(requester, visit, script):
    owner, stranger = visit(requester, script=script), visit(script=script, width=390)

    owner.goto("/organization/")
    owner.fill("main [name=email]", ADDRESS)
    owner.select_option("main [name=role]", "manager")
    with owner.expect_navigation():
        owner.click("main form .btn-primary")
    stranger.goto(link_of_last_mail())
    stranger.fill("[name=name]", "زهرا موسوی")
    stranger.fill("[name=password1]", PASSWORD)
    with stranger.expect_navigation():
        stranger.click("main .btn-primary")

    assert Membership.objects.get(user__email=ADDRESS).role == Role.MANAGER
    stranger.goto("/organization/")
    assert "زهرا موسوی" in stranger.locator("main").inner_text()


@pytest.mark.full
def test_who_is_signed_in_as_another_signs_out_and_joins(requester, outsider, colleague, visit):
    owner, page = visit(requester), visit(colleague)
    owner.goto("/organization/")
    owner.fill("main [name=email]", outsider.email)
    with owner.expect_navigation():
        owner.click("main form .btn-primary")

    page.goto(link_of_last_mail())
    with page.expect_navigation():
        page.click("main .btn-primary")
    page.click("main a.btn-primary")
    page.fill("[name=login]", outsider.email)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.click("main button[type=submit]")
    with page.expect_navigation():
        page.click("main .btn-primary")

    assert Membership.objects.filter(user=outsider).count() == 2


def test_an_owner_changes_a_role_and_removes_a_member_by_keyboard(
    requester, colleague, visit, organization
):
    page = visit(requester)
    membership = Membership.objects.get(user=colleague)

    page.goto("/organization/")
    page.focus(f"a[href='{reverse('member', args=[membership.pk])}']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/members/*/")
    page.focus("[name=role][value=member]")
    page.keyboard.press("ArrowDown")
    page.focus("main form .btn-primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    role = Membership.objects.get(pk=membership.pk).role
    page.goto(reverse("member_remove", args=[membership.pk]))
    asked = page.locator("main h1").inner_text()
    say_yes(page)

    assert role == Role.MANAGER
    assert "نیما رضایی" in asked
    assert not Membership.objects.filter(pk=membership.pk).exists()


def test_an_invitation_is_revoked_after_a_question_that_names_the_address(requester, visit):
    page = visit(requester)
    page.goto("/organization/")
    page.fill("main [name=email]", ADDRESS)
    with page.expect_navigation():
        page.click("main form .btn-primary")
    path = link_of_last_mail()

    page.click("[popovertarget^=revoke]")
    asked = page.locator("dialog[open] h2").inner_text()
    with page.expect_navigation():
        page.click("dialog[open] .btn-danger")

    assert ADDRESS in asked
    assert page.goto(path).status == 404


@pytest.mark.full
def test_of_several_organizations_one_is_chosen_on_a_phone_too(
    requester, other_organization, visit
):
    Membership.objects.create(user=requester, organization=other_organization, role=Role.MEMBER)
    page = visit(width=390)
    sign_in(page, requester)
    page.goto("/organization/")

    page.click(".topbar details.menu > summary >> nth=0")
    with page.expect_navigation():
        page.click("button.menu-item:has-text('Arya Trade')")

    assert page.url.endswith("/organization/")
    assert "Arya Trade" in page.locator("main h1").inner_text()


@pytest.mark.full
def test_sixty_members_with_long_and_hostile_names_fit_a_phone(requester, organization, visit):
    for n in range(58):
        make_member(organization, f"p{n}@pars.example")
    make_member(organization, "long@pars.example", name="پرنیان‌" * 11)
    make_member(organization, f"{'x' * 60}@pars.example", name="W" * 80)
    page = visit(requester, width=390)

    page.goto("/organization/")

    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(fits)
    page.click(".pager a[rel=next]")
    assert page.locator("main li").count() > 5
    assert page.evaluate(fits)


# --- One's own pages --------------------------------------------------------------------------


def test_a_person_fills_in_their_profile(requester, visit):
    page = visit(requester)
    page.goto("/profile/")

    page.fill("[name=phone]", "۰۹۱۲ ۱۲۳ ۴۵۶۷")
    page.fill("[name=time_zone]", "Europe/Berlin")
    there = page.locator("[data-zone-now]").inner_text()
    with page.expect_navigation():
        page.click("main form .btn-primary")

    user = User.objects.get(pk=requester.pk)
    assert (user.phone, user.time_zone) == ("+989121234567", "Europe/Berlin")
    assert re.search("[۰-۹]{2}:[۰-۹]{2}", there)
    assert page.locator(".toast-note").is_visible()


@pytest.mark.full
def test_a_zone_that_is_none_is_explained_and_the_rest_stays_as_typed(requester, visit):
    page = visit(requester, script=False, width=390)
    page.goto("/profile/")

    page.fill("[name=name]", "سارا نو")
    page.fill("[name=time_zone]", "Atlantis")
    with page.expect_navigation():
        page.click("main form .btn-primary")

    assert page.locator("#id_time_zone_error").is_visible()
    assert page.input_value("[name=name]") == "سارا نو"
    assert User.objects.get(pk=requester.pk).name == "سارا احمدی"


@pytest.mark.full
def test_a_person_chooses_their_mails_by_keyboard(requester, visit):
    page = visit(requester, width=390)
    page.goto("/profile/")

    page.click("a[href='/profile/notifications/']")
    page.focus("[name=email-reminders]")
    page.keyboard.press("Space")
    page.focus("main form .btn-primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert not page.is_checked("[name=email-reminders]")
    assert page.is_checked("[name=email-replies]")
