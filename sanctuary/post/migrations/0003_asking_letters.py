from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("post", "0002_outbox_by_address")]

    operations = [
        migrations.AddField(
            model_name="email",
            name="asks",
            field=models.BooleanField(default=False, help_text="Anybody could cause it by typing the address."),
        ),
    ]
