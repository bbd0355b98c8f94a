"""What the server draws of a live group. The shield counts for the very next request, so every copy asks again."""

from groups.models import LocalGroup
from groups.templatetags.groups_drawn import picture_of, poster_of
from sanctuary.views import DrawnFile


class GroupPoster(DrawnFile):
    """An A4 sheet to print and put up."""

    queryset = LocalGroup.objects.live().with_shield()
    cache_control = "public, no-cache"

    def drawing(self, noun):
        return poster_of(noun)

    def file_name(self, noun):
        return f"{noun.slug}-poster.pdf"


class GroupPicture(DrawnFile):
    """What messengers and social networks show beside a link."""

    queryset = LocalGroup.objects.live().with_shield()
    cache_control = "public, no-cache"

    def drawing(self, noun):
        return picture_of(noun)

    def file_name(self, noun):
        return f"{noun.slug}.png"
