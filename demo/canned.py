"""The canned replies of the demo: those of all agents, two of a team, two of one agent's own."""

from dataclasses import replace
from datetime import timedelta

from tickets import services
from tickets.models import Team

WRITTEN_BEFORE = timedelta(days=120)
SHARED = [
    services.CannedDraft(
        "خوش‌آمد و در دست بررسی",
        scope="shared",
        body_fa="سلام {{مشتری}} گرامی،\n\nتیکت {{شماره}} را دیدیم و در حال بررسی آن هستیم. "
        "تا {{سررسید}} نتیجه را همین‌جا می‌نویسیم.\n\n{{پشتیبان}}",
        body_en="Hello {{customer}},\n\nWe have seen {{number}} and are looking into it. "
        "You will read from us here before {{due}}.\n\n{{agent}}",
        then="work",
    ),
    services.CannedDraft(
        "درخواست اطلاعات بیشتر",
        scope="shared",
        body_fa="سلام {{مشتری}} گرامی،\n\nبرای بررسی «{{عنوان}}» لطفاً این‌ها را بفرستید:\n\n"
        "- زمان دقیق خطا\n- متن کامل پیام خطا\n- شناسه‌ی سرور یا سرویس",
        body_en="Hello {{customer}},\n\nTo look into “{{title}}” we need:\n\n"
        "- the exact time of the error\n- its full text\n- the id of the server or service",
        then="wait",
    ),
    services.CannedDraft(
        "قطعی سراسری شبکه",
        scope="shared",
        category="technical",
        body_fa="سلام،\n\nاختلالی در شبکه‌ی ما هست که سرویس‌های {{سازمان}} را هم گرفته است. "
        "همکاران ما روی آن کار می‌کنند.",
        body_en="Hello,\n\nA fault in our network affects the services of {{organization}} too. "
        "Our engineers are working on it.",
        then="work",
        priority="urgent",
        new_category="technical",
    ),
    services.CannedDraft(
        "نسخه‌ی صورت‌حساب",
        scope="shared",
        category="financial",
        body_fa="سلام {{مشتری}} گرامی،\n\nصورت‌حساب {{سازمان}} پیوست است.",
        new_category="financial",
        then="close",
    ),
    services.CannedDraft(
        "Moving to a larger plan",
        scope="shared",
        category="sales",
        body_en="Hello {{customer}},\n\n{{organization}} is on the plan {{plan}}. The owner can "
        "ask for a larger one on the page “Plans”.",
    ),
]
# Of the team that answers about money, by one of its members.
TEAM = [
    services.CannedDraft(
        "پیگیری پرداخت",
        scope="team",
        category="financial",
        body_fa="سلام {{مشتری}} گرامی،\n\nپرداخت شما را در سامانه‌ی بانک پیگیری می‌کنیم. "
        "لطفاً شماره‌ی پیگیری و تاریخ واریز را بفرستید.",
        body_en="Hello {{customer}},\n\nWe are tracing your payment with the bank. "
        "Please send us its reference number and date.",
        then="wait",
    ),
    services.CannedDraft(
        "درخواست پیش‌فاکتور",
        scope="team",
        category="sales",
        body_fa="سلام {{مشتری}} گرامی،\n\nپیش‌فاکتور {{سازمان}} را آماده می‌کنیم و همین‌جا می‌فرستیم.",
        then="work",
    ),
]
OWN = [
    services.CannedDraft(
        "امضای من", body_fa="با احترام\n{{پشتیبان}}", body_en="Regards\n{{agent}}"
    ),
    services.CannedDraft(
        "راه‌اندازی دوباره‌ی سرور",
        category="technical",
        body_fa="سرور را دوباره راه انداختیم. لطفاً بررسی کنید و خبر بدهید.",
        body_en="We have restarted the server. Please check, and let us know.",
        then="wait",
    ),
]


def write(people, *, now):
    """Write the canned replies of the supervisor, of a team, which is there, and of one agent."""
    at = now - WRITTEN_BEFORE
    for draft in SHARED:
        services.create_canned(draft, actor=people["leila"], now=at)
    team = Team.objects.of_category("financial").get()
    for draft in TEAM:
        services.create_canned(replace(draft, team_id=team.pk), actor=people["negar"], now=at)
    for draft in OWN:
        services.create_canned(draft, actor=people["maryam"], now=at)
