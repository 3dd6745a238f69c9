"""Reports as files: CSV that streams, and XLSX, of the table or of the tickets behind it.

Numbers are numbers, and every text is shown as it was typed. XLSX has a type for texts; in CSV a
text that a spreadsheet would run as a formula, or turn into a number or a date, begins with an
apostrophe.
"""

import csv
import re
import tempfile
from datetime import datetime
from itertools import islice

import jdatetime
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from ui.spreadsheets import BOM, begins_a_formula, is_reread
from ui.wording import number

from .behind import Behind, behind
from .page import table

CHUNK = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet program opens in reasonable time, and a request writes.
MOST_IN_XLSX = 100_000
# Readers of XLSX take _x000D_ for a character of that number; _x005F_ is the underscore.
_ESCAPE_OF_XLSX = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")


def table_lines(wanted):
    """The table as it is sorted, all rows of it, under its headings."""
    yield [
        wanted.by_label,
        _("Promises"),
        pgettext("promises", "On time"),
        pgettext("promises", "Late"),
        _("Late, never met"),
        _("On-time share"),
        _("Median, minutes"),
        _("90th percentile, minutes"),
        _("With an aim"),
        _("Within the aim"),
        pgettext("promises", "Withdrawn"),
    ]
    for row in table(wanted):
        figure = row.figure
        yield [
            row.label,
            figure.counted,
            figure.kept,
            figure.late,
            figure.open_late,
            None if figure.share is None else round(figure.share, 4),
            _minutes(figure.median),
            _minutes(figure.p90),
            figure.with_aim,
            figure.within_aim,
            figure.withdrawn,
        ]


def ticket_lines(wanted):
    """A line for each promise behind the report, read from the database bit by bit."""
    yield [
        _("Number"),
        _("Title"),
        _("Organization"),
        _("Plan"),
        _("Priority"),
        _("Category"),
        _("Promise"),
        _("Started"),
        _("Due"),
        _("Ended"),
        _("Result"),
        _("Agent"),
        _("Counted, minutes"),
        _("Target, minutes"),
        _("Aim, minutes"),
    ]
    for clock in behind(wanted).iterator(chunk_size=CHUNK):
        yield _ticket_line(Behind(clock))


def _ticket_line(row):
    clock, ticket = row.clock, row.clock.ticket
    return [
        ticket.number,
        ticket.title,
        ticket.organization.name,
        clock.plan_version.plan.name,
        clock.get_priority_display(),
        ticket.get_category_display(),
        clock.get_kind_display(),
        _moment(clock.started_at),
        _moment(clock.due_at),
        _moment(clock.stopped_at),
        row.label,
        str(clock.agent or ""),
        _minutes(clock.counted) if row.is_done else None,
        _minutes(clock.target),
        _minutes(clock.aim),
    ]


def is_too_long_for_xlsx(wanted, *, most=MOST_IN_XLSX):
    """Whether there are more promises behind the report than an XLSX file takes."""
    return behind(wanted).order_by()[: most + 1].count() > most


def too_long_for_xlsx():
    """Why such a file is refused."""
    sentence = _("An XLSX file holds at most %(limit)s rows. Choose a shorter period, or CSV.")
    return sentence % {"limit": number(MOST_IN_XLSX)}


LINES = {"table": table_lines, "tickets": ticket_lines}


def as_file(wanted, content, form):
    """The answer that is the table of the report or the tickets behind it, as CSV or XLSX."""
    lines = LINES[content](wanted)
    disposition = {"Content-Disposition": f'attachment; filename="report-{content}.{form}"'}
    if form == "csv":
        return StreamingHttpResponse(as_csv(lines), content_type="text/csv", headers=disposition)
    return FileResponse(as_xlsx(lines), content_type=XLSX, headers=disposition)


def as_csv(lines):
    """The bytes of a CSV file, some lines at a time.

    They are asked for when the request is over: each time in the language and zone of now.
    """
    return _encoded(iter(lines), get_language(), timezone.get_current_timezone())


def _encoded(lines, language, zone):
    writer = csv.writer(_Line())
    yield BOM.encode()
    while True:
        with override(language), timezone.override(zone):
            written = [
                writer.writerow([_for_csv(cell) for cell in line]) for line in islice(lines, CHUNK)
            ]
        if not written:
            return
        yield "".join(written).encode()


def as_xlsx(lines):
    """A workbook in a temporary file, at its beginning. Its rows are never all in memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.sheet_view.rightToLeft = get_language() == "fa"
    for line in lines:
        sheet.append([_for_xlsx(sheet, cell) for cell in line])
    file = tempfile.TemporaryFile()  # noqa: SIM115 whoever sends it closes it
    book.save(file)
    file.seek(0)
    return file


class _Line:
    """What a csv writer writes into: gives the line back."""

    def write(self, text):
        return text


def _for_csv(cell):
    """Numbers and moments as they are; a text with an apostrophe where it would be converted."""
    if cell is None or isinstance(cell, int | float | datetime):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", str(cell))
    return f"'{text}" if is_reread(text) else text


def _for_xlsx(sheet, cell):
    """Numbers and moments as they are; a text in a cell of text, which is never computed."""
    if cell is None or isinstance(cell, int | float | datetime):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", str(cell))
    written = WriteOnlyCell(sheet, _ESCAPE_OF_XLSX.sub("_x005F_", text))
    written.data_type = "s"  # the library takes =1 for a formula and #N/A for an error
    if begins_a_formula(text):
        written.quotePrefix = True  # it stays a text when someone edits the cell
    return written


def _minutes(duration):
    return None if duration is None else round(duration.total_seconds() / 60, 2)


def _moment(moment):
    """In the reader's zone: a moment, or in Persian its Jalali date and time as text that sorts."""
    if moment is None:
        return None
    local = timezone.localtime(moment).replace(tzinfo=None, microsecond=0)
    if get_language() != "fa":
        return local
    return f"{jdatetime.date.fromgregorian(date=local.date()):%Y/%m/%d} {local:%H:%M}"
