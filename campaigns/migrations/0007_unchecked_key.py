import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0006_control"), ("people", "0004_limit")]

    operations = [
        migrations.AlterField(
            "delivery",
            "mailing",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="campaigns.mailing",
            ),
        ),
    ]
