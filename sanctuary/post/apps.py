from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "sanctuary.post"
    label = "post"
