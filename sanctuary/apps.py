from django.apps import AppConfig
from django.forms import Field
from django.utils.module_loading import autodiscover_modules

from sanctuary.celery import app as celery_app


class SanctuaryConfig(AppConfig):
    name = "sanctuary"
    celery = celery_app  # imported here, so that every Django process knows the broker

    def ready(self):
        # Rules and receivers count only once they are imported; no view should have to remember to.
        autodiscover_modules("rules", "receivers")
        # Our own forms say what is missing; this is for the admin's and allauth's, which cannot know.
        Field.default_error_messages["required"] = "Fill this in"
