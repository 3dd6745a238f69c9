"""Each page as rendered: axe finds nothing, nothing overflows, scripts and policy are content.

By default the way in and the pages of customers and agents, in one of two looks that differ in
everything, the first page of each reader with its colours; `make test-full` adds the other pages
and looks, and reads the colours of every page, there those of the other theme and width too.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from organizations.services import Wanted, change_availability
from tests.addresses import Cast
from tests.factories import PASSWORD, make_agent, make_ticket
from tickets import services

pytestmark = pytest.mark.django_db(transaction=True)
DESK, PHONE = USUAL = [("fa", "light", 1280), ("en", "dark", 390)]
OTHERS = [("fa", "dark", 390), ("en", "light", 1280)]
AXE = Axe().axe_script
RUN_AXE = "([part, options]) => axe.run(part ?? document, options)"
EVERY_RULE = {"resultTypes": ["violations"]}
# The only rules that a theme can break.
RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]
COLOURS = EVERY_RULE | {"runOnly": RULES_OF_COLOURS}
# Colours take three quarters of the time of all rules.
BUT_COLOURS = EVERY_RULE | {"rules": {rule: {"enabled": False} for rule in RULES_OF_COLOURS}}
SWITCH_THEME = """() => {
    const { dataset } = document.documentElement;
    dataset.bsTheme = dataset.bsTheme === "dark" ? "light" : "dark";
}"""

OPENED = "main details[open]"


def looks(first=None):
    """The test in all looks, in every run in the `first` of them only, if any."""
    return pytest.mark.parametrize(
        ("language", "theme", "width"),
        [
            pytest.param(
                *look, id="-".join(map(str, look)), marks=[] if look == first else pytest.mark.full
            )
            for look in USUAL + OTHERS
        ],
    )


@pytest.fixture
def cast(db):
    return Cast()


class Reader:
    """One person who looks at pages one after the other, and notes what is wrong with each."""

    def __init__(self, page, look, complaints, *, is_full):
        self.page, self.width, self.faults = page, look[2], []
        self.is_usual, self.is_full = look in USUAL, is_full
        self.rules = EVERY_RULE
        # Half a megabyte, sent to the browser once and not with each page.
        page.context.add_init_script(AXE)
        if not self.is_usual:
            # Colours change at once when the theme does.
            page.emulate_media(reduced_motion="reduce")
        self.complaints = complaints

    def read(self, path):
        self.page.goto(path)
        self.look(path)

    def look(self, name, part=None):
        """Look at the page, or at `part` of it where the rest was looked at before."""
        self.examine(name, part, self.rules)
        if not self.is_full:
            self.rules = BUT_COLOURS
        for width in (*((390,) if self.width == 1280 else (320, 1280)), self.width):
            self.check_width(name)
            self.page.set_viewport_size({"width": width, "height": 900})
            if width != self.width and not self.is_usual:
                self.examine(name, part, COLOURS)
        if not self.is_usual:
            self.page.evaluate(SWITCH_THEME)
            self.examine(name, part, COLOURS)
            self.page.evaluate(SWITCH_THEME)

    def examine(self, name, part, options):
        known = len(self.complaints)
        violations = self.page.evaluate(RUN_AXE, [part, options])["violations"]
        # Axe itself sets styles while it looks; the policy refuses them, which is no fault of ours.
        del self.complaints[known:]
        self.faults += [
            (name, each["id"], node["html"][:300], node.get("failureSummary", "")[:300])
            for each in violations
            for node in each["nodes"][:3]
        ]

    def check_width(self, name):
        fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        if not self.page.evaluate(fits):
            self.faults.append((name, "overflows", self.page.viewport_size["width"]))


@pytest.fixture
def reader(request, visit):
    """reader(user, language, theme, width) reads pages; at the end none may have had a fault."""
    readers = []
    is_full = request.node.get_closest_marker("full") is not None

    def make(user, language, theme, width):
        if user:
            user.language, user.theme = language, theme
            user.save()
        page = visit(user, language=language, theme=theme, width=width)
        look = language, theme, width
        readers.append(Reader(page, look, visit.complaints, is_full=is_full))
        return readers[-1]

    yield make
    faults = [fault for each in readers for fault in each.faults]
    assert not faults, "\n".join(map(str, faults))


@looks(DESK)
def test_the_way_in(reader, language, theme, width):
    nobody = reader(None, language, theme, width)

    for name in (
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "account_email_verification_sent",
        "account_inactive",
    ):
        nobody.read(reverse(name))
        assert nobody.page.locator("html").get_attribute("lang") == language
    nobody.read("/accounts/password/reset/key/1-unknown/")
    nobody.read("/nowhere/")
    nobody.read(reverse("api_docs"))
    nobody.page.click("#open_ticket > summary")
    nobody.look("an endpoint", OPENED)


def make_an_api_key(member):
    """The form asks for the password first; the answer has the key."""
    member.page.goto(reverse("api_key_new"))
    member.page.fill("[name=password]", PASSWORD)
    with member.page.expect_navigation():
        member.page.press("[name=password]", "Enter")
    member.page.fill("[name=name]", "Zabbix")
    member.look("new key")
    for box in member.page.locator("[name=scopes]").all():
        box.check()
    with member.page.expect_navigation():
        member.page.click("main .form-acts .btn-primary")
    assert member.page.locator("#secret").input_value().startswith("hdk_")
    member.look("key")


def keep_keys_of_the_organization(owner, key):
    """Made like a person's own; the page that asks before one is revoked."""
    owner.page.goto(reverse("organization_key_new"))
    owner.page.fill("[name=password]", PASSWORD)
    with owner.page.expect_navigation():
        owner.page.press("[name=password]", "Enter")
    owner.page.fill("[name=name]", "Zabbix")
    owner.look("new key of the organization")
    owner.page.locator("[name=scopes]").first.check()
    with owner.page.expect_navigation():
        owner.page.click("main .form-acts .btn-primary")
    owner.look("key of the organization")
    owner.read(reverse("organization_keys"))
    owner.read(reverse("organization_key_revoke", args=[key.pk]))


