"""People and organizations in Django admin: through services, explained when refused."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin as django_admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from notifications.models import AccountMail
from organizations import services
from organizations.models import Membership, Organization, Role, User
from organizations.signals import organization_plan_changed
from plans.models import Plan
from tests.factories import NOW, make_agent, make_custom_plan, make_member, make_ticket, make_user
from tests.pages import read

PEOPLE = reverse("admin:organizations_user_changelist")
ORGANIZATIONS = reverse("admin:organizations_organization_changelist")


def person_url(user):
    return reverse("admin:organizations_user_change", args=[user.pk])


def organization_url(organization):
    return reverse("admin:organizations_organization_change", args=[organization.pk])


def form_of(response):
    """The form of a row, with its other rows."""
    return read(response).one("#content-main form[id]")


def shown(response):
    """The form of the page as a browser would send it back."""
    return form_of(response).fields()


def errors_of(response):
    return " ".join(read(response).texts("#content-main .errorlist"))


@pytest.fixture
def desk(admin, client_of):
    """The browser of the admin."""
    return client_of(admin)


@pytest.mark.parametrize("path", ["/admin/", PEOPLE, ORGANIZATIONS])
def test_only_admins_find_anything(requester, agent, supervisor, desk, client_of, path):
    for person in (requester, agent, supervisor):
        response = client_of(person).get(path, follow=True)
        assert response.status_code == 404
    assert Client().get(path).url.startswith("/admin/login/")
    assert desk.get(path).status_code == 200


def test_only_our_own_models_are_there(desk):
    apps = {model._meta.app_label for model in django_admin.site._registry}

    assert apps <= {"api", "plans", "organizations", "tickets", "notifications"}


def test_no_page_shows_a_hash_a_token_or_a_secret(desk, agent, requester):
    for user in (agent, requester):
        for url in (person_url(user), person_url(user).replace("change", "history")):
            page = desk.get(url).content.decode()
            assert user.password not in page
            assert "md5$" not in page


def test_an_address_that_somebody_has_is_refused_beside_the_field(desk):
    url = reverse("admin:organizations_user_add")
    form = shown(desk.get(url)) | {"email": "nima@helpdesk.example", "name": "نیما"}
    form |= {"staff_role": "agent", "language": "fa"}

    answers = [desk.post(url, form | {"name": name}) for name in ["نیما", "نیما رضایی"]]

    assert [each.status_code for each in answers] == [302, 200]
    assert "email" in read(answers[1]).errors()
    assert User.objects.filter(email="nima@helpdesk.example").count() == 1


def test_a_new_agent_gets_a_link_and_chooses_the_password(desk, mail):
    url = reverse("admin:organizations_user_add")
    page = desk.get(url)

    response = desk.post(
        url,
        {
            "email": " New.Agent@Helpdesk.example",
            "name": "مینا کریمی",
            "staff_role": "agent",
            "language": "en",
        },
    )
    client = Client()
    opened = client.get(mail.link())
    client.post(
        opened.url, {"password1": "another road, to Yazd", "password2": "another road, to Yazd"}
    )

    assert not read(page).all("input[type=password]")
    assert response.status_code == 302
    user = User.objects.get(email="new.agent@helpdesk.example")
    assert user.is_agent
    assert user.check_password("another road, to Yazd")
    assert EmailAddress.objects.get(user=user).verified
    assert mail.all[0].language == "en"


def test_before_the_link_is_used_nobody_signs_in(desk, mail, sign_in):
    desk.post(
        reverse("admin:organizations_user_add"),
        {"email": "new@helpdesk.example", "name": "N", "staff_role": "agent", "language": "fa"},
    )

    client = Client()
    for password in ("", "None", "!"):
        sign_in(client, "new@helpdesk.example", password)

    assert not User.objects.get(email="new@helpdesk.example").has_usable_password()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "no address"),
        ("email", "SARA@pars.example"),
        ("name", " \u200b"),
        ("staff_role", "owner"),
    ],
)
def test_bad_input_about_a_person_is_explained_at_the_field(desk, requester, field, value):
    data = {"email": "new@x.example", "name": "N", "staff_role": "", "language": "fa"}

    response = desk.post(reverse("admin:organizations_user_add"), data | {field: value})

    assert response.status_code == 200
    assert field in read(response).errors()


def test_a_persons_role_changes_among_staff_only(desk, agent, requester):
    staff = read(desk.get(person_url(agent))).one("select[name=staff_role]")
    customer = desk.get(person_url(requester))

    assert staff.choices() == ["agent", "supervisor", "admin"]
    assert "staff_role" not in shown(customer)


def test_a_posted_role_makes_no_customer_staff(desk, requester):
    data = shown(desk.get(person_url(requester))) | {"staff_role": "admin"}

    desk.post(person_url(requester), data)

    assert User.objects.get(pk=requester.pk).staff_role == ""


def test_deactivating_goes_through_the_service(desk, agent, requester):
    data = shown(desk.get(person_url(agent)))
    del data["is_active"]

    response = desk.post(person_url(agent), data)

    assert response.status_code == 302
    line = agent.history.order_by("-history_id").first()
    assert not User.objects.get(pk=agent.pk).is_active
    assert line.history_user.email == "admin@helpdesk.example"


def test_an_admin_who_shuts_themselves_out_gets_an_error(desk, admin):
    data = shown(desk.get(person_url(admin)))
    del data["is_active"]

    response = desk.post(person_url(admin), data, follow=True)

    assert [each["class"] for each in read(response).all(".messagelist li")] == ["error"]
    assert User.objects.get(pk=admin.pk).is_active


def test_nobody_is_deleted(desk, requester):
    response = desk.get(person_url(requester).replace("change", "delete"))

    assert response.status_code == 403


def test_a_link_to_choose_a_password_is_mailed_again(desk, agent, mail):
    desk.post(PEOPLE, {"action": "mail_password_link", "_selected_action": [agent.pk]})

    assert [each.recipient for each in mail.all] == ["agent@helpdesk.example"]


def test_a_new_organization_starts_with_its_owner_on_the_default_plan(desk):
    owner = make_user("zahra@new.example")
    url = reverse("admin:organizations_organization_add")
    data = shown(desk.get(url)) | {
        "name": "شرکت نو",
        "key": "new",
        "memberships-0-email": "Zahra@new.example",
        "memberships-0-role": "owner",
    }

    response = desk.post(url, data)

    assert response.status_code == 302, errors_of(response)
    organization = Organization.objects.get()
    assert organization.plan.is_default
    assert Membership.objects.get().role == Role.OWNER
    assert Membership.objects.get().user == owner


def test_a_new_organization_without_an_owner_is_refused(desk):
    url = reverse("admin:organizations_organization_add")
    data = shown(desk.get(url)) | {"name": "New", "key": "new"}

    response = desk.post(url, data)

    assert response.status_code == 200
    assert errors_of(response)
    assert not Organization.objects.exists()


def test_the_plan_changes_through_the_service(desk, organization, requester):
    heard = []

    def listen(sender, **facts):
        heard.append((facts["old_plan"].key, facts["new_plan"].key, facts["actor"].email))

    organization_plan_changed.connect(listen)
    data = shown(desk.get(organization_url(organization)))
    data["plan"] = Plan.objects.get(key="enterprise").pk
    response = desk.post(organization_url(organization), data)
    organization_plan_changed.disconnect(listen)

    assert response.status_code == 302, errors_of(response)
    assert heard == [("developer", "enterprise", "admin@helpdesk.example")]


def test_saving_without_a_change_changes_nothing(desk, organization, requester, colleague):
    before = organization.history.count()

    desk.post(organization_url(organization), shown(desk.get(organization_url(organization))))

    assert organization.history.count() == before
    assert Membership.history.filter(history_type="~").count() == 0


def test_a_custom_plan_of_another_is_neither_offered_nor_taken(
    desk, organization, other_organization, requester
):
    plan = make_custom_plan(other_organization)
    page = desk.get(organization_url(organization))

    response = desk.post(organization_url(organization), shown(page) | {"plan": plan.pk})

    assert str(plan.pk) not in read(page).one("select[name=plan]").choices()
    with override("fa"):
        sentence = gettext("This plan no longer exists, or was made for another organization.")
    assert read(response).errors()["plan"] == sentence
    organization.refresh_from_db()
    assert organization.plan != plan


CUSTOM_PLAN = "/admin/organizations/organization/custom-plan/"


def test_a_plan_is_copied_for_an_organization_which_may_move_there_at_once(
    desk, organization, other_organization, requester
):
    plan = Plan.objects.get(key="enterprise")

    chosen = read(desk.get(f"{CUSTOM_PLAN}?plan={plan.pk}")).field("plan")
    desk.post(CUSTOM_PLAN, {"plan": plan.pk, "organization": organization.pk})
    desk.post(
        CUSTOM_PLAN, {"plan": plan.pk, "organization": other_organization.pk, "moves_now": "on"}
    )

    assert chosen == str(plan.pk)
    staying, moving = organization.custom_plans.get(), other_organization.custom_plans.get()
    organization.refresh_from_db()
    other_organization.refresh_from_db()
    assert organization.plan != staying.plan
    assert other_organization.plan == moving.plan
    cells = plan.targets.values_list("priority", "target", "aim").order_by("pk")
    assert list(cells) == list(
        moving.plan.targets.values_list("priority", "target", "aim").order_by("pk")
    )


def test_a_copy_for_nobody_is_explained_beside_the_field(desk):
    response = desk.post(CUSTOM_PLAN, {"plan": Plan.objects.default().pk, "organization": ""})

    assert read(response).errors().keys() == {"organization"}


def test_the_key_of_a_copy_is_free_after_another_was_deleted(organization, admin):
    first = services.make_custom_plan(organization, actor=admin, now=NOW)
    services.make_custom_plan(organization, actor=admin, now=NOW)
    organization.custom_plans.get(plan=first).delete()
    first.delete()

    third = services.make_custom_plan(organization, actor=admin, now=NOW)

    assert third.key == "pars-custom"


def test_a_custom_plan_is_made_as_a_copy(desk, organization, requester):
    response = desk.post(
        ORGANIZATIONS,
        {"action": "make_custom_plan", "_selected_action": [organization.pk]},
        follow=True,
    )
    desk.post(ORGANIZATIONS, {"action": "make_custom_plan", "_selected_action": [organization.pk]})

    assert [each["class"] for each in read(response).all(".messagelist li")] == ["success"]
    first, second = organization.custom_plans.order_by("pk")
    assert first.plan.key == "pars-custom"
    assert second.plan.key == "pars-custom-2"
    cells = list(first.plan.targets.values_list("priority", "target").order_by("pk"))
    assert cells == list(organization.plan.targets.values_list("priority", "target").order_by("pk"))


def test_the_last_owner_stays_whatever_is_tried(desk, organization, requester, colleague):
    url = organization_url(organization)
    data = shown(desk.get(url))
    index = next(number for number in range(3) if data.get(f"memberships-{number}-role") == "owner")

    demoted = desk.post(url, data | {f"memberships-{index}-role": "member"})
    deleted = desk.post(url, data | {f"memberships-{index}-DELETE": "on"})

    assert errors_of(demoted)
    assert errors_of(deleted)
    assert Membership.objects.get(user=requester).role == Role.OWNER


def test_the_owner_changes_hands_in_one_saving(desk, organization, requester, colleague):
    url = organization_url(organization)
    data = shown(desk.get(url))
    roles = {
        name: {"owner": "member", "member": "owner"}[value]
        for name, value in data.items()
        if re.fullmatch(r"memberships-[01]-role", name)
    }

    response = desk.post(url, data | roles)

    assert response.status_code == 302, errors_of(response)
    assert Membership.objects.get(user=requester).role == Role.MEMBER
    assert Membership.objects.get(user=colleague).role == Role.OWNER


@pytest.mark.parametrize(
    "email", ["agent@helpdesk.example", "nobody@pars.example", "sara@pars.example"]
)
def test_who_cannot_become_a_member_is_explained(desk, organization, requester, agent, email):
    url = organization_url(organization)
    page = desk.get(url)
    number = int(shown(page)["memberships-TOTAL_FORMS"]) - 1

    response = desk.post(
        url,
        shown(page)
        | {f"memberships-{number}-email": email, f"memberships-{number}-role": "member"},
    )

    assert response.status_code == 200
    assert errors_of(response)
    assert Membership.objects.count() == 1


def test_suspending_goes_through_the_service(desk, organization, requester):
    url = organization_url(organization)

    desk.post(url, shown(desk.get(url)) | {"is_suspended": "on"})
    suspended = Organization.objects.get(pk=organization.pk).is_suspended
    data = shown(desk.get(url))
    del data["is_suspended"]
    desk.post(url, data)

    assert suspended
    assert not Organization.objects.get(pk=organization.pk).is_suspended


def test_an_organization_without_tickets_may_be_deleted(desk, organization, requester):
    desk.post(organization_url(organization).replace("change", "delete"), {"post": "yes"})

    assert not Organization.objects.exists()
    assert User.objects.filter(pk=requester.pk).exists()


def test_an_action_on_everybody_is_refused_where_it_would_keep_the_page_waiting(desk, monkeypatch):
    """Mailing thousands of links took minutes in the request, and a second press did it again."""
    monkeypatch.setattr("organizations.admin.MOST_AT_ONCE", 1)
    people = [make_user(f"person{number}@pars.example") for number in range(2)]
    chosen = {"_selected_action": [person.pk for person in people], "select_across": "1"}

    response = desk.post(PEOPLE, {"action": "mail_password_link", **chosen}, follow=True)

    sentence = gettext("Nothing has been done. Choose at most %s at a time.")
    assert sentence % "۱" in read(response).text
    assert not AccountMail.objects.exists()


@pytest.mark.parametrize("chosen", ["x", "-1", "9" * 5000, "a\0b"])
@pytest.mark.parametrize("page", [PEOPLE, ORGANIZATIONS])
def test_an_action_on_what_is_no_row_does_not_fail(page, chosen, desk):
    actions = {PEOPLE: "mail_password_link", ORGANIZATIONS: "make_custom_plan"}

    response = desk.post(page, {"action": actions[page], "_selected_action": chosen}, follow=True)

    assert response.status_code == 200


def test_whether_a_customer_may_be_deleted_is_asked_without_reading_their_tickets(
    desk, organization, requester
):
    """Every ticket, message and event was read, to say that there are some."""
    for _n in range(3):
        make_ticket(requester)

    with CaptureQueriesContext(connection) as queries:
        desk.get(organization_url(organization).replace("change", "delete"))

    asked = [each["sql"] for each in queries if 'FROM "tickets_' in each["sql"]]
    assert asked
    assert [sql for sql in asked if "LIMIT 1" not in sql] == []
    sentence = gettext("%s has tickets and cannot be deleted. Suspend it instead.")
    assert sentence % organization.name in read(desk.get(organization_url(organization))).text


def test_the_history_shows_who_changed_what_from_what_to_what(desk, organization, admin, requester):
    sme = Plan.objects.get(key="sme")
    services.change_plan(organization, sme, actor=admin, now=timezone.now())
    make_member(organization, "mina@pars.example", name="مینا")

    page = desk.get(organization_url(organization).replace("change", "history")).content.decode()

    assert "کاوه نوری" in page
    assert "پایه" in page
    assert "پیشرفته" in page
    assert "مینا" in page


@pytest.mark.parametrize("url", [PEOPLE, ORGANIZATIONS])
def test_lists_take_as_many_queries_for_many_rows_as_for_few(desk, organization, requester, url):
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(url)
    for number in range(12):
        make_member(organization, f"person{number}@pars.example")
        make_agent(f"agent{number}@helpdesk.example")
        services.create_organization(name=f"O {number}", key=f"o{number}", actor=None, now=NOW)
    with CaptureQueriesContext(connection) as many:
        desk.get(url)

    assert len(many) == len(few)


def test_admin_pages_keep_to_the_content_policy(desk, organization, requester, agent):
    for url in (
        "/admin/",
        PEOPLE,
        ORGANIZATIONS,
        person_url(agent),
        person_url(requester),
        organization_url(organization),
        reverse("admin:organizations_user_add"),
    ):
        response = desk.get(url)
        html = response.content.decode()
        assert "unsafe-inline" not in response["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*(src=|application/json))[^>]*>", html)
        assert not re.search(r"<[^>]+ style=", html)
        assert not re.search(r"<[^>]+ on\w+=", html)


def test_the_password_of_an_admin_is_changed_on_the_one_page_for_it(desk):
    assert desk.get("/admin/password_change/").url == reverse("account_change_password")


def test_a_list_counts_and_asks_as_a_person_would(desk, admin, requester):
    admin.language = "fa"
    admin.save()

    html = desk.get(ORGANIZATIONS).content.decode()

    assert re.search("[۰-۹] سازمان\\s", html)
    assert not re.search("[۰-۹] سازمان‌ها", html)
    choices = re.findall(r"suspended_at__isempty=([01])\"[^>]*>\s*([^<]*?)\s*<", html)
    assert choices == [("0", "بله"), ("1", "نه")]
