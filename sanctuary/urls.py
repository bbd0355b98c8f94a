"""Every address of the house."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from sanctuary import home
from sanctuary.demo import views as demo
from sanctuary.post.views import MailEvents

admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("picture.png", home.Picture.as_view(), name="picture"),
    path("healthz", home.Healthz.as_view(), name="healthz"),
    path("readyz", home.Readyz.as_view(), name="readyz"),
    path("signed-in/", home.SignedIn.as_view(), name="signed_in"),
    path(
        "accessibility/",
        home.Words.as_view(template_name="words/accessibility.html"),
        name="accessibility",
    ),
    path(
        "privacy/",
        home.Words.as_view(template_name="words/privacy.html"),
        name="privacy",
    ),
    path("safety/", home.Words.as_view(template_name="words/safety.html"), name="safety"),
    path(
        "contact/",
        home.Words.as_view(template_name="words/contact.html"),
        name="contact",
    ),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("sanctuary.people.urls")),
    path("streams/", include("streams.urls")),
    path("", include("groups.urls")),
    path("", include("pledges.urls")),
    path("", include("campaigns.urls")),
]

if settings.MAIL_PROVIDER:
    urlpatterns += [path("webhooks/mail/", MailEvents.as_view(), name="mail_events")]

if settings.DEVELOPMENT_PAGES:
    urlpatterns += [
        path(
            "styleguide/",
            home.Words.as_view(template_name="styleguide.html"),
            name="styleguide",
        ),
        path("mailbox/", demo.Mailbox.as_view(), name="mailbox"),
        path("mailbox/<str:key>/", demo.OneLetter.as_view(), name="mailbox_letter"),
        path("mailbox/<str:key>/html/", demo.LetterHtml.as_view(), name="mailbox_html"),
    ]
