"""One fact at a time, in the many ways in which people and programs write it."""

import datetime as dt
from decimal import Decimal

import pytest

from orchestration.phases.learning import facts_of
from reading import client, parse_phone, read_narrative
from shared.models.facts import Facts
from shared.models.requests import Submission

SENT = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
"""A Friday."""


def read(text: str) -> Facts:
    return read_narrative(text, sent_at=SENT)


# --- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("on the twenty-first of October", "2026-10-21"),
        ("on November the third", "2026-11-03"),
        ("on 07-Nov-2026", "2026-11-07"),
        ("on 4. September 2026", "2026-09-04"),
        ("am 5 de noviembre de 2026", "2026-11-05"),
        ("on the 3rd of last month", "2026-10-03"),
        ("on Sat 11/7", "2026-11-07"),
        ("11/7 around 5pm", "2026-11-07"),
        ("last tues", "2026-11-17"),
        ("thurs nite", "2026-11-19"),
        ("the Thursday before last", "2026-11-12"),
        ("on the Saturday two weeks ago", "2026-11-07"),
        ("on 7.11.", "2026-11-07"),
        ("overnight Sun to Mon", "2026-11-15"),
        ("the day b4 yesterday", "2026-11-18"),
        ("a fortnight ago", "2026-11-06"),
        ("in the night from Wednesday to Thursday", "2026-11-18"),
        ("on the night of the 4th to the 5th", "2026-11-04"),
        ("between Friday night and Saturday morning", "2026-11-13"),
        ("on Labor Day", "2026-09-07"),
        ("on Memorial Day", "2026-05-25"),
        ("the day before Thanksgiving", "2025-11-26"),
    ],
)
def test_a_day_is_read_in_any_wording(words: str, date: str) -> None:
    assert read(f"It happened {words}, when a truck hit my car.").incident_date == dt.date.fromisoformat(date)


def test_the_day_before_counts_from_the_day_named_last() -> None:
    text = "It was not the Halloween we had planned. The day before, the chimney caught fire."
    assert read(text).incident_date == dt.date(2026, 10, 30)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Last Friday the toaster burned. She comes home, we hope, on December 1.", dt.date(2026, 11, 13)),
        ("I was abroad from 1 to 31 October. On 19 October I was operated.", dt.date(2026, 10, 19)),
        ("Rec'd call 11/19/26 11:20. Hail on 11/17/26.", dt.date(2026, 11, 17)),
    ],
)
def test_a_day_to_come_a_journey_or_a_call_is_not_the_incident(text: str, date: dt.date) -> None:
    assert read(text).incident_date == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Hit on 05/11/2026 in Leeds. The garage asks for £900.", dt.date(2026, 11, 5)),
        ("Today is 19/11/2026. A van hit me on 05/11/2026.", dt.date(2026, 11, 5)),
        ("A van hit me on 05/11/2026.", dt.date(2026, 5, 11)),
        ("A van hit me on 12/10/2026.", dt.date(2026, 10, 12)),
    ],
)
def test_numbers_are_read_as_the_writer_means_them(text: str, date: dt.date) -> None:
    assert read(text).incident_date == date


@pytest.mark.parametrize(
    "head",
    [
        "CALL NOTE - taken by D. Abernathy, ext. 4471, 11/09/2026 3:10 pm",
        "Inbound call 17 Nov, 08:55. Agent: S. Moyo.",
        "Report taken 11/18/2026 14:20 / rep: Jill M.",
        "Form completed: 11/18/2026",
    ],
)
def test_the_day_on_which_a_report_was_taken_is_not_the_incidents(head: str) -> None:
    assert read(f"{head}\nCaller was rear-ended on 11/07.").incident_date == dt.date(2026, 11, 7)
    assert read(f"{head}\nCaller was rear-ended.").incident_date is None


