from django.apps import AppConfig

from sanctuary.celery import (
    app as celery_app,
)  # every Django process must know the broker


class SanctuaryConfig(AppConfig):
    name = "sanctuary"
    celery = celery_app
