import os

os.environ.setdefault("DEBUG", "1")
from sanctuary.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
# Pages are tried by the dozen from one address; the tests of the guard itself put the limits back.
FORM_LIMITS = False
MAILING_UNDO_MINUTES = 0
# Keys of our own in Valkey: tests must not meet the queue or the cache of a server they share.
CACHES["default"]["KEY_PREFIX"] = "test"
CELERY_BROKER_TRANSPORT_OPTIONS |= {"global_keyprefix": "test:"}
# A mail provider that reports to us, so that its address is one of the pages.
MAIL_PROVIDER, ANYMAIL = "postmark", {"WEBHOOK_SECRET": "name:a secret"}