# --- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Caller: Ruben Castellanos (insd). Was rear-ended.", "Ruben Castellanos"),
        ("Spoke w/ member Graciela Montoya about a hail claim.", "Graciela Montoya"),
        ("Mrs. Adaeze Nwosu called in, hail damage.", "Adaeze Nwosu"),
        ("Respected Sir, myself Anbarasu Selvaraj residing in Plano.", "Anbarasu Selvaraj"),
        ("Name of Insured: O'BRIEN, SEAN P.", "Sean P. O'Brien"),
        ("first_name=Aoife\nlast_name=Brennan-Walsh", "Aoife Brennan-Walsh"),
        ("policyholderName: Łucja Żak", "Łucja Żak"),
        ("I am Fatima al-Zahra bint Omar and my car was hit.", "Fatima al-Zahra bint Omar"),
        ("Hail dented my hood. Dana Whitfield. What's next?", "Dana Whitfield"),
        ("Hail dented my hood. Regards, J. Field, jane.field@example.com", "Jane Field"),
        ("hey its tyrone banks, somebody keyed my car", "Tyrone Banks"),
        ("somebody keyed my car. name is marisol vega 847 555 0116", "Marisol Vega"),
        ("Kowalski, Jan's car was hit. Ines Valdivieso, 27 Elm Circle, Wichita.", "Ines Valdivieso"),
        ("Rats ate the wiring. Ruben Castellanos is the name.", "Ruben Castellanos"),
        ("Theodora Lind\n4 Heron Point\n\nHail broke my panes.\n\nWarmly,\nTheodora", "Theodora Lind"),
        ("He hit me and said his name is Billy Strand. My name's Jada Monroe.", "Jada Monroe"),
        ("It ran down to the unit below (owner: Rita Flores).\nYours,\nLeonard Bixby", "Leonard Bixby"),
        (
            "how much will they want for it, and do you even cover that?\nemeka obi-hall 614-555-0172",
            "Emeka Obi-Hall",
        ),
    ],
)
def test_the_claimant_is_named_in_many_ways(text: str, name: str) -> None:
    assert read(text).claimant_name == name


def test_a_chat_names_the_claimant_before_the_lines() -> None:
    said = ("Tess (support): What happened?", "Omar Haddad: a cart hit my car", "Omar Haddad: yesterday")
    assert read("\n".join((*said, "Tess (support): Anything else?"))).claimant_name == "Omar Haddad"


@pytest.mark.parametrize(
    "opening",
    [
        "On behalf of our client, Mr. Joaquín Etxeberria, we report a collision.",
        "Our client: Joaquín Etxeberria\nA collision is reported.",
        "This firm represents Mr. Joaquín Etxeberria after a collision.",
        "I write for my father, Joaquín Etxeberria, who had a collision.",
        "I am reporting a collision for the owner of the car, Mr. Joaquín Etxeberria.",
        "I'm the daughter of Joaquín Etxeberria, who had a collision.",
        "We have been retained by Joaquín Etxeberria after a collision.",
        "We were engaged to assist your insured, Joaquín Etxeberria, after a collision.",
        "A collision of one of my customers:\n\nJoaquín Etxeberria (named insured).",
        "My uncle, Joaquín Etxeberria, had a collision and asked me to write.",
    ],
)
def test_who_writes_for_a_client_is_not_the_claimant(opening: str) -> None:
    text = (
        f"{opening} He can be reached at 305-555-0117 or joaquin.etxeberria@example.com.\n"
        "Kind regards,\nHelga Straume\nh.straume@brokers.example\nTel. 305-555-0172"
    )
    facts = read(text)

    assert (facts.claimant_name, facts.email, facts.phone) == (
        "Joaquín Etxeberria",
        "joaquin.etxeberria@example.com",
        "+13055550117",
    )


def test_a_tenant_or_neighbour_who_is_mentioned_is_no_client() -> None:
    assert client("My tenant, Hugo Lindgren, was away. My neighbor, Ray Dunn, saw it.") == Facts()


def test_the_fields_of_an_email_are_the_senders_unless_the_letter_names_a_client() -> None:
    sender = {"name": "Camille Rousseau", "email": "camille@example.net"}
    mail = {"claimant": sender, "metadata": {"source": "email"}}
    own = Submission.model_validate({**mail, "narrative": "My kitchen burned."})
    mothers = Submission.model_validate(
        {
            **mail,
            "narrative": "I write for my mother, Delphine Rousseau. Her address is delphine@example.com.",
        }
    )

    assert (facts_of(own, SENT).values.claimant_name, facts_of(own, SENT).values.email) == (
        "Camille Rousseau",
        "camille@example.net",
    )
    assert (facts_of(mothers, SENT).values.claimant_name, facts_of(mothers, SENT).values.email) == (
        "Delphine Rousseau",
        "delphine@example.com",
    )


