"""What the server draws of a public campaign."""

from campaigns.forms.acting import code_in
from campaigns.models import Campaign
from campaigns.templatetags.campaigns_drawn import picture_of, poster_of
from sanctuary.views import DrawnFile


class CampaignPoster(DrawnFile):
    """An A4 sheet to print and put up."""

    queryset = Campaign.objects.public()

    def drawing(self, noun):
        # Only a code that exists, so that nobody can ask for new sheets without end.
        code = code_in(self.request.GET.get("from"))
        return poster_of(noun, code=code if code and noun.sources.filter(code=code).exists() else "")

    def file_name(self, noun):
        return f"{noun.slug}-poster.pdf"


class CampaignPicture(DrawnFile):
    """What messengers and social networks show beside a link."""

    queryset = Campaign.objects.public()

    def drawing(self, noun):
        return picture_of(noun)

    def file_name(self, noun):
        return f"{noun.slug}.png"
