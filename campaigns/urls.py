from django.urls import path

from campaigns import views
from campaigns.views import posting, writing

app_name = "campaigns"
_verb = views.GroupMailVerb.as_view
GROUP_MAIL = [
    ("one", "", views.GroupMailOne.as_view()),
    ("part", "part/", views.GroupMailPart.as_view()),
    ("write", "write/", views.GroupMailWrite.as_view()),
    ("who", "who/", views.GroupMailWho.as_view()),
    ("check", "check/", views.GroupMailCheck.as_view()),
    ("letter", "letter/", views.GroupMailLetter.as_view()),
    ("test", "test/", _verb(verb="send_test", at="#tested", said="A test is on its way to your own address.")),
    ("approve", "approve/", views.GroupMailApprove.as_view()),
    ("undo", "undo/", _verb(verb="unschedule_mailing", said="Taken back. Nobody has had it.")),
    ("pause", "pause/", views.GroupMailPause.as_view()),
    ("resume", "resume/", _verb(verb="resume_mailing", back="one", said="Sending goes on.")),
    ("stop", "stop/", views.GroupMailStop.as_view()),
    ("delete", "delete/", views.GroupMailDelete.as_view()),
]
# A letter in the making: whoever holds the token holds the letter.
LETTER = [
    ("letter", "", writing.Who),
    ("letter_postcode", "postcode/", writing.ChangePlace),
    ("letter_write", "write/", writing.WriteLetter),
    ("letter_check", "check/", writing.CheckLetter),
    ("letter_send", "send/", posting.SendLetter),
    ("letter_print", "print/", posting.PrintLetter),
    ("letter_sent", "sent/", posting.HaveSent),
    ("letter_clear", "clear/", posting.ClearLetter),
    ("letter_remind", "remind/", posting.RemindMe),
]
urlpatterns = [
    path("actions/letter/cleared/", posting.LetterCleared.as_view(), name="letter_cleared"),
    path("actions/letter/thanks/", posting.LetterThanks.as_view(), name="letter_thanks"),
    path("actions/letter/back/<str:token>/", posting.LetterBack.as_view(), name="letter_back"),
    *[path(f"actions/letter/<str:token>/{where}", view.as_view(), name=name) for name, where, view in LETTER],
    path("actions/<slug:slug>/write/", writing.Write.as_view(), name="write"),
    path("actions/", views.CampaignList.as_view(), name="list"),
    path("actions/confirm/<str:token>/", views.ConfirmAction.as_view(), name="confirm"),
    path("actions/<slug:slug>/", views.CampaignPage.as_view(), name="detail"),
    path("actions/name/<str:token>/", views.MyName.as_view(), name="my_name"),
    path("actions/<slug:slug>/names/", views.Wall.as_view(), name="wall"),
    path("actions/<slug:slug>/sign/", views.Sign.as_view(), name="sign"),
    path("actions/<slug:slug>/join/", views.Join.as_view(), name="join"),
    path("actions/<slug:slug>/attend/", views.Attend.as_view(), name="attend"),
    path("actions/<slug:slug>/share/", views.Share.as_view(), name="share"),
    path("actions/<slug:slug>/replies/", views.Replies.as_view(), name="replies"),
    path("actions/<slug:slug>/reply/<str:token>/", views.TellReply.as_view(), name="reply"),
    path("actions/<slug:slug>/m/<str:token>/", views.FromMail.as_view(), name="from_mail"),
    path("actions/<slug:slug>/sent/<str:token>/", views.Sent.as_view(), name="sent"),
    path("actions/<slug:slug>/done/", views.Done.as_view(), name="done"),
    path("actions/<slug:slug>/done/<str:token>/", views.Done.as_view(), name="done"),
    path("actions/<slug:slug>/poster.pdf", views.CampaignPoster.as_view(), name="poster"),
    path("actions/<slug:slug>/picture.png", views.CampaignPicture.as_view(), name="picture"),
    path("embed/<slug:token>/", views.EmbedPage.as_view(), name="embed"),
    path("embed/<slug:token>/look/", views.EmbedLook.as_view(), name="embed_look"),
    path("embed/<slug:token>/sent/<str:sent>/", views.EmbedSent.as_view(), name="embed_sent"),
    path("manage/<slug:group>/website/", views.GroupEmbed.as_view(), name="group_embed"),
    path("manage/<slug:group>/website/<int:pk>/end/", views.EndGroupEmbed.as_view(), name="group_embed_end"),
    path("manage/<slug:group>/email/", views.GroupMailList.as_view(), name="group_mail"),
    path("manage/<slug:group>/email/new/", views.GroupMailNew.as_view(), name="group_mail_new"),
    *[
        path(f"manage/<slug:group>/email/<int:pk>/{where}", view, name=f"group_mail_{name}")
        for name, where, view in GROUP_MAIL
    ],
    path("manage/<slug:group>/relay/<slug:slug>/", views.RelayKit.as_view(), name="relay"),
    path("manage/<slug:group>/relay/<slug:slug>/done/", views.PassOn.as_view(), name="pass_on"),
    path("manage/<slug:group>/relay/<slug:slug>/take-back/", views.TakeBack.as_view(), name="take_back"),
]
