from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="historicaluser",
            name="phone",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=16, verbose_name="mobile number"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="phone",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=16, verbose_name="mobile number"
            ),
        ),
    ]
