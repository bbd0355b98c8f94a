from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_limit")]

    operations = [
        migrations.AddIndex(
            "permission",
            models.Index(fields=["source"], condition=models.Q(change="withdrawn"), name="people_left_through"),
        )
    ]
