"""What other sites show beside a link to a page that is about nobody's campaign or group."""

from django import template
from django.conf import settings
from django.urls import reverse

from sanctuary.printing import brand_picture

register = template.Library()


@register.inclusion_tag("components/social.html")
def social(title, description, url_name):
    """`url_name` is an address without arguments."""
    return {
        "title": title,
        "description": description,
        "url": settings.PUBLIC_URL + reverse(url_name),
        "picture": f"{settings.PUBLIC_URL}{reverse('picture')}?v={brand_picture().key}",
        "picture_words": "City of Sanctuary UK: a welcome in every town",
    }