def test_an_initial_of_the_senders_is_written_out_as_the_letter_signs() -> None:
    mail = {"claimant": {"name": "M. Roy", "email": "roy@example.net"}, "metadata": {"source": "email"}}
    sent = Submission.model_validate({**mail, "narrative": "My kitchen burned.\n\nMireille Roy"})

    assert facts_of(sent, SENT).values.claimant_name == "Mireille Roy"


# --- how to reach them -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("My mobile is +44 (0)20 7946 0417.", "+442079460417"),
        ("Hit in London SW11. Mobile 07700 900588.", "+447700900588"),
        ("Storm in Cork. Telephone me on 020 911 0417.", "+353209110417"),
        ("Hit in Lyon. Tel. 01 99 00 06 55", "+33199000655"),
        ("The surgeon's office is 585-555-0190; mine at home is 585-555-0126.", "+15855550126"),
        ("Call me on 419-555-0163. My wife Janelle (419-555-0111) saw it too.", "+14195550163"),
        ("His supervisor, Pat Quill (414-555-0100), was rude. My name is Thomas Okonjo.", None),
        ("Fence guy (814-555-0100) wants $900. I am Zofia Kowalczyk.", None),
        ("Ms. Tran was hit. Her cell is 413-555-0191.", "+14135550191"),
        ("I was hit. Her cell is 413-555-0191.", None),
        ("The car belongs to a Mr. Gareth Pugh of Oxford, telephone 413-555-0191.", None),
        ("I was hit. The tow company, Gables, can confirm it (413-555-0191).", None),
        ("I was hit by a car driven by Lisa Monroe, 55 E. 21st St., (413) 555-0191.", None),
    ],
)
def test_a_number_is_the_claimants_only_if_nobody_elses(text: str, phone: str | None) -> None:
    assert read(text).phone == phone


def test_what_the_carriers_side_says_in_a_chat_is_not_the_claimants() -> None:
    facts = read(
        "[10:02] Agent Louise: How can I help?\n"
        "[10:03] Visitor: somebody backed into my car\n"
        "[10:04] Agent Louise: Your name and number?\n"
        "[10:05] Visitor: Shanelle Ogbourne, AUT-205190\n"
        "[10:06] Visitor: 217-555-0102\n"
        "[10:07] Agent Louise: Thank you. If anything comes up call me on 217-555-0133.\n"
    )

    assert (facts.claimant_name, facts.phone) == ("Shanelle Ogbourne", "+12175550102")


@pytest.mark.parametrize(
    ("written", "phone"),
    [("614-555-0107", "+16145550107"), ("+1 612 555 0154", "+16125550154"), ("12", None)],
)
def test_a_field_for_phone_numbers_is_read(written: str, phone: str | None) -> None:
    assert parse_phone(written) == phone


def test_the_number_in_a_letter_that_is_enclosed_is_not_the_claimants() -> None:
    enclosed = "---------- Forwarded message ---------\nFrom: Dale\n\nIf they need me: 971-555-0136."

    assert read(f"See the mail of the man who hit me.\n\nChau Nguyen\n\n{enclosed}").phone is None
    assert read(f"See the mail below.\n\n{enclosed}").phone == "+19715550136"


# --- amounts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("The shop wants 2,260 dollars and the tow was 200, so 2,460 altogether.", "2460"),
        ("Est. $5,200.50 per Sandia Collision + $300 towing.", "5500.50"),
        ("Plumber $430 plus $2,100 for the floor. My deductible is $500.", "2530"),
        ("Repair is $3,400 and the rental $220, I want both.", "3620"),
        (
            "One offer was $9,900; a second came in at $6,480, and it is this one that I wish to claim.",
            "6480",
        ),
        ("My claim for the hubcaps in 2017 came to $140. This time he says 3,150 dollars.", "3150"),
        ("The shop says twelve hundred.", "1200"),
        ("Estimate is Rs. 45,000/-", "45000"),
        ("He quoted $2,085, then found more and now it's $2,460.", "2460"),
        ("It is valued at $3,400; I bought it in 2023 for $5,100.", "3400"),
        ("Its value is $46,200. Storage is charged at $45 per day.", "46200"),
        ("The roof is £2,150 and the stairs £600; I should like to claim both, that is £2,750.", "2750"),
        ("The shop says 3,050. There was a $75 fee.", "3050"),
        ("est is 2 thousand 7 hundrid dolars", "2700"),
        ("It will be two and a half thousand dollars.", "2500"),
        ("The figure we have been given is $29,940. An electrician charged $95.", "29940"),
        ("Damage about 1.2 lakh rupees, Rs. 1.2 lakh.", "120000"),
        ("The RV cost $48,000 in 2022. The estimate is six thousand two hundred fifty dollars.", "6250"),
        ("No bill yet. Can the visit of Oct 19 ($210) be submitted separately?", None),
    ],
)
def test_the_amount_is_the_one_that_is_claimed(text: str, amount: str | None) -> None:
    assert read(text).claim_amount == (Decimal(amount) if amount else None)