def keep_webhooks(person, side, endpoint, delivery):
    """What the list leads to; the reader has just entered the password, where there is one."""
    for name, *keys in (
        ("list",),
        ("endpoint", endpoint.pk),
        ("delivery", endpoint.pk, delivery.pk),
        ("delete", endpoint.pk),
    ):
        person.read(reverse(f"webhooks:{name}", args=keys, current_app=side))


@looks(DESK)
def test_the_customers_pages(reader, cast, language, theme, width):
    member = reader(cast.requester, language, theme, width)

    for path in ("/", "/tickets/", "/tickets/?q=zzz", "/tickets/new/", "/profile/", "/plans/"):
        member.read(path)
    member.read(
        "/tickets/?q=a&status=open&priority=high&speaker=us&of=mine&sort=-due&hide=category"
    )
    for menu in member.page.locator("main details.menu > summary").all():
        if menu.is_visible():
            menu.click()
            member.look("a menu of the list", OPENED)
            member.page.keyboard.press("Escape")
    for ticket in ("new", "worked", "waiting", "closed"):
        member.read(cast.tickets[ticket].get_absolute_url())
        member.read(reverse("tickets:due", args=[cast.tickets[ticket]]))
    close = reverse("tickets:close", args=[cast.tickets["worked"]])
    member.read(close)
    member.read(f"{close}?next=list&view=status%3Dopen")
    for name in (
        "account_email",
        "account_change_password",
        "mfa_index",
        "usersessions_list",
        "notification_preferences",
        "api_keys",
        "account_reauthenticate",
        "account_logout",
    ):
        member.read(reverse(name))
    member.read("/nowhere/")
    make_an_api_key(member)

    member.page.goto("/tickets/new/")
    member.page.fill("[name=description]", "بدون عنوان")
    with member.page.expect_navigation():
        member.page.click("form[action='/tickets/new/'] .btn-primary")
    member.look("new ticket refused")
    member.page.context.clear_cookies(name="csrftoken")
    with member.page.expect_navigation():
        member.page.click("form[action='/tickets/new/'] .btn-primary")
    assert member.page.locator("textarea").input_value() == "بدون عنوان"
    member.look("expired form")


@looks()
def test_the_pages_of_an_organization(reader, cast, language, theme, width):
    owner = reader(cast.colleague, language, theme, width)
    plain = reader(cast.requester, language, theme, width)
    removed = reader(cast.removed, language, theme, width)
    nima = cast.restricted.memberships.get().pk

    owner.read("/organization/?q=zzz")
    owner.read("/organization/history/")
    owner.read(f"/organization/members/{nima}/")
    owner.read(f"/organization/members/{nima}/remove/")
    keep_keys_of_the_organization(owner, cast.organization_key)
    keep_webhooks(owner, "organization_webhooks", cast.endpoint, cast.hook)
    for name, *keys in (("new",), ("edit", cast.endpoint.pk), ("secret", cast.endpoint.pk)):
        owner.read(reverse(f"webhooks:{name}", args=keys, current_app="organization_webhooks"))
    owner.read("/organization/")
    owner.page.click("[popovertarget^=revoke]")
    owner.look("asked before an invitation is revoked")
    plain.read("/organization/")
    removed.read("/organization/")
    removed.read("/organization/new/")
    reader(None, language, theme, width).read("/invitations/unknown/")


@looks()
def test_pages_of_members_without_much(reader, cast, language, theme, width):
    outsider = reader(cast.outsider, language, theme, width)
    suspended = reader(cast.suspended, language, theme, width)
    removed = reader(cast.removed, language, theme, width)

    for path in ("/", "/tickets/", "/plans/"):
        outsider.read(path)
        removed.read(path)
    for path in ("/", "/tickets/new/", cast.frozen_tickets["worked"].get_absolute_url()):
        suspended.read(path)


