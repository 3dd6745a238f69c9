"""Each person chooses what they are mailed of; the choice holds at the moment of sending."""

from django.core import mail
from django.urls import reverse

from notifications import mail_services, services, unsubscribing
from notifications.models import AccountMail, Notification, Preference
from notifications.topics import FOR_CUSTOMERS, FOR_STAFF, Topic, topic_of
from tests.factories import NOW, make_content, make_ticket
from tests.notifications.conftest import sections
from tests.notifications.test_audience import LATER, SOON
from tests.pages import read
from tickets import services as tickets
from tickets.models import Event, Watcher

PAGE = "/profile/notifications/"
EMAIL = "email"


def without(person, *topics):
    services.choose(person, EMAIL, wanted=[], unwanted=topics)


def states(kind):
    rows = Notification.objects.by_external().filter(event__kind=kind)
    return {row.recipient.email: row.state for row in rows.select_related("recipient")}


def test_all_but_mails_of_followed_tickets_is_chosen_until_somebody_changes_it(
    requester, agent, client_of
):
    for person, topics in ((requester, FOR_CUSTOMERS), (agent, FOR_STAFF)):
        email, bell = sections(client_of(person).get(PAGE))

        assert email == {f"email-{topic}": topic != Topic.FOLLOWED for topic in topics}
        assert bell == {f"bell-{topic}": True for topic in topics}


def test_each_box_is_named_by_its_row_and_its_column(requester, client_of):
    page = read(client_of(requester).get(PAGE))
    texts = {each["id"]: each.text for each in page.all(".choices-table [id]") if each.text}

    names = [
        [texts[part] for part in box["aria-labelledby"].split()]
        for box in page.all(".choices-table input[aria-labelledby]")
    ]

    assert names[:4] == [
        [Topic.REPLIES.label, by] for by in ("ایمیل", "زنگوله", "صدا", "روی میز کار")
    ]
    assert len(names) == 4 * len(FOR_CUSTOMERS)


def test_the_page_says_what_is_sent_whatever_is_chosen(requester, agent, supervisor, client_of):
    shown = {
        person.email: [
            row.all("th")[0].text
            for row in read(client_of(person).get(PAGE)).all(".choices-table tr")
            if "همیشه" in row.text
        ]
        for person in (requester, agent, supervisor)
    }

    assert [len(rows) for rows in shown.values()] == [1, 2, 2]
    assert "نپذیرد" not in shown[agent.email][0]
    assert "نپذیرد" in shown[supervisor.email][0]


def test_an_unsubscribe_link_unticks_the_box_of_the_table(requester, client, client_of):
    client.post(unsubscribing.url_for(requester, Topic.REPLIES, EMAIL))

    email, bell = sections(client_of(requester).get(PAGE))
    assert [name for name, ticked in email.items() if not ticked] == ["email-replies"]
    assert all(bell.values())


def test_a_choice_is_kept_and_shown_again(requester, client_of):
    client = client_of(requester)

    answer = client.post(
        PAGE,
        {
            "initial-email-replies": "True",
            "initial-email-progress": "True",
            "initial-email-reminders": "True",
            "initial-email-receipts": "True",
            "email-replies": "on",
        },
    )

    assert answer.url == PAGE
    email, _bell = sections(client.get(PAGE))
    assert list(email.values()) == [True, False, False, False]


def test_two_open_pages_do_not_undo_each_other(requester, client_of):
    client = client_of(requester)
    shown = {f"initial-email-{topic.value}": "True" for topic in FOR_CUSTOMERS}
    ticked = {f"email-{topic.value}": "on" for topic in FOR_CUSTOMERS}

    for left_off in ("email-replies", "email-reminders"):
        client.post(PAGE, shown | {k: v for k, v in ticked.items() if k != left_off})

    wanted = dict(Preference.objects.values_list("topic", "is_wanted"))
    assert wanted == {"replies": False, "reminders": False}


def test_nobody_chooses_topics_of_the_other_side_or_for_others(requester, colleague, client_of):
    client_of(requester).post(
        PAGE,
        {
            "email-handovers": "on",
            "sms-replies": "on",
            "user": colleague.pk,
            "channel": "sms",
            "email-nonsense": "on",
        },
    )

    assert not Preference.objects.exclude(user=requester, channel=EMAIL).exists()
    assert not Preference.objects.filter(topic=Topic.HANDOVERS).exists()


def test_who_wants_no_replies_is_still_notified_of_progress(ticket, requester, agent, deliver_all):
    without(requester, Topic.REPLIES)
    tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=SOON)
    tickets.resolve(ticket, actor=agent, now=LATER)

    deliver_all(LATER)

    assert states("agent_replied") == {requester.email: "skipped"}
    assert states("resolved") == {requester.email: "sent"}
    assert len(mail.outbox) == 1


def test_the_choice_at_the_moment_of_sending_counts(ticket, requester, agent, deliver_all):
    tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=SOON)
    without(requester, Topic.REPLIES)
    services.choose(requester, EMAIL, wanted=[Topic.REPLIES], unwanted=[])
    without(requester, Topic.PROGRESS)

    deliver_all(SOON)

    assert states("agent_replied") == {requester.email: "sent"}


def test_a_choice_is_of_one_person(ticket, requester, colleague, agent, deliver_all):
    Watcher.objects.create(ticket=ticket, user=colleague, added_by=requester, added_at=NOW)
    without(requester, Topic.REPLIES)
    tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=SOON)

    deliver_all(SOON)

    assert states("agent_replied") == {requester.email: "skipped", colleague.email: "sent"}


def test_a_skipped_mail_never_stops_the_automatic_close(ticket, requester, agent, deliver_all):
    without(requester, *FOR_CUSTOMERS)
    answered = tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=SOON)

    deliver_all(SOON)

    assert type(ticket).objects.get(pk=ticket.pk).auto_close_at == answered.auto_close_at


def test_staff_choose_too_but_never_miss_a_broken_promise(requester, agent):
    ticket = make_ticket(requester)

    def of(kind, person=agent):
        return topic_of(Event(kind=kind, ticket=ticket), person)

    assert of(Event.Kind.CUSTOMER_REPLIED) == Topic.CUSTOMERS
    assert of(Event.Kind.ASSIGNED) == Topic.HANDOVERS
    assert of(Event.Kind.DUE_SOON) == Topic.DUE_SOON
    assert of(Event.Kind.BREACHED) is None
    assert of(Event.Kind.HELD) is None


def test_every_kind_that_customers_are_notified_of_has_a_topic(requester, ticket):
    # Owners are notified of an address that e-mails come back from whatever they chose.
    for kind in set(Event.Kind) - {Event.Kind.UNDELIVERABLE}:
        assert topic_of(Event(kind=kind, ticket=ticket), requester) in FOR_CUSTOMERS


def test_mail_of_the_account_is_sent_whatever_was_chosen(requester, client):
    without(requester, *FOR_CUSTOMERS)
    client.post(reverse("account_reset_password"), {"email": requester.email})

    mail_services.deliver_account_mail(AccountMail.objects.get().pk)

    assert mail.outbox[0].to == [requester.email]


def test_a_mail_says_where_to_choose(ticket, agent, deliver_all):
    tickets.reply_as_agent(ticket, actor=agent, content=make_content(), now=SOON)

    deliver_all(SOON)

    assert f"http://testserver{PAGE}" in mail.outbox[0].body
    assert f'href="http://testserver{PAGE}"' in mail.outbox[0].alternatives[0][0]
