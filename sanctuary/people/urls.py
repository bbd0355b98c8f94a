from django.urls import path

from sanctuary.people import views

app_name = "people"
urlpatterns = [
    path("one-more-step/", views.StepSent.as_view(), name="step_sent"),
    path("one-more-step/<str:token>/", views.OneMoreStep.as_view(), name="one_more_step"),
    path("robots/", views.Robots.as_view(), name="robots"),
    path("email/", views.ChoicesHelp.as_view(), name="choices_help"),
    path("email/sent/", views.ChoicesSent.as_view(), name="choices_sent"),
    path("email/forgotten/", views.Forgotten.as_view(), name="forgotten"),
    path("email/new/<str:token>/", views.NewAddress.as_view(), name="new_address"),
    path("email/mine/<str:token>/", views.Held.as_view(), name="held"),
    path("email/mine/<str:token>/data.json", views.HeldData.as_view(), name="held_data"),
    path("email/mine/<str:token>/delete/", views.Forget.as_view(), name="forget"),
    path("email/<str:token>/", views.Choices.as_view(), name="choices"),
    path("email/<str:token>/stop/", views.Stop.as_view(), name="stop"),
    path("email/<str:token>/undo/", views.Undo.as_view(), name="undo"),
    path("email/<str:token>/address/", views.ChangeAddress.as_view(), name="address"),
    path("email/<str:token>/private/", views.AskPrivateLink.as_view(), name="ask_private"),
]
