"""The index by which failed account mails are counted."""

from django.db import migrations, models
from django.db.models import Q

from schema.operations import AddIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("notifications", "0019_followed_topic"),
    ]

    operations = [
        AddIndex(
            model_name="accountmail",
            index=models.Index(
                fields=["id"], condition=Q(state="failed"), name="account_mail_failed"
            ),
        ),
    ]
