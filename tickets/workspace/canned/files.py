"""Canned replies as CSV: written for spreadsheet programs, and read from what comes back.

The columns are the fields of a reply by name; a team is a name, an assignee an e-mail address, and
tags are names with “|” between them. A text that a spreadsheet would run, or turn into a number or
a date, begins with an apostrophe, which reading takes away again.
"""

import codecs
import csv
import io

from django.utils.translation import gettext as _

from organizations.emails import normal_email
from organizations.models import User
from tickets.choices import CannedScope
from tickets.errors import TicketError
from tickets.models import CannedReply, Tag, Team
from tickets.search.folding import name_key
from ui.charsets import decoded
from ui.names import clean_name
from ui.spreadsheets import BOM, is_reread
from ui.wording import format_size, listed, number

from .forms import CannedFields

COLUMNS = [
    *("title", "scope", "team", "category", "body_fa", "body_en"),
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
        values[COLUMNS.index("team")] = reply.team.name if reply.team else ""
        values.append(reply.assignee.email if reply.assignee else "")
        values.append(_joined(names[key] for key in reply.tag_ids if key in names))
        writer.writerow(map(_guarded, values))
    return BOM + file.getvalue()


def read(file, user):
    """The drafts in an uploaded file, and (row, sentence) of what is wrong with it, MOST_FAULTS at
    most. Row 1 is the heading, as spreadsheets count. Raises TicketError for what is no such file.
    """
    rows = _rows(_text(file))
    people, tags = _people_named(rows, user), _tags_by_name(rows, user)
    teams = _teams_by_name(rows, user)
    drafts, faults = [], []
    for place, row in rows:
        name = clean_name(row.get("team", ""))
        scope = CannedScope.TEAM if name else CannedScope.OWN
        form = CannedFields({"scope": scope, **{key: row[key] for key in row if row[key]}})
        team = teams.get(name_key(name))
        email = normal_email(row.get("assignee"))
        keys = {name: tags.get(name_key(name)) for name in _parted(row.get("tags", ""))}
        wrong = [*_faults_of(form, email, people, user), *_unknown_tags(keys)]
        wrong += _faults_of_team(form, name, team)
        if wrong:
            faults += [(place, sentence) for sentence in wrong]
        else:
            named = {"team_id": team, "assignee_id": people.get(email)}
            drafts.append(form.draft(tag_ids=tuple(keys.values()), **named))
        if len(faults) >= MOST_FAULTS:
            break
    return drafts, faults[:MOST_FAULTS]


def _text(file):
    if file.size > MOST_BYTES:
        size = {"size": format_size(MOST_BYTES)}
        raise TicketError(_("The file is larger than %(size)s.") % size)
    content = file.read()
    if b"\0" in content and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise TicketError(_("The file is not a CSV file."))
    return decoded(content)


def _rows(text):
    """(its number, its cells by column) of each row that is not empty."""
    first = text.partition("\n")[0]
    separator = next((each for each in "\t;" if each in first), ",")
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


def _guarded(text):
    """A cell with an apostrophe before what would change, and one more before those that stand
    there."""
    return f"'{text}" if is_reread(text.lstrip("'")) else text


def _unguarded(cell):
    """A cell without the apostrophe of `_guarded`."""
    return cell[1:] if cell.startswith("'") and is_reread(cell.lstrip("'")) else cell


def _joined(names):
    """The names in one cell, with quotes around what has the separator in it."""
    cell = io.StringIO()
    csv.writer(cell, delimiter="|", lineterminator="").writerow(list(names))
    return cell.getvalue()


def _parted(cell):
    """The names of a cell by `_joined`, or as somebody typed them."""
    parts = next(csv.reader([cell], delimiter="|"), [])
    return [each.strip() for each in parts if each.strip()]


def _people_named(rows, user):
    """The ids of the agents whom the rows name, by address, in one statement; with those who are
    no agents any more and were chosen before."""
    emails = {normal_email(row.get("assignee")) for _place, row in rows} - {""}
    if not emails:
        return {}
    people = User.objects.agents().ids_by_email(emails)
    if emails - set(people):
        kept = CannedReply.objects.editable_by(user).values("assignee")
        people = User.objects.filter(pk__in=kept).ids_by_email(emails) | people
    return people


def _teams_by_name(rows, user):
    """The keys of the teams for which the person writes; none where no row names one."""
    if not any(row.get("team") for _place, row in rows):
        return {}
    return Team.objects.joined_by(user).keys_by_name()


def _faults_of_team(form, name, team):
    """A team is named where the scope is one, and nowhere else."""
    is_teams = form.cleaned_data.get("scope") == CannedScope.TEAM
    if name and team is None:
        sentence = _("There is no team “%(name)s” that you may write for.") % {"name": name[:60]}
    elif name and not is_teams and "scope" in form.cleaned_data:
        sentence = _("Only a reply with the scope “team” has a team.")
    elif is_teams and not name:
        sentence = _("Enter the name of the team.")
    else:
        return []
    return [f"team: {sentence}"]


def _tags_by_name(rows, user):
    """The keys of the tags in use by their folded names, with the retired ones that replies of the
    person add already; none where no row names one."""
    if not any(row.get("tags") for _place, row in rows):
        return {}
    kept = set()
    for keys in CannedReply.objects.editable_by(user).values_list("tag_ids", flat=True):
        kept.update(keys)
    known = Tag.objects.known().values_list("name_key", "pk", "retired_at")
    return {name: key for name, key, retired in known if retired is None or key in kept}


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
