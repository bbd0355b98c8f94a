import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0004_note"),
        ("people", "0006_merge"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attendances", to="groups.activity"
                    ),
                ),
                (
                    "supporter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attendances", to="people.supporter"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("activity", "supporter"), name="groups_came_once_to_an_activity")
                ],
            },
        ),
        migrations.CreateModel(
            name="ActivityLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("total_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "seeking",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("0", "None"),
                            ("1-2", "1 or 2"),
                            ("3-5", "3 to 5"),
                            ("6-10", "6 to 10"),
                            ("11-20", "11 to 20"),
                            ("21+", "More than 20"),
                            ("unsaid", "We would rather not say"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "contact",
                    models.CharField(
                        blank=True, choices=[("yes", "Yes"), ("little", "A little"), ("no", "No")], max_length=8
                    ),
                ),
                ("is_co_run", models.BooleanField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("reached_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("edition", models.PositiveIntegerField(default=0, editable=False)),
                ("logged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "activity",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="log", to="groups.activity"
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(logged_at__isnull=True)
                        | (models.Q(total_count__isnull=False) & ~models.Q(seeking="") & ~models.Q(contact="")),
                        name="groups_logged_only_with_answers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(total_count__isnull=True) | models.Q(total_count__lte=9999),
                        name="groups_log_total_is_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PulseAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "understanding",
                    models.CharField(
                        blank=True,
                        choices=[("lot", "Yes, a lot"), ("little", "Yes, a little"), ("no", "No")],
                        max_length=8,
                    ),
                ),
                (
                    "wish",
                    models.CharField(
                        blank=True, choices=[("yes", "Yes"), ("maybe", "Maybe"), ("no", "Not now")], max_length=8
                    ),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pulse_answers", to="groups.activity"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(understanding="", wish=""), name="groups_pulse_answers_something"
                    )
                ],
            },
        ),
    ]
