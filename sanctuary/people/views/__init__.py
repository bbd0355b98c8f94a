from sanctuary.people.views.choices import ChangeAddress, Choices, ChoicesHelp, ChoicesSent, NewAddress, Stop, Undo
from sanctuary.people.views.mine import AskPrivateLink, Forget, Forgotten, Held, HeldData
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
