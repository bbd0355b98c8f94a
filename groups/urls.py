from django.urls import path

from groups import views

app_name = "groups"
urlpatterns = [
    path("groups/", views.GroupList.as_view(), name="list"),
    path("groups/find/", views.FindGroup.as_view(), name="find"),
    path("groups/near/<str:outward>/", views.GroupsNear.as_view(), name="near"),
    path("groups/region/<slug:slug>/", views.GroupsInRegion.as_view(), name="region"),
    path("groups/messages/<str:token>/", views.SendMessage.as_view(), name="send_message"),
    path("groups/<slug:slug>/write/", views.WriteTo.as_view(), name="write_to"),
    path("groups/<slug:slug>/write/asked/", views.MessageAsked.as_view(), name="message_asked"),
    path("groups/start/", views.StartGroup.as_view(), name="start"),
    path("groups/start/sent/", views.EnquirySent.as_view(), name="start_sent"),
    path("groups/start/<str:token>/", views.ConfirmEnquiry.as_view(), name="start_confirm"),
    path("groups/<slug:slug>/", views.GroupDetail.as_view(), name="detail"),
    path("manage/", views.ManageHome.as_view(), name="manage_home"),
    path("manage/invitation/<str:token>/", views.AcceptInvitation.as_view(), name="invitation"),
    path("manage/invitation/<str:token>/code/", views.InvitationCode.as_view(), name="invitation_code"),
    path("manage/<slug:group>/page/", views.PageEdit.as_view(), name="page_edit"),
    path("manage/<slug:group>/page/preview/", views.PagePreview.as_view(), name="page_preview"),
    path("manage/<slug:group>/page/publish/", views.PagePublish.as_view(), name="page_publish"),
    path("manage/<slug:group>/page/drop/", views.PageDrop.as_view(), name="page_drop"),
    path("manage/<slug:group>/page/name/", views.PageName.as_view(), name="page_name"),
    path("manage/<slug:group>/page/<int:pk>/put-back/", views.PagePutBack.as_view(), name="page_put_back"),
    path("manage/<slug:group>/team/", views.Team.as_view(), name="team"),
    path("manage/<slug:group>/team/handover/", views.Handover.as_view(), name="handover"),
    path("manage/<slug:group>/team/<int:pk>/end/", views.EndRole.as_view(), name="end_role"),
    path("manage/<slug:group>/team/asked/<int:pk>/again/", views.InvitationAgain.as_view(), name="invitation_again"),
    path("manage/<slug:group>/team/asked/<int:pk>/revoke/", views.InvitationRevoke.as_view(), name="invitation_revoke"),
    path("manage/regions/", views.Regions.as_view(), name="regions"),
    path("manage/regions/<slug:slug>/", views.RegionOverview.as_view(), name="region_overview"),
    path("manage/regions/<slug:slug>/<slug:group>/", views.RegionGroup.as_view(), name="region_group"),
    path("manage/regions/<slug:slug>/<slug:group>/visit/", views.NoteVisit.as_view(), name="region_visit"),
    path("manage/<slug:group>/", views.ManageGroup.as_view(), name="manage"),
    path("manage/<slug:group>/today/", views.Today.as_view(), name="today"),
    path("manage/<slug:group>/members/", views.MemberList.as_view(), name="members"),
    path("manage/<slug:group>/our-group/", views.OurGroup.as_view(), name="our_group"),
    path("manage/<slug:group>/our-group/contacts/", views.Contacts.as_view(), name="contacts"),
    path("manage/<slug:group>/our-group/contacts/<int:pk>/", views.EditContact.as_view(), name="contact"),
    path(
        "manage/<slug:group>/our-group/contacts/<int:pk>/remove/", views.RemoveContact.as_view(), name="contact_remove"
    ),
    path("manage/<slug:group>/our-group/safeguarding/", views.SafeguardingPage.as_view(), name="safeguarding"),
    path("manage/<slug:group>/our-group/charter/", views.Charter.as_view(), name="charter"),
    path("manage/<slug:group>/our-group/health-check/", views.HealthCheckPage.as_view(), name="health_check"),
]
