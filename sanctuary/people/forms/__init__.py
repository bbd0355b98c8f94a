from sanctuary.people.forms.choices import AddressForm, ChoiceForm, NewAddressForm
from sanctuary.people.forms.fields import (
    LONGEST_NAME,
    LONGEST_TEXT,
    AddressField,
    NameField,
    TheirAddressField,
    YesNoField,
)
from sanctuary.people.forms.sign_in import CodeForm, SignInForm
from sanctuary.people.forms.stamped import QUICKEST_SECONDS, StampedForm, make_stamp

__all__ = [
    "LONGEST_NAME",
    "LONGEST_TEXT",
    "QUICKEST_SECONDS",
    "AddressField",
    "AddressForm",
    "ChoiceForm",
    "CodeForm",
    "NameField",
    "NewAddressForm",
    "SignInForm",
    "StampedForm",
    "TheirAddressField",
    "YesNoField",
    "make_stamp",
]
