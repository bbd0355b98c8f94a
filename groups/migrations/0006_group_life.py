import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0005_attendance_and_pulse"),
        ("people", "0006_merge"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="localgroup",
            name="status",
            field=models.CharField(
                choices=[
                    ("enquiry", "Enquiry"),
                    ("researching", "Researching"),
                    ("forming", "Forming"),
                    ("registered", "Registered"),
                    ("active", "Active"),
                    ("dormant", "Dormant"),
                    ("closed", "Closed"),
                    ("declined", "Declined"),
                    ("merged", "Joined with another"),
                ],
                default="enquiry",
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="LifeMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("enquiry", "Enquiry"),
                            ("researching", "Researching"),
                            ("forming", "Forming"),
                            ("registered", "Registered"),
                            ("active", "Active"),
                            ("dormant", "Dormant"),
                            ("closed", "Closed"),
                            ("declined", "Declined"),
                            ("merged", "Joined with another"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("enquiry", "Enquiry"),
                            ("researching", "Researching"),
                            ("forming", "Forming"),
                            ("registered", "Registered"),
                            ("active", "Active"),
                            ("dormant", "Dormant"),
                            ("closed", "Closed"),
                            ("declined", "Declined"),
                            ("merged", "Joined with another"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="life_moves", to="groups.localgroup"
                    ),
                ),
                (
                    "joined_group",
                    models.ForeignKey(
                        blank=True,
                        help_text="Of an enquiry that was merged: the group it went to.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="groups.localgroup",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="CharterSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        blank=True, help_text="Empty once this person has been forgotten.", max_length=150
                    ),
                ),
                ("role", models.CharField(max_length=100)),
                ("signed_on", models.DateField()),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="charter_signatures",
                        to="groups.localgroup",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.wording"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("group", "wording"), name="groups_charter_signed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150)),
                ("email", models.EmailField(max_length=254)),
                ("area", models.CharField(max_length=80)),
                ("postcode", models.CharField(blank=True, max_length=8)),
                ("why", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enquiries",
                        to="groups.localgroup",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "enquiries",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("group__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("group__isnull", False)),
                            _connector="OR",
                        ),
                        name="groups_enquiry_confirmed_iff_group",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150)),
                ("telephone", models.CharField(max_length=30)),
                ("email", models.EmailField(max_length=254)),
                ("role", models.CharField(help_text="What they do in the group.", max_length=100)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="groups.localgroup"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("group", "email"), name="groups_contact_once_each")],
            },
        ),
        migrations.CreateModel(
            name="HealthCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("active", "Yes, we are active"),
                            ("resting", "We need a rest"),
                            ("ending", "We would like to end"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "contacts_current",
                    models.CharField(blank=True, choices=[("yes", "Yes"), ("no", "Not quite")], max_length=4),
                ),
                (
                    "safeguarding_current",
                    models.CharField(blank=True, choices=[("yes", "Yes"), ("no", "Not quite")], max_length=4),
                ),
                (
                    "safeguarding_known",
                    models.CharField(
                        blank=True,
                        choices=[("all", "Yes, everyone"), ("some", "Some do"), ("no", "Not yet")],
                        max_length=4,
                    ),
                ),
                (
                    "voice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("decide", "Yes, they decide with us"),
                            ("asked", "We ask them, but they do not decide"),
                            ("not_yet", "Not yet"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "activities",
                    models.CharField(
                        blank=True,
                        choices=[("none", "None"), ("few", "1 to 5"), ("some", "6 to 20"), ("many", "More than 20")],
                        max_length=4,
                    ),
                ),
                (
                    "volunteers",
                    models.CharField(
                        blank=True,
                        choices=[("few", "1 to 4"), ("some", "5 to 9"), ("many", "10 to 24"), ("crowd", "25 or more")],
                        max_length=5,
                    ),
                ),
                (
                    "meetings",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("monthly", "Every month or more often"),
                            ("quarterly", "A few times a year"),
                            ("rarely", "Once a year or less"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "money",
                    models.CharField(
                        blank=True,
                        choices=[("enough", "Yes"), ("worried", "We are worried about it"), ("none", "We need none")],
                        max_length=8,
                    ),
                ),
                ("glad_of", models.TextField(blank=True)),
                ("help_needed", models.TextField(blank=True)),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("saved_at", models.DateTimeField(auto_now=True)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="health_checks",
                        to="groups.localgroup",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("submitted_at__isnull", True)),
                        fields=("group",),
                        name="groups_one_health_check_draft",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Nudge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("occasion", models.CharField(max_length=60)),
                (
                    "to",
                    models.CharField(
                        choices=[("group", "Coordinators of the group"), ("region", "Regional coordinators")],
                        max_length=6,
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="nudges", to="groups.localgroup"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("group", "kind", "occasion", "to"), name="groups_nudge_once_per_occasion"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegionalRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "region",
                    models.CharField(
                        choices=[
                            ("North East", "North East"),
                            ("North West", "North West"),
                            ("Yorkshire and the Humber", "Yorkshire and the Humber"),
                            ("East Midlands", "East Midlands"),
                            ("West Midlands", "West Midlands"),
                            ("East of England", "East of England"),
                            ("London", "London"),
                            ("South East", "South East"),
                            ("South West", "South West"),
                            ("Wales", "Wales"),
                            ("Scotland", "Scotland"),
                            ("Northern Ireland", "Northern Ireland"),
                        ],
                        max_length=24,
                    ),
                ),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="regional_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on__isnull", True)),
                        fields=("user", "region"),
                        name="groups_one_open_regional_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on__isnull", True), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="groups_regional_role_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Safeguarding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lead_name", models.CharField(blank=True, max_length=150)),
                ("lead_checked_on", models.DateField(blank=True, null=True)),
                ("lead_trained_on", models.DateField(blank=True, null=True)),
                ("deputy_name", models.CharField(blank=True, max_length=150)),
                ("deputy_checked_on", models.DateField(blank=True, null=True)),
                ("deputy_trained_on", models.DateField(blank=True, null=True)),
                ("policy_url", models.URLField(blank=True, max_length=300)),
                ("policy_reviewed_on", models.DateField(blank=True, null=True)),
                (
                    "public_email",
                    models.EmailField(blank=True, help_text="A role mailbox, never a person's own.", max_length=254),
                ),
                ("public_telephone", models.CharField(blank=True, max_length=30)),
                ("is_contact_public", models.BooleanField(default=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "group",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="safeguarding", to="groups.localgroup"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "safeguarding",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_contact_public", False),
                            models.Q(("public_email", ""), _negated=True),
                            models.Q(("public_telephone", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="groups_public_safeguarding_has_a_contact",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SupportVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("note", models.CharField(max_length=500)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="support_visits",
                        to="groups.localgroup",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("group", "on", "note"), name="groups_visit_noted_once")
                ],
            },
        ),
    ]
