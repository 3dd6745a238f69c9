"""Canned replies as CSV: written for spreadsheet programs, and read from what comes back.

The columns are the fields of a reply by name; an assignee is an e-mail address, and tags are names
with “|” between them. A text that a spreadsheet would run begins with an apostrophe, which reading
takes away again.
"""

import csv
import io

from django.utils.translation import gettext as _

from organizations.models import User
from tickets.choices import CannedScope
from tickets.errors import TicketError
from tickets.models import Tag
from tickets.search.folding import fold, squash
from ui.spreadsheets import BOM, begins_a_formula
from ui.wording import format_size, listed, number

from .forms import CannedFields

COLUMNS = [
    *("title", "scope", "category", "body_fa", "body_en"),
    *("then", "priority", "reason", "new_category", "assignee", "tags"),
]
MOST_BYTES, MOST_ROWS, MOST_FAULTS = 2 * 1024 * 1024, 1000, 50


def written(replies):
    """The CSV of the replies, as text."""
    file = io.StringIO()
    writer = csv.writer(file)
    names = dict(Tag.objects.known().values_list("pk", "name"))
    writer.writerow(COLUMNS)
    for reply in replies:
        values = [getattr(reply, name) for name in COLUMNS[:-2]]
        values.append(reply.assignee.email if reply.assignee else "")
        values.append("|".join(names[key] for key in reply.tag_ids if key in names))
        writer.writerow([f"'{each}" if begins_a_formula(each) else each for each in values])
    return BOM + file.getvalue()


def read(file, user):
    """The drafts in an uploaded file, and (row, sentence) of what is wrong with it, MOST_FAULTS at
    most. Row 1 is the heading, as spreadsheets count. Raises TicketError for what is no such file.
    """
    rows = _rows(_text(file))
    people, tags = _people_named(rows), _tags_by_name(rows)
    drafts, faults = [], []
    for place, row in rows:
        form = CannedFields(
            {"scope": CannedScope.OWN, **{key: row[key] for key in row if row[key]}}
        )
        email = row.get("assignee", "").casefold()
        names = [each.strip() for each in row.get("tags", "").split("|") if each.strip()]
        keys = {name: tags.get(squash(fold(name))) for name in names}
        wrong = [*_faults_of(form, email, people, user), *_unknown_tags(keys)]
        if wrong:
            faults += [(place, sentence) for sentence in wrong]
        else:
            drafts.append(form.draft(assignee_id=people.get(email), tag_ids=tuple(keys.values())))
        if len(faults) >= MOST_FAULTS:
            break
    return drafts, faults[:MOST_FAULTS]


def _text(file):
    if file.size > MOST_BYTES:
        size = {"size": format_size(MOST_BYTES)}
        raise TicketError(_("The file is larger than %(size)s.") % size)
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TicketError(_("The file is not UTF-8. Save it as “CSV UTF-8”.")) from error
    if "\0" in text:
        raise TicketError(_("The file is not a CSV file."))
    return text


def _rows(text):
    """(its number, its cells by column) of each row that is not empty."""
    separator = ";" if ";" in text.partition("\n")[0] else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        heading = [each.strip().casefold() for each in next(lines, [])]
        _check_heading(heading)
        found = []
        for place, line in enumerate(lines, start=2):
            if not any(cell.strip() for cell in line):
                continue
            if len(found) == MOST_ROWS:
                most = {"most": number(MOST_ROWS)}
                raise TicketError(_("The file has more than %(most)s rows.") % most)
            cells = [_unguarded(cell) for cell in line]
            found.append((place, dict(zip(heading, cells, strict=False))))
    except csv.Error as error:
        raise TicketError(_("The file is not a CSV file.")) from error
    if not found:
        raise TicketError(_("The file has no rows."))
    return found


def _check_heading(heading):
    if unknown := [name for name in heading if name not in COLUMNS]:
        shown = listed(f"“{name[:40]}”" for name in unknown[:5])
        raise TicketError(_("Unknown columns: %(names)s.") % {"names": shown})
    missing = [name for name in ("title",) if name not in heading]
    if missing or not {"body_fa", "body_en"} & set(heading) or len(set(heading)) < len(heading):
        raise TicketError(
            _("The first row must name the columns, each once: title, and body_fa or body_en.")
        )


def _unguarded(cell):
    """A cell without the apostrophe that `written` puts before a formula."""
    return cell[1:] if cell.startswith("'") and begins_a_formula(cell[1:]) else cell


def _people_named(rows):
    """The ids of the agents whom the rows name, by address, in one statement."""
    emails = {row.get("assignee", "").casefold() for _place, row in rows} - {""}
    return User.objects.agents().ids_by_email(emails) if emails else {}


def _tags_by_name(rows):
    """The keys of the tags in use by their folded names, in one statement; none where no row names
    one."""
    if not any(row.get("tags") for _place, row in rows):
        return {}
    return dict(Tag.objects.in_use().values_list("name_key", "pk"))


def _unknown_tags(keys):
    sentence = _("There is no tag “%(name)s” in use.")
    return [f"tags: {sentence % {'name': name[:60]}}" for name, key in keys.items() if key is None]


def _faults_of(form, email, people, user):
    """What is wrong with one row, in sentences that name the column."""
    faults = []
    if not form.is_valid():
        for name, errors in form.errors.items():
            faults += [f"{name}: {sentence}" for sentence in errors]
    if email and email not in people:
        sentence = _("There is no active agent with this address.")
        faults.append(f"assignee: {sentence}")
    if form.cleaned_data.get("scope") == CannedScope.SHARED and not user.is_supervisor:
        sentence = _("Only supervisors write replies for all agents.")
        faults.append(f"scope: {sentence}")
    return faults
