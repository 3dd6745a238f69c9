"""A person's own page, and the choices of language, theme and organization."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from organizations import services
from organizations.models import Membership, Role, User
from organizations.templatetags.devices import device
from tests.factories import NOW, make_organization
from tests.pages import read
from tests.presses import answers_between

GOOD = {"name": "سارا ا.", "language": "en", "time_zone": "Europe/Berlin", "theme": "dark"}
OFF_SITE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "https://testserver@evil.example/",
    "/\t/evil.example",
    "\x00",
    "",
]


def again(user):
    return User.objects.get(pk=user.pk)


def test_a_person_changes_what_they_say_about_themselves(requester, client_of):
    client = client_of(requester)

    response = client.post(reverse("profile"), GOOD)

    assert response.url == reverse("profile")
    user = again(requester)
    assert (user.name, user.language, user.time_zone, user.theme) == tuple(GOOD.values())
    assert 'lang="en"' in client.get(reverse("profile")).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u200b"),
        ("name", "x" * 81),
        ("language", "de"),
        ("time_zone", "Mars/Base"),
        ("time_zone", "../../etc/passwd"),
        ("theme", "pink"),
    ],
)
def test_bad_input_is_explained_at_its_field_and_changes_nothing(
    requester, client_of, field, value
):
    response = client_of(requester).post(reverse("profile"), GOOD | {field: value})

    assert response.status_code == 200
    assert list(read(response).errors()) == [field]
    assert again(requester).name == "سارا احمدی"


def test_no_posted_field_gives_rights(requester, organization, client_of):
    client_of(requester).post(
        reverse("profile"),
        GOOD | {"staff_role": "admin", "email": "x@y.example", "is_active": "", "is_staff": "1"},
    )

    user = again(requester)
    assert (user.staff_role, user.email, user.is_active) == ("", "sara@pars.example", True)


def test_who_is_removed_while_choosing_an_organization_meets_no_fault(
    organization, colleague, client_of
):
    client = client_of(colleague)
    Membership.objects.create(
        user=colleague, organization=make_organization("Second"), role="member", joined_at=NOW
    )

    answers = answers_between(
        lambda: client.post(reverse("work_in"), {"organization": organization.pk}),
        lambda: Membership.objects.filter(user=colleague, organization=organization).delete(),
    )

    assert {each.status_code for each in answers} == {302, 400}


@pytest.mark.parametrize("name", ["profile", "work_in"])
def test_strangers_are_asked_to_sign_in(db, name):
    response = Client().post(reverse(name))

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["language", "theme", "work_in"])
def test_a_get_changes_nothing(requester, client_of, name):
    assert client_of(requester).get(reverse(name)).status_code == 405


def test_a_stranger_chooses_language_and_theme_for_this_browser(db):
    client = Client()

    answer = client.post(reverse("language"), {"language": "en", "next": "/accounts/login/"})
    client.post(reverse("theme"), {"theme": "dark"})
    page = client.get(reverse("account_login")).content.decode()

    assert answer.url == "/accounts/login/"
    assert '<html lang="en" dir="ltr" data-bs-theme="dark">' in page


def test_a_person_keeps_the_choice_on_every_device(requester, client_of):
    client_of(requester).post(reverse("language"), {"language": "en"})
    client_of(requester).post(reverse("theme"), {"theme": "dark"})

    user = again(requester)
    assert (user.language, user.theme) == ("en", "dark")


def test_a_new_theme_leaves_no_line_in_the_history(requester, client_of):
    before = requester.history.count()

    client_of(requester).post(reverse("theme"), {"theme": "dark"})

    assert requester.history.count() == before


@pytest.mark.parametrize(("name", "field"), [("language", "language"), ("theme", "theme")])
@pytest.mark.parametrize("value", ["", "de", "<script>", "x" * 10_000])
def test_an_unknown_choice_is_a_bad_request(db, name, field, value):
    assert Client().post(reverse(name), {field: value}).status_code == 400


@pytest.mark.parametrize("target", OFF_SITE)
def test_a_choice_never_leads_off_the_site(db, target):
    response = Client().post(reverse("language"), {"language": "en", "next": target})

    assert response.url == "/"


def test_a_choice_needs_its_token(requester, client_of):
    response = client_of(requester, csrf=True).post(reverse("language"), {"language": "en"})

    assert response.status_code == 403


def test_one_works_in_another_of_ones_organizations(requester, client_of):
    other = make_organization("Second", key="second")
    Membership.objects.create(user=requester, organization=other, role=Role.MEMBER)

    client_of(requester).post(reverse("work_in"), {"organization": other.pk})

    assert again(requester).current_membership.organization == other


@pytest.mark.parametrize("value", ["", "0", "-1", "x", "9" * 30])
def test_one_cannot_work_in_what_is_not_ones_own(requester, other_organization, client_of, value):
    client = client_of(requester)

    foreign = client.post(reverse("work_in"), {"organization": other_organization.pk})
    nonsense = client.post(reverse("work_in"), {"organization": value})

    assert foreign.status_code == nonsense.status_code == 400
    assert again(requester).working_in is None


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0",
            "Firefox, Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_named_as_people_know_it(header, shown):
    with translation.override("en"):
        assert device(header) == shown


def test_a_person_sees_where_they_are_signed_in_and_ends_it_elsewhere(requester, sign_in):
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, "sara@pars.example", HTTP_USER_AGENT="<script>alert(1)</script> Firefox/9")

    page = here.get(reverse("usersessions_list")).content.decode()
    here.post(reverse("usersessions_list"))

    assert page.count("Firefox") == 2
    assert "<script>alert" not in page
    assert here.get(reverse("profile")).status_code == 200
    assert there.get(reverse("profile")).status_code == 302


def test_a_removed_member_is_out_at_the_next_request(organization, requester, colleague, client_of):
    client = client_of(colleague)
    before = client.get(reverse("profile")).content.decode()

    services.remove_member(organization, colleague, actor=requester, now=timezone.now())
    after = client.get(reverse("profile")).content.decode()

    assert "Pars Cloud" in before
    assert "Pars Cloud" not in after


# --- Phone, zone, and two pages at once -------------------------------------------------------


def shown(client):
    """What a page of the profile would send if nothing were changed on it."""
    return form_of(client.get(reverse("profile")))


def form_of(response):
    """What a browser would send of a page of the profile."""
    return read(response).one("main form[data-once]").fields()


def test_a_number_is_kept_in_one_form_and_shown_as_unconfirmed(requester, client_of):
    client = client_of(requester)
    requester.language = "en"
    requester.save()

    client.post(reverse("profile"), shown(client) | {"phone": "۰۹۱۲ ۱۲۳ ۴۵۶۷"})
    page = client.get(reverse("profile")).content.decode()

    assert again(requester).phone == "+989121234567"
    assert 'value="+98 912 123 4567"' in page
    assert "Not confirmed yet" in page


def test_a_bad_number_is_explained_at_its_field_and_stays_as_typed(requester, client_of):
    client = client_of(requester)

    response = client.post(reverse("profile"), shown(client) | {"phone": "0912 <b>"})

    assert list(read(response).errors()) == ["phone"]
    assert "0912 &lt;b&gt;" in response.content.decode()
    assert again(requester).phone == ""


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Asia/Tehran", "Asia/Tehran"),
        ("europe/berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("  America/New York ", "America/New_York"),
        ("utc", "UTC"),
        ("تهران", "Asia/Tehran"),
    ],
)
def test_a_zone_is_found_by_its_place_too(requester, client_of, typed, zone):
    client = client_of(requester)

    client.post(reverse("profile"), shown(client) | {"time_zone": typed})

    assert again(requester).time_zone == zone


@pytest.mark.parametrize("typed", ["", "Etc/GMT+3", "posix/Asia/Tehran", "x" * 65, "Asia", "\x00"])
def test_what_is_no_place_is_no_zone(requester, client_of, typed):
    client = client_of(requester)

    response = client.post(reverse("profile"), shown(client) | {"time_zone": typed})

    assert list(read(response).errors()) == ["time_zone"]
    assert again(requester).time_zone == "Asia/Tehran"


def test_the_list_says_what_time_it_is_there(requester, client_of):
    requester.language = "en"
    requester.save()

    with time_machine.travel(NOW, tick=False):
        page = client_of(requester).get(reverse("profile")).content.decode()

    assert '<option value="Asia/Tehran" data-time="10:00">' in page
    assert "The time there is now 10:00." in page


def test_two_open_pages_keep_both_changes(requester, client_of):
    client = client_of(requester)
    first, second = shown(client), shown(client)

    client.post(reverse("profile"), first | {"name": "سارا نو"})
    client.post(reverse("profile"), second | {"phone": "09121234567"})

    user = again(requester)
    assert (user.name, user.phone) == ("سارا نو", "+989121234567")


def test_a_profile_that_is_sent_twice_leaves_one_line_in_the_history(requester, client_of):
    client = client_of(requester)
    form = shown(client) | {"name": "سارا"}
    before = requester.history.count()

    for _press in range(2):
        assert client.post(reverse("profile"), form).status_code == 302

    assert requester.history.count() == before + 1


def test_the_same_field_changed_twice_is_overwritten_only_when_sent_again(requester, client_of):
    client = client_of(requester)
    first, second = shown(client), shown(client)
    client.post(reverse("profile"), first | {"name": "اول"})

    refused = client.post(reverse("profile"), second | {"name": "دوم"})
    kept = again(requester).name
    client.post(reverse("profile"), form_of(refused))

    errors = read(refused).errors()
    assert list(errors) == ["name"]
    assert "اول" in errors["name"]
    assert 'value="دوم"' in refused.content.decode()
    assert kept == "اول"
    assert again(requester).name == "دوم"


def test_a_theme_chosen_in_the_menu_meanwhile_stays(requester, client_of):
    client = client_of(requester)
    opened = shown(client)
    client.post(reverse("theme"), {"theme": "dark"})

    client.post(reverse("profile"), opened | {"name": "سارا نو"})

    assert (again(requester).name, again(requester).theme) == ("سارا نو", "dark")


@pytest.mark.parametrize("was", ["Mars/Base", "x" * 5000])
def test_a_zone_that_is_known_no_more_can_be_changed(was, requester, client_of):
    """As one that a newer list of zones has dropped: leaving it failed."""
    client = client_of(requester)
    form = shown(client) | {"initial-time_zone": was, "time_zone": "Europe/Berlin"}

    assert client.post(reverse("profile"), form).status_code == 200
    User.objects.filter(pk=requester.pk).update(time_zone=was[:64])
    client.post(reverse("profile"), form | {"initial-time_zone": was[:64]})

    assert again(requester).time_zone == "Europe/Berlin"
