"""The pages of canned replies: finding, writing, deleting, and files in and out."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.tickets.canned.test_services import make_canned
from tickets import services
from tickets.models import CannedReply

pytestmark = pytest.mark.django_db
URL = "/canned/"
FORM = {"title": "خوش‌آمد", "body_fa": "سلام {{مشتری}}", "body_en": "Hello {{customer}}"}


@pytest.fixture
def lead(client_of, supervisor):
    return client_of(supervisor)


def html_of(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def sent(client, lines, *, encoding="utf-8", name="replies.csv"):
    file = SimpleUploadedFile(name, lines.encode(encoding))
    return client.post("/canned/import/", {"file": file})


def rows_of(response):
    return [*csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))]


# --- Finding --------------------------------------------------------------------------------------


def test_the_list_shows_own_and_shared_replies(desk, agent, second_agent, supervisor):
    make_canned(agent, title="own-reply")
    make_canned(supervisor, title="shared-reply", scope="shared")
    make_canned(second_agent, title="private-reply")

    page = html_of(desk.get(URL))

    assert "own-reply" in page
    assert "shared-reply" in page
    assert "private-reply" not in page


def test_the_list_is_narrowed(desk, agent, supervisor):
    make_canned(agent, title="own-reply", priority="high")
    make_canned(supervisor, title="shared-reply", scope="shared", category="sales")

    for query in ("show=own", "show=macros", "find=own-reply"):
        page = html_of(desk.get(f"{URL}?{query}"))
        assert "own-reply" in page
        assert "shared-reply</bdi>" not in page
    assert "own-reply</bdi>" not in html_of(desk.get(f"{URL}?category=sales"))
    assert "own-reply</bdi>" in html_of(desk.get(f"{URL}?show=nonsense&category=x&after=zz"))


def test_the_list_goes_on_by_key_in_a_fixed_number_of_statements(
    desk, agent, django_assert_num_queries
):
    make_canned(agent, title="alone")
    desk.get(URL)
    with django_assert_num_queries(4):
        desk.get(URL)
    for number in range(60):
        make_canned(agent, title=f"reply {number:02}", category="technical")

    with django_assert_num_queries(4):
        first = html_of(desk.get(URL))
    following = html_of(
        desk.get(URL + re.search(r'href="(?:/canned/)?(\?[^"]*after=[^"]*)"', first)[1])
    )

    shown = set(re.findall(r"reply \d\d</bdi>|alone</bdi>", first + following))
    assert len(shown) == 61


def test_a_form_sent_again_with_another_text_keeps_it_and_saves_it_at_the_second_press(desk):
    form = FORM | {"form_key": "7f6f3a0e-32a8-4f0e-9f56-2f5f1d8f3a11"}
    desk.post(f"{URL}new/", form)

    html = html_of(desk.post(f"{URL}new/", form | {"body_en": "Another text"}), 409)
    assert "Another text" in html
    key = re.search(r'name="form_key" value="([^"\s]+)', html)[1]
    desk.post(f"{URL}new/", form | {"body_en": "Another text", "form_key": key})

    assert CannedReply.objects.count() == 2


def test_an_agent_reads_a_shared_reply_and_copies_it(desk, supervisor):
    shared = make_canned(supervisor, scope="shared", title="shared-reply")

    assert "shared-reply" in html_of(desk.get(f"{URL}{shared.pk}/"))
    assert 'value="shared-reply"' in html_of(desk.get(f"{URL}new/?copy={shared.pk}"))
    assert desk.post(f"{URL}{shared.pk}/", FORM).status_code == 404


def test_a_copy_of_what_one_may_not_see_is_empty(desk, second_agent):
    private = make_canned(second_agent, title="private-reply")

    for key in (private.pk, "x", "9" * 30, "²"):
        assert "private-reply" not in html_of(desk.get(f"{URL}new/?copy={key}"))
    assert desk.get(f"{URL}{private.pk}/").status_code == 404


# --- Writing --------------------------------------------------------------------------------------


def test_an_agent_writes_their_own(desk, agent):
    assert desk.post(f"{URL}new/", FORM | {"scope": "shared"}).status_code == 302

    reply = CannedReply.objects.get()
    assert (reply.owner, reply.scope, reply.body_en) == (agent, "own", "Hello {{customer}}")


def test_a_supervisor_shares_one_and_takes_it_back(lead, supervisor):
    lead.post(f"{URL}new/", FORM | {"scope": "shared"})
    reply = CannedReply.objects.get()
    assert reply.owner is None

    lead.post(f"{URL}{reply.pk}/", FORM | {"scope": "own", "version": 1})

    assert CannedReply.objects.get().owner == supervisor


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"body_fa": "{{nme}}"}, "«{{nme}}»"),
        ({"body_en": "{{name"}, "«{{name»"),
        ({"body_fa": "", "body_en": "  \u200b "}, "body_fa_error"),
        ({"title": "x" * 300}, "id_title_error"),
        ({"title": "\u200b"}, "id_title_error"),
        ({"body_fa": "x" * 5001}, "id_body_fa_error"),
        ({"priority": "highest"}, "id_priority_error"),
        ({"assignee": "999999"}, "id_assignee_error"),
    ],
)
def test_a_refusal_is_shown_beside_its_field_and_all_is_kept(desk, fields, shown):
    page = html_of(desk.post(f"{URL}new/", FORM | {"reason": "kept-reason"} | fields), 422)

    assert shown in page
    assert "kept-reason" in page
    assert not CannedReply.objects.exists()


def test_a_text_with_braces_and_markup_is_shown_as_typed(desk, agent):
    body = '{"a": 1} <b>x</b> {name'
    make_canned(agent, title="<script>", body_fa=body)

    page = html_of(desk.get(URL))

    assert "<script></bdi>" not in page
    assert "&lt;b&gt;x&lt;/b&gt; {name" in page


def test_a_stale_edit_shows_what_the_other_one_saved(desk, agent):
    reply = make_canned(agent, title="first")
    desk.post(f"{URL}{reply.pk}/", FORM | {"title": "theirs", "version": 1})

    page = html_of(desk.post(f"{URL}{reply.pk}/", FORM | {"title": "mine", "version": 1}), 409)
    assert "theirs" in page
    assert 'value="mine"' in page

    desk.post(f"{URL}{reply.pk}/", FORM | {"title": "mine", "version": 2})
    assert CannedReply.objects.get().title == "mine"


def test_a_reply_is_deleted_once(desk, agent):
    reply = make_canned(agent)

    for _press in range(2):
        assert desk.post(f"{URL}{reply.pk}/delete/").status_code == 302

    assert not CannedReply.objects.exists()


def test_a_text_typed_until_the_session_ended_is_shown_again(client):
    page = html_of(client.post(f"{URL}new/", FORM), 403)

    assert FORM["body_fa"] in page
    assert FORM["body_en"] in page


# --- Files ----------------------------------------------------------------------------------------


def test_an_export_comes_back_as_it_was(desk, lead, agent, second_agent, supervisor):
    make_canned(
        supervisor,
        scope="shared",
        title="=1+1",
        body_fa="-سلام\n{{مشتری}}",
        body_en='"quoted", text',
        category="sales",
        then="close",
        priority="low",
        reason="@all",
        new_category="technical",
        assignee_id=second_agent.pk,
    )
    before = CannedReply.objects.values().get()

    exported = lead.get(f"{URL}export/")
    assert rows_of(exported)[0]["title"] == "'=1+1"
    response = sent(lead, exported.content.decode())

    assert response.status_code == 302
    after = CannedReply.objects.values().get()
    changing = {"version": 2, "updated_at": after["updated_at"]}
    assert after == before | changing


def test_an_export_with_macros_comes_back_as_it_was(lead, supervisor, second_agent):
    """Retired tags, people who left, tags with the separator in their names, apostrophes before a
    formula and two replies of one title were refused, or came back as something else."""
    tags = [
        services.create_tag(name, colour="blue", actor=supervisor)
        for name in ("VPN", 'a|b "c"', "قدیمی")
    ]
    keys = tuple(tag.pk for tag in tags)
    for body in ("'=1+1", "''@all", "'quoted'", "0012", "'1-2", "۰۹۱۲۰۰۰۰۰۰۰"):
        make_canned(
            supervisor, title="same", body_fa=body, tag_ids=keys, assignee_id=second_agent.pk
        )
    services.retire_tag(tags[2], actor=supervisor)
    second_agent.is_active = False
    second_agent.save()
    before = list(CannedReply.objects.order_by("pk").values())

    response = sent(lead, lead.get(f"{URL}export/").content.decode())

    assert response.status_code == 302
    after = list(CannedReply.objects.order_by("pk").values())
    changing = {"version": 2, "updated_at": after[0]["updated_at"]}
    assert after == [each | changing for each in before]


def test_an_import_adds_no_retired_tag_to_what_did_not_have_it(lead, supervisor):
    tag = services.create_tag("VPN", colour="blue", actor=supervisor)
    services.retire_tag(tag, actor=supervisor)

    assert "VPN" in html_of(sent(lead, "title,body_fa,tags\nیک,سلام,VPN\n"), 422)
    assert not CannedReply.objects.exists()


def test_an_export_holds_nobody_elses(desk, agent, second_agent):
    make_canned(second_agent, title="private-reply")
    make_canned(agent, title="own-reply")

    assert [row["title"] for row in rows_of(desk.get(f"{URL}export/"))] == ["own-reply"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\u200b=", "＝"])
def test_no_cell_of_an_export_is_a_formula(desk, agent, start):
    make_canned(agent, title="x", body_fa=f"{start}cmd|' /C calc'!A1")

    assert rows_of(desk.get(f"{URL}export/"))[0]["body_fa"].startswith("'")


@pytest.mark.parametrize("title", ["0012", "1-2", "TRUE", "1e5", "12345678901234567890", "۰۹۱۲"])
def test_no_cell_of_an_export_becomes_a_number_or_a_date(desk, agent, title):
    make_canned(agent, title=title, body_fa="x")

    assert rows_of(desk.get(f"{URL}export/"))[0]["title"] == f"'{title}"


def test_an_import_takes_what_spreadsheets_write(desk, agent, second_agent):
    lines = (
        "\ufeffTitle;body_fa;assignee;then\r\n"
        "یک;سلام;Agent2@helpdesk.example;work\r\n\r\n"
        'دو;"چند\r\nخط";;\r\n'
    )

    assert sent(desk, lines).status_code == 302

    one, two = CannedReply.objects.order_by("pk")
    assert (one.title, one.assignee, one.then, one.owner) == ("یک", second_agent, "work", agent)
    assert two.body_fa == "چند\nخط"


def test_an_import_is_all_or_nothing_and_lists_the_rows(desk):
    lines = (
        "title,body_en,scope,priority,assignee\n"
        "good,Hello,,,\n"
        "bad,{{nme}},,,\n"
        ",Hello,,,\n"
        "shared,Hello,shared,,\n"
        "gone,Hello,,,nobody@helpdesk.example\n"
        "level,Hello,,highest,\n"
    )

    page = html_of(sent(desk, lines), 422)

    assert not CannedReply.objects.exists()
    for place in "۳۴۵۶۷":
        assert f"ردیف {place}" in page
    assert "ردیف ۲" not in page
    assert "«{{nme}}»" in page


def test_an_import_is_bounded(desk):
    heading = "title,body_en\n"

    too_many = html_of(sent(desk, heading + "a,b\n" * 10_000), 422)
    too_large = html_of(sent(desk, heading + f"a,{'x' * 3_000_000}\n"), 422)
    many_faults = html_of(sent(desk, heading + ",b\n" * 900), 422)

    assert "۱٬۰۰۰" in too_many
    assert "۲ مگابایت" in too_large
    assert many_faults.count("<li><b>") == 50
    assert not CannedReply.objects.exists()


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "title\n",
        "title,body_en\n",
        "title,body_en,colour\na,b,c\n",
        "title,title,body_en\na,b,c\n",
        "a,b\n",
        "title,body_en\n\0,b\n",
        'title,body_en\n"a,b\n',
        f"title,body_en\na,{'x' * 200_000}\n",
        "title,body_en\na,b,c,d,e\n",
        "title,body_en\nonly\n",
    ],
)
def test_any_other_file_is_refused_in_a_sentence(desk, lines):
    response = sent(desk, lines)

    assert response.status_code in {302, 422}
    assert CannedReply.objects.count() == (response.status_code == 302)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["cp1256", "utf-16", "utf-8-sig"])
def test_a_file_of_a_spreadsheet_is_not_refused_for_its_encoding(encoding, separator, desk):
    lines = separator.join(["title", "body_fa"]) + "\n" + separator.join(["سلام", "سلام دوست"])

    assert sent(desk, lines, encoding=encoding).status_code == 302

    reply = CannedReply.objects.get()
    assert (reply.title, reply.body_fa) == ("سلام", "سلام دوست")


def test_a_workbook_is_refused_as_no_csv_file(desk):
    workbook = SimpleUploadedFile("replies.xlsx", b"PK\x03\x04" + bytes(range(256)))

    html = html_of(desk.post("/canned/import/", {"file": workbook}), 422)

    assert "فایل از نوع CSV نیست" in html


def test_an_import_in_few_statements(desk, django_assert_max_num_queries):
    lines = "title,body_en\n" + "".join(f"title {each},text\n" for each in range(200))

    for _time in range(2):
        with django_assert_max_num_queries(20):
            assert sent(desk, lines).status_code == 302

    assert CannedReply.objects.count() == 200
