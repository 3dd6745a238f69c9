"""The shipped plans against the two tables that promise them, cell for cell."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

from plans.models import Plan, Priority
from plans.promises import current_promise
from ui.wording import LATIN_DIGITS, format_duration

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parent / "data"
PLANS = ["enterprise", "sme", "business", "developer"]


def read_table(name):
    lines = (DATA / name).read_text().splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if not set(row[0]) <= set("- ")]


def bare(text):
    """Without ZWNJ, spaces and line breaks; digits in Latin; the table's word for critical."""
    text = re.sub(r"<br/>|\u200c|\s", "", str(text)).translate(LATIN_DIGITS)
    return text.replace("بحرانی", "حیاتی").casefold()


def persian_cell(cell):
    """As the document writes it: < 30 دقیقه - 10, or a dash."""
    if cell.target is None:
        return "-"
    target = f"< {format_duration(cell.target)}"
    return target if cell.aim is None else f"{target} - {cell.aim.seconds // 60}"


def english_cell(cell):
    if cell.target is None:
        return "–"
    target = format_duration(cell.target)
    return target if cell.aim is None else f"{target}, aim {cell.aim.seconds // 60}"


def shipped_plans():
    plans = {plan.key: plan for plan in Plan.objects.all()}
    return [plans[key] for key in PLANS]


def test_the_persian_table_is_what_we_ship():
    head, *rows = read_table("support-service.fa.md")
    *priorities, support, guidance = rows
    plans = shipped_plans()

    with override("fa"):
        assert [bare(cell) for cell in head[1:]] == [
            bare(f"{plan.name_en} ({plan.name_fa})") for plan in plans
        ]
        for priority, row in zip(Priority, priorities, strict=True):
            assert bare(row[0]) == bare(f"{priority.label} ({priority.purpose})")
            cells = [current_promise(plan).cell(priority) for plan in plans]
            assert [bare(cell) for cell in row[1:]] == [bare(persian_cell(cell)) for cell in cells]
        assert [bare(cell) for cell in support[1:]] == [bare(plan.support_hours) for plan in plans]
        assert [bare(cell) for cell in guidance[1:]] == [
            bare(plan.architecture_guidance) for plan in plans
        ]


def test_the_english_table_is_what_we_ship():
    head, *rows = read_table("plans.en.md")
    *priorities, support, guidance = rows
    plans = shipped_plans()

    with override("en"):
        assert head[1:] == [plan.name for plan in plans]
        for priority, row in zip(Priority, priorities, strict=True):
            assert row[0].startswith(f"{priority.value} (")
            cells = [current_promise(plan).cell(priority) for plan in plans]
            assert row[1:] == [english_cell(cell) for cell in cells]
        assert [bare(cell) for cell in support[1:]] == [bare(plan.support_hours) for plan in plans]
        assert guidance[1].casefold() == plans[0].architecture_guidance.casefold()
        # "the same, once a year" is the first cell with something added.
        assert plans[1].architecture_guidance == f"{guidance[1]}, once a year"
        assert guidance[3:] == [plan.architecture_guidance for plan in plans[2:]]


def test_the_matrix_has_sixteen_commitments_and_one_aim():
    cells = [current_promise(plan).cell(each) for plan in shipped_plans() for each in Priority]

    assert len([cell for cell in cells if cell.target]) == 16
    assert len([cell for cell in cells if cell.aim]) == 1
    assert not any(cell.resolution for cell in cells)


def test_the_document_in_the_tests_counts_as_many_commitments():
    rows = read_table("support-service.fa.md")[1:6]

    assert len([cell for row in rows for cell in row[1:] if cell.startswith("<")]) == 16


def test_what_the_admin_edits_is_what_version_1_says():
    for plan in shipped_plans():
        promise = current_promise(plan)

        assert promise.plan_version.number == 1
        for target in plan.targets.all():
            cell = promise.cell(target.priority)
            assert (cell.target, cell.aim, cell.resolution) == (
                target.target,
                target.aim,
                target.resolution,
            )


def test_plans_stand_from_small_to_large():
    assert list(Plan.objects.values_list("key", flat=True)) == [*reversed(PLANS)]
