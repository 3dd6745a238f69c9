"""What a search found is shown with its words marked, however they were typed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.copies import copies_of
from tests.factories import NOW, make_content, make_ticket
from tickets import services
from tickets.search.excerpts import excerpt, highlighted
from tickets.search.folding import search_terms


@pytest.mark.parametrize(
    ("sought", "text", "marked"),
    [
        ("کیک", "سه كيك داریم", "سه <mark>كيك</mark> داریم"),
        ("پشتیبان گیری", "پشتیبان‌گیری شبانه", "<mark>پشتیبان‌گیری</mark> شبانه"),
        ("می‌شود", "نصب می شود", "نصب <mark>می شود</mark>"),
        ("18430", "مبلغ ۱۸٬۴۳۰ تومان", "مبلغ <mark>۱۸٬۴۳۰</mark> تومان"),
        ("خانه", "خانۀ ما", "<mark>خانۀ</mark> ما"),
        ("Disk", "the DISK <b>", "the <mark>DISK</mark> &lt;b&gt;"),
        ("ab", "abab b", "<mark>abab</mark> b"),
        ("nothing", "some & text", "some &amp; text"),
        ("a", "", ""),
    ],
)
def test_words_are_marked_as_search_finds_them(sought, text, marked):
    assert highlighted(text, search_terms(sought)) == marked


def test_an_excerpt_begins_near_the_first_hit_at_a_whole_word():
    text = f"{'پیش ' * 60}خطای\n502 در درگاه {'پس ' * 80}"

    found = excerpt(text, search_terms("502"))

    assert found.startswith("…پیش")
    assert "خطای <mark>502</mark> در درگاه" in found
    assert len(found) < 260
    assert excerpt(text, search_terms("404")) == ""


@pytest.fixture
def found_in_message(requester):
    ticket = make_ticket(requester, title="سرور پاسخ نمی‌دهد")
    content = make_content("گزارش می‌گوید kernel panic رخ داده است.")
    services.reply_as_customer(ticket, actor=requester, content=content, now=NOW)
    return ticket


@pytest.mark.django_db
def test_a_hit_in_a_message_is_shown_to_both_sides(client_of, requester, agent, found_in_message):
    for person, path in ((requester, "/tickets/"), (agent, "/queue/")):
        page = client_of(person).get(path, {"q": "Kernel سرور", "status": ""}).content.decode()

        assert "<mark>kernel</mark> panic" in page
        assert "<mark>سرور</mark> پاسخ" in page


@pytest.mark.django_db
def test_a_note_is_never_the_excerpt_of_a_customer(client_of, requester, agent, found_in_message):
    note = make_content("یادداشت: kernel panic راز است")
    services.add_note(found_in_message, actor=agent, content=note, now=NOW)

    theirs = client_of(requester).get("/tickets/", {"q": "kernel"}).content.decode()
    ours = client_of(agent).get("/queue/", {"q": "kernel"}).content.decode()

    assert "راز" not in theirs
    assert "<mark>kernel</mark> panic رخ داده" in theirs
    assert "راز" in ours


@pytest.mark.django_db
def test_a_search_asks_as_much_for_one_row_as_for_many(
    client_of, requester, agent, found_in_message
):
    def asked(person, path):
        client = client_of(person)
        client.get(path, {"q": "kernel"})
        with CaptureQueriesContext(connection) as queries:
            client.get(path, {"q": "kernel"})
        return len(queries)

    both = ((requester, "/tickets/"), (agent, "/queue/"))
    before = [asked(*each) for each in both]
    ticket = make_ticket(requester, title="kernel")
    content = make_content("kernel panic")
    copies_of(services.reply_as_customer(ticket, actor=requester, content=content, now=NOW), 11)

    assert [asked(*each) for each in both] == before
