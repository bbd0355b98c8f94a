import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0009_stories"),
        ("people", "0007_words"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="localgroup",
            name="groups_one_live_group_per_area",
        ),
        migrations.AddConstraint(
            model_name="localgroup",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("area"),
                condition=models.Q(("status__in", ["registered", "active"])),
                name="groups_one_live_group_per_place",
            ),
        ),
    ]
