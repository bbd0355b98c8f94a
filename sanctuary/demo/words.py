"""Names for a network that does not exist. Towns are real; every person, group and organisation is made up."""

PASSWORD = "welcome-to-the-demo"  # noqa: S105 - printed for everybody to see
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - the demonstration's, and only there
STAFF, APPROVER = "nadia.national@example.org", "sam.second@example.org"
COORDINATOR, COORDINATED = "carys.coordinator@example.org", "leeds-sanctuary-demo"
REGIONAL = "rhian.regional@example.org"

TOWNS = """
Leeds LS2, Bradford BD1, Sheffield S1, Hull HU1, York YO1, Wakefield WF1, Huddersfield HD1, Halifax HX1, Harrogate
HG1, Doncaster DN1, Scarborough YO11, Skipton BD23, Newcastle NE1, Gateshead NE8, Sunderland SR1, Durham DH1,
Middlesbrough TS1, Darlington DL1, Hartlepool TS24, Manchester M1, Salford M5, Bolton BL1, Rochdale OL16, Oldham OL1,
Stockport SK1, Wigan WN1, Liverpool L1, Birkenhead CH41, Warrington WA1, Preston PR1, Blackburn BB1, Burnley BB11,
Lancaster LA1, Kendal LA9, Carlisle CA1, Chester CH1, Nottingham NG1, Derby DE1, Leicester LE1, Lincoln LN1,
Northampton NN1, Loughborough LE11, Chesterfield S40, Mansfield NG18, Buxton SK17, Birmingham B1, Coventry CV1,
Wolverhampton WV1, Walsall WS1, Dudley DY1, Stoke-on-Trent ST1, Stafford ST16, Shrewsbury SY1, Hereford HR1, Worcester
WR1, Telford TF3, Norwich NR1, Ipswich IP1, Cambridge CB1, Peterborough PE1, Colchester CO1, Chelmsford CM1, Luton
LU1, Bedford MK40, St Albans AL1, Southend SS1, Hackney E8, Camden NW1, Lewisham SE13, Lambeth SW2, Brent NW10,
Haringey N15, Croydon CR0, Ealing W5, Barnet EN5, Greenwich SE10, Newham E15, Brighton BN1, Hastings TN34, Canterbury
CT1, Maidstone ME14, Medway ME4, Oxford OX1, Reading RG1, Southampton SO14, Portsmouth PO1, Winchester SO23, Guildford
GU1, Milton Keynes MK9, Slough SL1, Isle of Wight PO30, Bristol BS1, Bath BA1, Gloucester GL1, Swindon SN1, Exeter
EX1, Plymouth PL1, Truro TR1, Taunton TA1, Bournemouth BH1, Salisbury SP1, Barnstaple EX31, Cardiff CF10, Swansea SA1,
Newport NP20, Wrexham LL11, Bangor LL57, Aberystwyth SY23, Abergavenny NP7, Carmarthen SA31, Edinburgh EH1, Glasgow
G1, Aberdeen AB10, Dundee DD1, Inverness IV1, Stirling FK8, Perth PH1, Dumfries DG1, Belfast BT1, Derry BT48, Lisburn
BT28, Newry BT34
"""

FIRST = [
    "Amira",
    "Ben",
    "Carys",
    "Dawit",
    "Elif",
    "Fatima",
    "Gwen",
    "Hamid",
    "Idris",
    "Jamila",
    "Kofi",
    "Leila",
    "Mehret",
    "Niamh",
    "Omar",
    "Priya",
    "Quentin",
    "Rhian",
    "Samira",
    "Tomos",
    "Usha",
    "Viktor",
    "Wren",
    "Xenia",
    "Yusuf",
    "Zahra",
    "Alasdair",
    "Bronagh",
    "Chipo",
    "Delal",
    "Emeka",
    "Freya",
    "Grace",
    "Hana",
    "Isla",
    "Jonas",
    "Khadija",
    "Lucia",
    "Mariam",
    "Noor",
    "Oksana",
    "Pavlo",
    "Rosa",
    "Selam",
    "Tariq",
    "Una",
    "Vera",
    "Wilf",
    "Yara",
    "Zeki",
]
# Nobody is called this, and everybody sees it.
LAST = [
    "Example",
    "Sample",
    "Fictional",
    "Madeup",
    "Placeholder",
    "Imagined",
    "Pretend",
    "Invented",
    "Specimen",
    "Demonstration",
]

