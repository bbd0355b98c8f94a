import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # An index beside the work of others cannot be built in a transaction.
    atomic = False
    dependencies = [("campaigns", "0014_tally")]

    operations = [
        migrations.AddField(
            model_name="actiontaken",
            name="share_code",
            field=models.CharField(blank=True, max_length=12, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="actiontaken",
            name="via",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="brought",
                to="campaigns.actiontaken",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="next_steps",
            field=models.JSONField(
                blank=True, default=list, help_text="What to offer first after an act. Empty: the usual order."
            ),
        ),
        AddIndexConcurrently(
            model_name="actiontaken",
            index=models.Index(
                condition=models.Q(("confirmed_at__isnull", False)),
                fields=["action", "constituency_code", "confirmed_at"],
                name="campaigns_taken_in_place",
            ),
        ),
    ]
