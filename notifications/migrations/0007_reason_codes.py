from django.db import migrations

CODES = {
    "the person is no longer active": "inactive",
    "the person may not see the ticket any more": "unseen",
    "customers do not learn of this": "internal",
    "the person chose not to be told": "unwanted",
    "no verified address": "no_address",
    "the channel is not in use any more": "no_channel",
    "answered or moved meanwhile": "answered",
    "the ticket does not close any more then": "close_moved",
    "the close is due already": "close_due",
    "the last try never came to its end": "unfinished",
    "not tried: the server did not answer a moment ago": "paused",
}
BATCH = 5000


def store_codes(apps, schema_editor):
    replace(apps, CODES)


def store_sentences(apps, schema_editor):
    replace(apps, {code: sentence for sentence, code in CODES.items()})


def replace(apps, texts):
    """Each stored reason by the other, a batch of rows at a time; may be run again."""
    for model in ("Notification", "AccountMail"):
        rows = apps.get_model("notifications", model).objects
        last = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
        for start in range(0, last + 1, BATCH):
            batch = rows.filter(pk__gt=start, pk__lte=start + BATCH)
            for stored in set(batch.exclude(error="").values_list("error", flat=True)):
                if stored in texts:
                    batch.filter(error=stored).update(error=texts[stored])


class Migration(migrations.Migration):
    # Each batch is a transaction of its own: no row is held for long.
    atomic = False

    dependencies = [
        ("notifications", "0006_channels_of_the_settings"),
    ]

    operations = [
        migrations.RunPython(store_codes, store_sentences),
    ]
