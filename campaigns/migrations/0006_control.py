import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

# Names only: nobody has told us of any limit, so none is set.
PROVIDERS = {
    "Gmail": ["gmail.com", "googlemail.com"],
    "Microsoft": ["hotmail.com", "hotmail.co.uk", "live.co.uk", "live.com", "msn.com", "outlook.com"],
    "Yahoo": ["yahoo.co.uk", "yahoo.com", "ymail.com"],
    "Apple": ["icloud.com", "mac.com", "me.com"],
}
ALL_MAIL = "All our mail"

# The one row of a busy throttle is rewritten with every claim: leave it room in its page.
ROOM = "ALTER TABLE campaigns_throttle SET (fillfactor = 10)"


def name_providers(apps, editor):
    throttles = apps.get_model("campaigns", "Throttle").objects
    domains = apps.get_model("campaigns", "MailDomain").objects
    throttles.create(name=ALL_MAIL, is_relay=True)
    for name, theirs in PROVIDERS.items():
        throttle = throttles.create(name=name)
        domains.bulk_create(domains.model(name=domain, throttle=throttle) for domain in theirs)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0005_returned")]

    operations = [
        migrations.AddField("mailing", "guard", models.JSONField(blank=True, default=dict, editable=False)),
        migrations.AddField(
            "mailing",
            "is_urgent",
            models.BooleanField(
                "this cannot wait until morning",
                default=False,
                help_text="It also goes out at night. Only for what people must know tonight.",
            ),
        ),
        migrations.CreateModel(
            "Throttle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("is_relay", models.BooleanField("for all our mail", default=False, editable=False)),
                (
                    "per_minute",
                    models.PositiveIntegerField(
                        "at most this many a minute",
                        null=True,
                        blank=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        help_text="All our mailings together. Empty: no limit. A change counts within half an hour.",
                    ),
                ),
                (
                    "most_a_day",
                    models.PositiveIntegerField(
                        "at most this many a day",
                        null=True,
                        blank=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        help_text="From midnight to midnight. Empty: no limit. For a new sending address begin small"
                        " and raise it day by day.",
                    ),
                ),
                (
                    "resting_until",
                    models.DateTimeField(
                        null=True, blank=True, help_text="Nothing goes there before this time. Empty it to go on."
                    ),
                ),
                (
                    "reason",
                    models.CharField(blank=True, help_text="Why it rests, or why there is a limit.", max_length=300),
                ),
                ("next_send_at", models.DateTimeField(editable=False, null=True)),
                ("day", models.DateField(editable=False, null=True)),
                ("sent_that_day", models.PositiveIntegerField(default=0, editable=False)),
                ("turns", models.JSONField(default=dict, editable=False)),
            ],
            options={
                "verbose_name": "limit",
                "ordering": ["-is_relay", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(is_relay=True), fields=["is_relay"], name="campaigns_one_relay_throttle"
                    ),
                    models.CheckConstraint(
                        condition=(models.Q(per_minute__isnull=True) | models.Q(per_minute__gte=1))
                        & (models.Q(most_a_day__isnull=True) | models.Q(most_a_day__gte=1)),
                        name="campaigns_a_throttle_lets_something_through",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "MailDomain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField("domain", help_text="What stands behind the @.", max_length=253, unique=True),
                ),
                (
                    "throttle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="domains", to="campaigns.throttle"
                    ),
                ),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunPython(name_providers, migrations.RunPython.noop),
    ]
