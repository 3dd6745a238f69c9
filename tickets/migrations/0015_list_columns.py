from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0014_mark_days_stale"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="support_spoke_last",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="ticket",
            name="title_place",
            field=models.BinaryField(db_default=b"", default=b"", max_length=64),
        ),
    ]
