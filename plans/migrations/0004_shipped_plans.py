"""The plans of the support document and the calendar of the country, as the product ships them.

Holidays: the official ones of the Persian years 1405 and 1406. Those of the lunar calendar that
depend on the moon are estimates, marked so, and are to be corrected in the admin when announced.
"""

import datetime

from django.db import migrations

HOUR = 3600
MINUTE = 60
PRIORITIES = ("low", "normal", "high", "urgent", "critical")
# key, Persian and English name, targets by priority in seconds, is 24/7, guidance in both languages
PLANS = [
    (
        "developer",
        "پایه",
        "Developer",
        (48 * HOUR, 24 * HOUR, None, None, None),
        False,
        "عمومی",
        "general",
    ),
    (
        "business",
        "متوسط",
        "Business",
        (48 * HOUR, 12 * HOUR, 8 * HOUR, 2 * HOUR, None),
        True,
        "مطابق با موارد مورد نیاز مشتری",
        "according to the customer's needs",
    ),
    (
        "sme",
        "پیشرفته",
        "SME",
        (24 * HOUR, 12 * HOUR, 8 * HOUR, 2 * HOUR, 30 * MINUTE),
        True,
        "بررسی مشورتی و راهنمایی بر اساس برنامه‌های مشتری (یک‌بار در سال)",
        "consultative review and guidance based on the customer's applications, once a year",
    ),
    (
        "enterprise",
        "سازمانی",
        "Enterprise",
        (24 * HOUR, 12 * HOUR, 4 * HOUR, 1 * HOUR, 30 * MINUTE),
        True,
        "بررسی مشورتی و راهنمایی بر اساس برنامه‌های مشتری",
        "consultative review and guidance based on the customer's applications",
    ),
]
AIMS = {("enterprise", "critical"): 10 * MINUTE}
WORKDAYS = (5, 6, 0, 1, 2)  # Saturday to Wednesday
OPENS, CLOSES = datetime.time(9), datetime.time(18)
# date, Persian and English name, is an estimate
HOLIDAYS = [
    ("2026-03-21", "نوروز؛ عید سعید فطر", "Nowruz; Eid al-Fitr", False),
    (
        "2026-03-22",
        "تعطیلات نوروز؛ روز پس از عید سعید فطر",
        "Nowruz holidays; day after Eid al-Fitr",
        False,
    ),
    ("2026-03-23", "تعطیلات نوروز", "Nowruz holidays", False),
    ("2026-03-24", "تعطیلات نوروز", "Nowruz holidays", False),
    ("2026-04-01", "روز جمهوری اسلامی", "Islamic Republic Day", False),
    ("2026-04-02", "روز طبیعت (سیزده‌به‌در)", "Nature Day (Sizdah Bedar)", False),
    ("2026-04-14", "شهادت امام جعفر صادق", "Martyrdom of Imam Ja'far al-Sadiq", False),
    ("2026-05-27", "عید سعید قربان", "Eid al-Adha", False),
    (
        "2026-06-04",
        "رحلت امام خمینی؛ عید سعید غدیر خم",
        "Death of Imam Khomeini; Eid al-Ghadir",
        False,
    ),
    ("2026-06-05", "قیام ۱۵ خرداد", "15 Khordad Uprising", False),
    ("2026-06-24", "تاسوعای حسینی", "Tasua", False),
    ("2026-06-25", "عاشورای حسینی", "Ashura", False),
    ("2026-08-04", "اربعین حسینی", "Arbaeen", False),
    (
        "2026-08-12",
        "رحلت رسول اکرم؛ شهادت امام حسن مجتبی",
        "Death of the Prophet; Martyrdom of Hasan ibn Ali",
        False,
    ),
    ("2026-08-13", "شهادت امام رضا", "Martyrdom of Ali al-Rida", False),
    ("2026-08-21", "شهادت امام حسن عسکری", "Martyrdom of Hasan al-Askari", False),
    (
        "2026-08-30",
        "میلاد رسول اکرم و امام جعفر صادق",
        "Birthday of Muhammad and Imam Ja'far al-Sadiq",
        False,
    ),
    ("2026-11-13", "شهادت حضرت فاطمه زهرا", "Martyrdom of Fatima", False),
    ("2026-12-23", "ولادت امام علی و روز پدر", "Birthday of Imam Ali, Father's Day", False),
    ("2027-01-06", "مبعث رسول اکرم", "Mab'ath", True),
    ("2027-01-24", "ولادت حضرت قائم (نیمه شعبان)", "Birthday of the Mahdi (mid-Sha'ban)", True),
    ("2027-02-11", "پیروزی انقلاب اسلامی", "Islamic Revolution Day", False),
    ("2027-03-01", "شهادت حضرت علی", "Martyrdom of Imam Ali", True),
    ("2027-03-10", "عید سعید فطر", "Eid al-Fitr", True),
    ("2027-03-11", "روز پس از عید سعید فطر", "Day after Eid al-Fitr", True),
    ("2027-03-20", "روز ملی شدن صنعت نفت", "Oil Industry Nationalisation Day", False),
    ("2027-03-21", "نوروز", "Nowruz", False),
    ("2027-03-22", "تعطیلات نوروز", "Nowruz holidays", False),
    ("2027-03-23", "تعطیلات نوروز", "Nowruz holidays", False),
    ("2027-03-24", "تعطیلات نوروز", "Nowruz holidays", False),
    ("2027-04-01", "روز جمهوری اسلامی", "Islamic Republic Day", False),
    ("2027-04-02", "روز طبیعت (سیزده‌به‌در)", "Nature Day (Sizdah Bedar)", False),
    ("2027-04-03", "شهادت امام جعفر صادق", "Martyrdom of Imam Ja'far al-Sadiq", True),
    ("2027-05-17", "عید سعید قربان", "Eid al-Adha", True),
    ("2027-05-25", "عید سعید غدیر خم", "Eid al-Ghadir", True),
    ("2027-06-04", "رحلت امام خمینی", "Death of Imam Khomeini", False),
    ("2027-06-05", "قیام ۱۵ خرداد", "15 Khordad Uprising", False),
    ("2027-06-15", "تاسوعای حسینی", "Tasua", True),
    ("2027-06-16", "عاشورای حسینی", "Ashura", True),
    ("2027-07-25", "اربعین حسینی", "Arbaeen", True),
    (
        "2027-08-02",
        "رحلت رسول اکرم؛ شهادت امام حسن مجتبی",
        "Death of the Prophet; Martyrdom of Hasan ibn Ali",
        True,
    ),
    ("2027-08-03", "شهادت امام رضا", "Martyrdom of Ali al-Rida", True),
    ("2027-08-11", "شهادت امام حسن عسکری", "Martyrdom of Hasan al-Askari", True),
    (
        "2027-08-20",
        "میلاد رسول اکرم و امام جعفر صادق",
        "Birthday of Muhammad and Imam Ja'far al-Sadiq",
        True,
    ),
    ("2027-11-03", "شهادت حضرت فاطمه زهرا", "Martyrdom of Fatima", True),
    ("2027-12-12", "ولادت امام علی و روز پدر", "Birthday of Imam Ali, Father's Day", True),
    ("2027-12-26", "مبعث رسول اکرم", "Mab'ath", True),
    ("2028-01-13", "ولادت حضرت قائم (نیمه شعبان)", "Birthday of the Mahdi (mid-Sha'ban)", True),
    ("2028-02-11", "پیروزی انقلاب اسلامی", "Islamic Revolution Day", False),
    ("2028-02-18", "شهادت حضرت علی", "Martyrdom of Imam Ali", True),
    ("2028-02-27", "عید سعید فطر", "Eid al-Fitr", True),
    ("2028-02-28", "روز پس از عید سعید فطر", "Day after Eid al-Fitr", True),
    ("2028-03-19", "روز ملی شدن صنعت نفت", "Oil Industry Nationalisation Day", False),
]


