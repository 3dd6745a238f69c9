"""What a search finds: one table of texts and queries, asked through the lists of both sides."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import NOW, make_content, make_ticket
from tickets import services
from tickets.models import Ticket
from tickets.querysets import text_search
from tickets.querysets.text_search import TextSearch

pytestmark = pytest.mark.django_db

FOUND = [
    ("volume پایگاه داده", "پایگاه volume"),
    ("گواهی SSL فروشگاه", "گواهی فروشگاه"),
    ("گواهی SSL فروشگاه", "فروشگاه گواهی"),
    ("پشتیبان\u200cگیری شبانه", "پشتیبان گیری"),
    ("پشتیبان\u200cگیری شبانه", "پشتیبانگیری"),
    ("پشتیبان گیری شبانه", "پشتیبانگیری"),
    ("پشتیبان گیری شبانه", "پشتیبان\u200cگیری"),
    ("مبلغ ۱۸٬۴۳۰٬۰۰۰ ریال", "۱۸۴۳۰"),
    ("مبلغ ۱۸٬۴۳۰٬۰۰۰ ریال", "18,430,000"),
    ("مبلغ 18430000 ریال", "۱۸٬۴۳۰٬۰۰۰"),
    ("نامۀ شما", "نامه"),
    ("نامه\u0654 شما", "نامه"),
    ("نامه شما", "نامۀ"),
    ("كتاب علي", "کتاب علی"),
    ("خطای\u200e ۵۰۳", "خطای 503"),
    ("مُهم است", "مهم"),
    ("the disk is full", '"disk is full"'),
    ("the disk is full", "«disk is full»"),
    ("the disk is full", "full disk"),
    ("the disk is full", "FULL"),
    ("the disk is full", '"the disk'),
    ("the disk is full", '“disk is"'),
    ("the disk is full", "„disk is“"),
    ("the disk is full", "‹disk is›"),
    ("the disk is full", "'disk is'"),
    ("سایت قطع شد", "قطع شد؟"),
    ("سایت قطع شد", "(سایت)، قطع شد."),
    ("C++ and .env", ".env C++"),
    ("ٱلگوریتم ڪلید نے", "الگوریتم کلید نی"),
    ("SSL\u2011VPN – don’t", "SSL-VPN don't"),
    ("SSL-VPN don't", "SSL–VPN don’t"),
    ("۵۰٪ یا ۱٫۵ برابر", "50% 1.5"),
    ("هشدار ⚠\ufe0f", "هشدار ⚠"),
]
NOT_FOUND = [
    ("the disk is full", '"full disk"'),
    ("the disk is full", "disk empty"),
    ("گواهی SSL فروشگاه", "گواهی انبار"),
    ("the disk is full", '""'),
    ("the disk is full", "'full disk'"),
    ("the disk is full", "%"),
]


def shown(client, path, text):
    page = client.get(path, {"q": text, "text": text})
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.every
@pytest.mark.parametrize(("title", "query"), FOUND)
def test_a_title_is_found_however_it_was_typed(title, query, requester):
    ticket = make_ticket(requester, title=title)

    assert list(Ticket.objects.matching(query, requester)) == [ticket]


@pytest.mark.parametrize(("body", "query"), FOUND)
def test_a_message_is_found_however_it_was_typed(body, query, requester):
    ticket = make_ticket(requester, title="x", description=body)

    assert list(Ticket.objects.matching(query, requester)) == [ticket]


@pytest.mark.every
@pytest.mark.parametrize(("title", "query"), NOT_FOUND)
def test_what_lacks_a_word_or_the_phrase_is_not_found(title, query, requester):
    make_ticket(requester, title=title, description="y")

    assert not Ticket.objects.matching(query, requester)


@pytest.mark.parametrize(("text", "query"), FOUND)
def test_walk_and_index_find_the_same(text, query, requester):
    in_title = make_ticket(requester, title=text, description="x")
    in_message = make_ticket(requester, title="x", description=text)
    make_ticket(requester, title="y", description="z")
    search = TextSearch(Ticket.objects.all(), query, requester)

    assert list(search.walk()) == [in_message.pk, in_title.pk]
    for term in search.terms:
        assert list(search.by_index(term)) == [in_message.pk, in_title.pk]


@pytest.mark.parametrize("way", ["walk", "index"])
def test_a_note_is_found_by_no_customer_either_way(way, requester, agent):
    ticket = make_ticket(requester)
    services.add_note(ticket, actor=agent, content=make_content("secret"), now=NOW)

    def found(reader):
        search = TextSearch(Ticket.objects.all(), "secret", reader)
        return list(search.walk() if way == "walk" else search.by_index("secret"))

    assert (found(requester), found(agent)) == ([], [ticket.pk])


@pytest.mark.parametrize("way", ["walk", "index"])
def test_nothing_outside_the_given_tickets_is_found(way, requester, outsider):
    make_ticket(outsider, title="volume 17")
    seen = Ticket.objects.visible_to(requester)
    search = TextSearch(seen, "volume", requester)

    assert not list(search.walk() if way == "walk" else search.by_index("volume"))
    assert not Ticket.objects.visible_to(requester).matching("volume", requester, number=1)


def test_a_number_is_found_beside_what_contains_it(requester):
    first = make_ticket(requester, title="first")
    second = make_ticket(requester, title=f"again {first.pk}")

    found = Ticket.objects.matching(str(first.pk), requester, number=first.pk)

    assert set(found) == {first, second}


def test_words_are_found_in_title_and_messages_together(requester):
    ticket = make_ticket(requester, title="پایگاه داده", description="volume پر شد")

    assert list(Ticket.objects.matching("volume پایگاه", requester)) == [ticket]


def test_a_word_of_a_note_completes_no_search_of_a_customer(requester, agent):
    ticket = make_ticket(requester, title="server")
    services.add_note(ticket, actor=agent, content=make_content("secret"), now=NOW)

    assert not Ticket.objects.matching("server secret", requester)
    assert list(Ticket.objects.matching("server secret", agent)) == [ticket]


@pytest.mark.parametrize("query", ["\u200c", '"', "«»", "a " * 100, "%_\\", "\u202e", "«نامه"])
def test_an_odd_search_shows_a_page(query, client_of, requester, agent):
    make_ticket(requester)

    for person, path in ((requester, reverse("tickets:list")), (agent, reverse("queue:list"))):
        assert shown(client_of(person), path, query)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no trigram index")
def test_a_word_that_nobody_wrote_today_is_not_looked_for_in_all_messages(
    requester, agent, monkeypatch
):
    """Of ten thousand newest messages none had it, of all a third: the index read them all."""
    make_ticket(requester, title="Connection", description="the connection breaks")
    last = make_ticket(requester, title="Invoice", description="a wrong sum").messages.get().pk
    monkeypatch.setattr(text_search, "SAMPLE", last)  # every one of them
    _newest, of_all, _last = TextSearch(Ticket.objects.all(), "connection absent", agent)._shares()
    assert of_all["connection"] > of_all["absent"] == 0

    assert text_search._rare_term({"connection": 0.0}, of_all, 4_000_000) is None
    assert text_search._rare_term({"connection": 0.0, "absent": 0.0}, of_all, 4_000_000) == "absent"


def test_a_word_of_these_days_alone_is_found_by_the_index():
    """A walk of ten thousand tickets looked for more of it."""
    of_these_days = {"outage": 5 / 300}

    assert text_search._rare_term(of_these_days, {"outage": 0.0}, 4_000_000) == "outage"
    assert text_search._rare_term(of_these_days, {"outage": 0.2}, 4_000_000) is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no trigram index")
@pytest.mark.parametrize("text", ["connection", "absent", "co", "connection absent"])
def test_a_search_asks_twice_however_common_its_words(text, requester, agent):
    make_ticket(requester, title="Connection", description="the connection breaks")

    with CaptureQueriesContext(connection) as asked:
        TextSearch(Ticket.objects.all(), text, agent).find()

    assert len(asked) == 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no trigram index")
def test_the_newest_messages_are_those_that_the_reader_may_see(requester, agent, monkeypatch):
    ticket = make_ticket(requester, title="Connection", description="the connection breaks")
    services.add_note(ticket, actor=agent, content=make_content("secret"), now=NOW)
    monkeypatch.setattr(text_search, "SAMPLE", 1)

    def share_for(reader):
        return TextSearch(Ticket.objects.all(), "secret", reader)._shares()[0]["secret"]

    assert (share_for(agent), share_for(requester)) == (1, 0)
