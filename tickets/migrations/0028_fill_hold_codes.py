from django.db import migrations

UNREACHED = "unreached"
PERSIAN = "آخرین پاسخ به دست مشتری نرسید."
SENTENCES = [PERSIAN, "The latest reply could not be delivered to the customer."]
BATCH = 2000


def holds_by_system(apps):
    """Batches of the events by which the system, no agent, stopped an automatic close."""
    held = apps.get_model("tickets", "Event").objects.filter(kind="held", actor=None)
    last = 0
    while events := list(held.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield events
        last = events[-1].pk


def store_codes(apps, schema_editor):
    """The sentence that was stored in one language becomes a code; may be run again."""
    for events in holds_by_system(apps):
        stored = [each for each in events if each.changes.get("reason") in SENTENCES]
        for event in stored:
            event.changes.pop("reason")
            event.changes["code"] = UNREACHED
        still_held(apps, stored, auto_close_hold_reason__in=SENTENCES).update(
            auto_close_hold_code=UNREACHED, auto_close_hold_reason=""
        )
        apps.get_model("tickets", "Event").objects.bulk_update(stored, ["changes"])


def store_sentences(apps, schema_editor):
    """The other way round, for the code before this."""
    for events in holds_by_system(apps):
        stored = [each for each in events if each.changes.get("code") == UNREACHED]
        for event in stored:
            event.changes.pop("code")
            event.changes["reason"] = PERSIAN
        still_held(apps, stored, auto_close_hold_code=UNREACHED).update(
            auto_close_hold_code="", auto_close_hold_reason=PERSIAN
        )
        apps.get_model("tickets", "Event").objects.bulk_update(stored, ["changes"])


def still_held(apps, events, **where):
    """The tickets of the events whose hold is that of an event, not a later one by an agent."""
    return apps.get_model("tickets", "Ticket").objects.filter(
        pk__in={each.ticket_id for each in events},
        auto_close_held_at__in={each.created_at for each in events},
        **where,
    )


class Migration(migrations.Migration):
    # Each batch is a transaction of its own: no row is held for long.
    atomic = False

    dependencies = [
        ("tickets", "0027_hold_code"),
    ]

    operations = [
        migrations.RunPython(store_codes, store_sentences),
    ]
