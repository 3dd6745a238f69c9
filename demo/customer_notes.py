"""What agents have written down about some customers, and tickets that they follow."""

from datetime import timedelta

from tickets import services
from tickets.models import Ticket

DAY = timedelta(days=1)
ON_ORGANIZATIONS = {
    "arya": "قرارداد پشتیبانی تا پایان اسفند است. برای هر تغییر در شبکه اول با **رضا** هماهنگ شود.",
    "negin": "بانک است: پیش از هر کاری روی سرور شماره‌ی درخواست تغییر را بپرسید.",
    "fjordline": "They work in Oslo (UTC+1). Status page: https://status.fjordline.example",
}
ON_PEOPLE = {"sara": "عصرها پاسخ می‌دهد؛ ترجیح می‌دهد فقط در تیکت مکاتبه شود."}


def write(people, organizations, *, now):
    """Write the notes, one of them twice, and follow some tickets."""
    agent, other = people["maryam"], people["leila"]
    for key, body in ON_ORGANIZATIONS.items():
        note = {"actor": other, "now": now - 20 * DAY}
        services.write_customer_note(organizations[key], body=body.partition(".")[0], **note)
        services.write_customer_note(organizations[key], actor=agent, body=body, now=now - 3 * DAY)
    for key, body in ON_PEOPLE.items():
        services.write_customer_note(people[key], actor=agent, body=body, now=now - 3 * DAY)
    for ticket in Ticket.objects.open().exclude(assignee=agent).order_by("-pk")[:3]:
        services.follow(ticket, actor=agent, now=now)