def ship(apps, schema_editor):
    now = datetime.datetime.now(datetime.UTC)
    calendar = ship_calendar(apps, now)
    for position, plan in enumerate(PLANS, start=1):
        ship_plan(apps, plan, position=position * 10, calendar=calendar, now=now)


def ship_calendar(apps, now):
    calendar = apps.get_model("plans", "Calendar").objects.create(
        name_fa="ساعات کاری ایران", name_en="Iran working hours", time_zone="Asia/Tehran"
    )
    hours = apps.get_model("plans", "WorkingHours")
    hours.objects.bulk_create(
        hours(calendar=calendar, weekday=day, starts_at=OPENS, ends_at=CLOSES) for day in WORKDAYS
    )
    holiday = apps.get_model("plans", "Holiday")
    holiday.objects.bulk_create(
        holiday(
            calendar=calendar,
            held_on=datetime.date.fromisoformat(day),
            name_fa=name_fa,
            name_en=name_en,
            is_estimate=is_estimate,
        )
        for day, name_fa, name_en, is_estimate in HOLIDAYS
    )
    minutes = [OPENS.hour * 60, CLOSES.hour * 60]
    apps.get_model("plans", "CalendarVersion").objects.create(
        calendar=calendar,
        number=1,
        definition={
            "time_zone": calendar.time_zone,
            "weekly": {str(day): [minutes] if day in WORKDAYS else [] for day in range(7)},
            "holidays": {day: {"fa": fa, "en": en} for day, fa, en, _is_estimate in HOLIDAYS},
        },
        created_at=now,
    )
    return calendar


def ship_plan(apps, plan, *, position, calendar, now):
    key, name_fa, name_en, seconds, is_around_the_clock, guidance_fa, guidance_en = plan
    row = apps.get_model("plans", "Plan").objects.create(
        key=key,
        name_fa=name_fa,
        name_en=name_en,
        position=position,
        is_default=key == "developer",
        calendar=None if is_around_the_clock else calendar,
        architecture_guidance_fa=guidance_fa,
        architecture_guidance_en=guidance_en,
    )
    targets = {
        priority: {"target": target, "aim": AIMS.get((key, priority)), "resolution": None}
        for priority, target in zip(PRIORITIES, seconds, strict=True)
    }
    cell = apps.get_model("plans", "ResponseTarget")
    cell.objects.bulk_create(
        cell(
            plan=row,
            priority=priority,
            target=duration(each["target"]),
            aim=duration(each["aim"]),
        )
        for priority, each in targets.items()
    )
    apps.get_model("plans", "PlanVersion").objects.create(
        plan=row, number=1, targets=targets, calendar=row.calendar, created_at=now
    )


def duration(seconds):
    return None if seconds is None else datetime.timedelta(seconds=seconds)


def take_back(apps, schema_editor):
    """Remove what was shipped; refused by the database while an organization uses it."""
    for model in ("PlanVersion", "ResponseTarget", "Plan", "CalendarVersion"):
        apps.get_model("plans", model).objects.all().delete()
    for model in ("Holiday", "WorkingHours", "Calendar"):
        apps.get_model("plans", model).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_history")]
    operations = [migrations.RunPython(ship, take_back)]
