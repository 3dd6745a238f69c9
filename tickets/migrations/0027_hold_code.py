from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0026_fold_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="auto_close_hold_code",
            field=models.CharField(
                blank=True,
                choices=[("unreached", "The latest reply could not be delivered to the customer.")],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
    ]