# --- places ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("It was parked in front of Lincoln Elementary School, Tupelo Street.", "Lincoln Elementary School"),
        ("My car stood in the lot behind the Cedar Downs Diner when it was hit.", "Cedar Downs Diner"),
        ("My bag was stolen on the tram number 28 in Lisbon.", "tram number 28 in Lisbon"),
        ("The flight was cancelled when we stood at JFK.", "JFK"),
        ("Our sailboat hit a log on Lake Mendota.", "Lake Mendota"),
        ("It stood in front of number 12, Elm Crescent, Rochester.", "12, Elm Crescent"),
        ("I fainted and was treated at the Hospital Dr. Nélio Mendonça in Funchal.", "Nélio Mendonça"),
        ("place_of_occurrence: Storrow Drive, Boston", "Storrow Drive"),
        (
            "They broke into our van at a viewpoint above Dubrovnik. A garage in Split asks 900 euros.",
            "Dubrovnik",
        ),
        (
            "I live in the Am Kornfeld 21 in 12043 Berlin, and the storm broke my door.",
            "Kornfeld 21 in 12043 Berlin",
        ),
        ("I dropped my phone from the boat on Walden Pond.", "Walden Pond"),
        ("We were rear-ended on the M25 near junction 10.", "M25 near junction 10"),
        ("Somebody hit my car at 5th and Pine in Seattle.", "5th and Pine in Seattle"),
        ("My scooter was hit at Place de la République in Paris.", "Place de la République"),
        (
            "SOMEBODY HIT MY CAR ON 25TH STREET IN FARGO WHILE I WAS IN THE GROCERY STORE",
            "25th Street in Fargo",
        ),
        (
            "From: Joao Pires, 17 Palm Quay, Miami\nMy car was parked at the marina at Dinner Key.",
            "Dinner Key",
        ),
    ],
)
def test_a_place_is_found_by_what_it_is_called(text: str, place: str) -> None:
    assert place in (read(text).incident_location or "")


# --- forms -------------------------------------------------------------------------------------


def test_a_pasted_object_is_read_as_labels() -> None:
    facts = read(
        'From the app: {"policyNumber": "AUT-300111", "insuredName": "Chinedu Okonkwo", "dateOfLoss": '
        '"2026-11-12", "estimate": 4120.5, "contact": {"phone": "225.555.0144"}} A truck hit me.'
    )

    assert (facts.policy_number, facts.claimant_name, facts.incident_date) == (
        "AUT-300111",
        "Chinedu Okonkwo",
        dt.date(2026, 11, 12),
    )
    assert (facts.claim_amount, facts.phone) == (Decimal("4120.50"), "+12255550144")


def test_a_table_that_became_lines_is_read_as_labels() -> None:
    facts = read("Name\nXu Wenjing\nDate of loss\nNov 9, 2026\nWhat happened\nA pipe burst.\nAmount\n$6,300")

    assert (facts.claimant_name, facts.incident_date, facts.claim_amount) == (
        "Xu Wenjing",
        dt.date(2026, 11, 9),
        Decimal("6300"),
    )


def test_a_policy_number_that_only_the_answered_letter_names_is_found() -> None:
    reply = "It happened on the 6th.\n" * 8
    assert (
        read(f"{reply}\n> thank you for your message about policy AUT-206118").policy_number == "AUT-206118"
    )


def test_rows_with_a_semicolon_are_read_as_labels() -> None:
    facts = read("Insured person;Bertrand Lacombe\nOccurred at;railway station, Lyon\nOccurred on;2026-11-12")

    assert (facts.claimant_name, facts.incident_location, facts.incident_date) == (
        "Bertrand Lacombe",
        "railway station, Lyon",
        dt.date(2026, 11, 12),
    )
