"""The letter of the bench: as long as a campaign email is, some 20 KB on the wire. Everybody in it is made up."""

SUBJECT = "((first_name|Friend)), one name from ((place|your town))?"
PREHEADER = "The Minister decides next month. Yours could be on the list."
BODY = """\
Dear ((first_name|friend)),

In ((place|your town)), people who have just arrived ask the same questions that anybody would: where is the doctor,
how does school start, who can read this letter, and which bus goes to the college?

**A welcome desk in the town hall answers them on the first day.** The Minister decides next month whether every town
may have one, and a short list of names from every part of the country will be on the table. We would like yours to be
among them.

[Add your name](((action_link)))

## What a welcome desk is

It is a table, two chairs, a kettle and somebody who knows the town. It is open on three mornings a week. Nobody needs
an appointment, and nobody is asked why they came. In the made-up town of Exampleton the desk has been open for a year.
These are the things that people asked most often:

- where to see a doctor or a dentist, and how to ask for somebody who speaks their language
- how to find a school place, and what a child needs on the first morning
- how to read a letter from the council, and by when it must be answered
- where to learn English in the evening, with somebody to look after the children
- where to give something back: a choir, an allotment, a football team, a kitchen

“On my first day I had four letters and did not understand one of them,” says Amira Example, who came to Exampleton in
the spring. “Ben at the desk read them with me. Three were good news. It took ten minutes, and I slept that night for
the first time in a week. Now I sit on the other side of the table on Tuesdays.”

## Why now

The rules that let a town hall open such a desk end this winter. The Minister can renew them for five years, let them
end, or leave it to each council. Seven in ten councils that answered our made-up question said that they would go on
if the rules were renewed, and close the desk if they were not.

We know that numbers alone do not decide. What decides is whether the people who have to choose can see that towns
such as ((place|yours)) want this. That is why we ask for names and places, and not for money. A list that has a name
from every town says something that no report can say.

> “When I saw that the list had somebody from my own street, I read every page of it.” So a councillor in Sampleford
> told us last year. Sampleford's desk opened in May.

## What we will do with your name

We will hand the list over on the last day of the month, on paper, and read the places aloud. Your name is shown only
if you say so. We do not pass on your address, and we will write to you once to tell you what the Minister said.

1. Add your name. It takes half a minute, and your page already knows who you are.
2. Tell one other person in ((group|your network)). Most of the names on the first list came from a friend.
3. If you can, come along on the day. There will be tea, and there will be a place to sit.

[Yes, put my name on the list](((action_link)))

## What happened since our last letter

People in the network opened eleven new reading corners, mended forty bicycles and cooked, by our own doubtful count,
more than nine thousand meals. Two schools and a library wrote to say that they would like to become places of welcome
and asked where to begin. A theatre gave every one of its Tuesday seats. And a bus company that had said no twice said
yes the third time, because a group of drivers asked.

None of this was in any plan. All of it began with somebody who put up a hand and said: I can do that. If that is you,
answer this letter and tell us. A person reads every answer, and ((group|our network)) will know whom you should meet.

Thank you, ((first_name|friend)), for being part of this. A town is as kind as the people who live in it, and that is
the best news we have.

With warm wishes,

Nadia National, for everybody in the network

*This is a measurement and not a real letter. Everybody in it, and every number, is made up. ((name)) is made up too.*
"""