ORGANISATIONS = {
    "school": ("schools", "{} Example Primary School"),
    "college": ("colleges", "{} Sample College"),
    "university": ("universities", "University of Imagined {}"),
    "council": ("councils", "{} Fictional Council"),
    "library": ("libraries", "{} Sample Library"),
    "health": ("health", "{} Example Surgery"),
    "arts": ("arts", "{} Pretend Theatre"),
    "faith": ("faith", "{} Example Faith Forum"),
    "charity": (None, "{} Madeup Community Kitchen"),
    "business": (None, "{} Invented Bakery"),
}

ACTIVITIES = [
    ("meal", "Soup and stories", "Step-free. Vegetarian food. Travel money for those who need it."),
    ("conversation", "Conversation café", "Step-free. Children welcome."),
    ("walk", "Riverside walk", "Two flat miles. Boots to borrow."),
    ("craft", "Knit and natter", "Wool and needles here. Beginners welcome."),
    ("english", "English over tea", "Bring your questions. Childcare next door."),
    ("music", "Songs from everywhere", "Bring an instrument or just listen."),
    ("sport", "Sunday football", "All ages. Kit to borrow."),
    ("talk", "How asylum works: an evening to learn", "Step-free. Hearing loop."),
]

ABOUT = (
    "We are neighbours who welcome people seeking sanctuary in {town}. We cook and eat together, practise English, "
    "walk, sing and put the kettle on. We help schools, libraries and clubs to become places of welcome too. "
    "You do not need any experience: come once and see. (This group is made up, for demonstration.)"
)

CAMPAIGNS = [
    {
        "slug": "welcome-desk",
        "title": "A welcome desk in every town hall",
        "ask": "Will you open a welcome desk in every town hall by the spring?",
        "decision_maker": "the Minister for Made-up Affairs",
        "why": (
            "New neighbours arrive with the same questions: where is the doctor, how does school start, who can read "
            "this letter?\n\nA desk with one kind person behind it answers them **on the first day** instead of the "
            "fortieth. Where towns have tried it, people settle sooner and neighbours meet.\n\n"
            "This campaign is made up, to show how the platform works."
        ),
        "statement": "We ask the Minister to fund a welcome desk in every town hall by the spring.",
        "state": "live",
    },
    {
        "slug": "library-cards",
        "title": "A library card on day one",
        "ask": "Will every library give a card without proof of address?",
        "decision_maker": "the Association of Imagined Libraries",
        "why": "A library card is a door: to warmth, books, and the person at the next table. (Made up.)",
        "statement": "We ask every library to give a card on the first day, without proof of address.",
        "state": "resting",
    },
    {
        "slug": "bus-passes",
        "title": "Free buses to college",
        "ask": "Will you make the bus to college free?",
        "decision_maker": "the Imagined Bus Company",
        "why": "Nobody should miss a lesson for a bus fare. (Made up.)",
        "statement": "We ask the bus company to carry students to college free of charge.",
        "state": "closed",
    },
]

MAILING_BODY = """\
Dear ((first_name|friend)),

In ((place|your town)), people who have just arrived ask the same questions that anybody would: where is the doctor,
how does school start, who can read this letter?

**A welcome desk in the town hall answers them on the first day.** The Minister decides next month, and a short list of
names from every part of the country will be on the table.

[Add your name](((action_link)))

It takes half a minute. Thank you for being part of ((group|our network)).

*This is a demonstration. Everybody in it is made up.*
"""