@looks(PHONE)
def test_the_agents_pages(reader, language, theme, width):
    early = reader(make_agent("early@helpdesk.example"), language, theme, width)
    early.read("/queue/")
    cast = Cast()
    agent = reader(cast.agent, language, theme, width)

    for path in ("/queue/", "/queue/?status=any", "/queue/?q=zzz", "/queue/new/", "/plans/"):
        agent.read(path)
    agent.read("/queue/new/?organization=pars")
    for path in ("filter/?priority=urgent", "columns/?list=q%3Da", "views/", "views/new/"):
        agent.read(f"/queue/{path}")
    agent.read(f"/queue/views/{cast.view.pk}/")
    agent.read(f"/queue/?priority=urgent&view={cast.view.pk}&tags=999&sort=number")
    for ticket in ("new", "worked", "waiting", "closed"):
        agent.read(cast.tickets[ticket].get_queue_url())
        agent.read(reverse("queue:due", args=[cast.tickets[ticket]]))
        agent.read(reverse("queue:snooze", args=[cast.tickets[ticket]]))
    agent.read(reverse("queue:customer", args=[cast.tickets["worked"]]))
    agent.read(reverse("queue:person_note", args=[cast.requester.pk]))
    agent.page.goto(cast.tickets["worked"].get_queue_url())
    for menu in agent.page.locator("main details.menu > summary").all():
        if menu.is_visible():
            menu.click()
            agent.look("a menu of the ticket page", OPENED)
            agent.page.keyboard.press("Escape")
    agent.page.goto("/queue/")
    agent.page.locator("[name=ticket]").first.check()
    agent.look("the queue with a row selected")
    agent.page.click("button[name=action][value=priority]")
    agent.look("what is to be done with the selected tickets")
    agent.read("/queue/bulk/")
    agent.read(cast.run.get_absolute_url())
    agent.read(f"{cast.run.get_absolute_url()}again/")
    agent.read(reverse("mfa_activate_totp"))


@looks()
def test_the_supervisors_pages(reader, cast, language, theme, width):
    supervisor = reader(cast.supervisor, language, theme, width)
    supervisor.read("/reports/")
    services.mark_all_stale()
    services.refresh_totals()

    for by in ("plan", "priority", "agent", "month"):
        supervisor.read(f"/reports/?year=1405&by={by}&sort=share")
    supervisor.read("/reports/?from=x&to=y")
    supervisor.read("/reports/tickets/?year=1405")
    supervisor.read("/reports/ratings/")
    supervisor.read("/reports/board/")
    keep_webhooks(supervisor, "provider_webhooks", cast.own_endpoint, cast.own_hook)
    supervisor.read("/reports/ratings/?year=1405")
    supervisor.read("/reports/tickets/?year=1390")
    supervisor.page.goto("/reports/?month=1405-02")
    for details in supervisor.page.locator("main details > summary").all():
        details.click()
        supervisor.look("an opened part of the report", OPENED)
        supervisor.page.keyboard.press("Escape")


@looks()
def test_the_pages_of_teams_tags_and_merges(reader, cast, language, theme, width):
    long = "نام برچسبی بسیار دراز برای دیدن"
    tag = services.create_tag(long, colour="amber", actor=cast.supervisor)
    away = Wanted(is_present=False, reason="مرخصی")
    change_availability(cast.agent, away, actor=cast.supervisor)
    ticket = cast.tickets["worked"]
    services.change_tags(ticket, actor=cast.agent, add=[tag.pk, cast.tag.pk])
    supervisor = reader(cast.supervisor, language, theme, width)

    supervisor.read("/tags/")
    supervisor.read(f"/tags/{tag.pk}/")
    supervisor.read(f"{ticket.get_queue_url()}tags/")
    supervisor.read("/teams/")
    supervisor.read(f"/teams/{cast.team.pk}/")
    supervisor.read(f"/teams/people/{cast.agent.pk}/")
    supervisor.read(f"/teams/people/{cast.agent.pk}/reassign/")
    message = ticket.messages.public().last()
    supervisor.read(f"{ticket.get_queue_url()}split/?message={message.pk}")

    supervisor.page.goto(ticket.get_queue_url())
    merging = supervisor.page.locator("details:has(form[action$='/merge/'])")
    merging.locator("summary").click()
    merging.locator("[name=number]").fill(make_ticket(cast.restricted).number)
    merging.locator("form .btn").click()
    supervisor.page.wait_for_selector("[name=shown_to]")
    supervisor.look("a merge that shows a ticket to others", "details:has([name=shown_to])")


@looks()
def test_the_admins_pages(reader, cast, language, theme, width):
    admin = reader(cast.admin, language, theme, width)

    admin.read("/admin/")
    for model in ("plans/plan", "plans/calendar", "tickets/ticket", "organizations/organization"):
        admin.read(f"/admin/{model}/")
        row = cast.rows[model.partition("/")[2]]
        admin.read(f"/admin/{model}/{row.pk}/change/")
    admin.read(f"/admin/organizations/user/{cast.agent.pk}/change/")
    admin.read("/admin/organizations/user/add/")
    admin.read(f"/admin/plans/plan/{cast.rows['plan'].pk}/history/")
    calendar = f"/admin/plans/calendar/{cast.rows['calendar'].pk}"
    for page in ("history/", "closures/", "official-holidays/?year=1408"):
        admin.read(f"{calendar}/{page}")
    admin.read("/admin/organizations/organization/custom-plan/")
