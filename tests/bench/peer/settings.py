"""The peer's own small project: django-post-office as its papers advise it for speed, and nothing else."""

import json
import os

from django.conf import global_settings

ASKED = json.loads(os.environ["PEER"])

SECRET_KEY = "only-for-the-bench"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes", "post_office"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None, **ASKED["database"]}}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"autoescape": True}}]
EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = ASKED["host"], ASKED["port"], 60
POST_OFFICE = {
    "BACKENDS": {"default": global_settings.EMAIL_BACKEND},
    "BATCH_SIZE": ASKED["batch"],
    "BATCH_DELIVERY_TIMEOUT": 600,
    "THREADS_PER_PROCESS": ASKED["threads"],
    "LOG_LEVEL": 0,
    "MESSAGE_ID_ENABLED": False,  # ours are given as headers
}
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}
