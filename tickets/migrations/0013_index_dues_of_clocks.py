from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0012_report_totals")]

    operations = [
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(fields=["due_at", "id"], name="clock_due"),
        ),
    ]
