"""The house's settings for `make demo`: a visitor who goes astray sees our own pages, not Django's for developers."""

from sanctuary.settings import *

DEBUG = False
WHITENOISE_AUTOREFRESH = True
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
