from sanctuary.people.views.choices import (
    AskPrivateLink,
    ChangeAddress,
    Choices,
    ChoicesHelp,
    ChoicesSent,
    Forget,
    Forgotten,
    Held,
    HeldData,
    NewAddress,
    Stop,
    Undo,
)
from sanctuary.people.views.one_more_step import OneMoreStep, StepSent
from sanctuary.people.views.robots import Robots

__all__ = [
    "AskPrivateLink",
    "ChangeAddress",
    "Choices",
    "ChoicesHelp",
    "ChoicesSent",
    "Forget",
    "Forgotten",
    "Held",
    "HeldData",
    "NewAddress",
    "OneMoreStep",
    "Robots",
    "StepSent",
    "Stop",
    "Undo",
]
