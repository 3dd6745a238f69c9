from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0014_address_failures"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="more",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
