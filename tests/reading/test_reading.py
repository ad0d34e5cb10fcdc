"""Reading one fact at a time, documents on file, answers in notes, and hostile texts."""

import datetime as dt
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reading import parse_answer, read_document, read_narrative
from reading.text.narrative import HEAD, TAIL, prepare
from shared.models.facts import Facts

FRAGMENTS = [
    *(
        "$4,850",
        "€ 1.200,50",
        "99999999999999 dollars",
        "three million bucks",
        "total:",
        "deductible",
        "\n",
        "- ",
        "| a | b |",
    ),
    *(
        "02/30/2026",
        "31.12.99",
        "yesterday",
        "999 weeks ago",
        "the 31st",
        "Feb 29",
        "Policy #:",
        "AUT-204518",
        "Name:",
    ),
    *(
        "jo@example.com",
        "+1 217 555 0142",
        "police",
        "not",
        "no",
        "until",
        "my car",
        "our roof",
        "hail",
        "fire",
        "hit",
    ),
    *(
        "From: Jo",
        "Date: Mon",
        "Sincerely,",
        "Jo Field",
        "Main St and 5th Ave",
        "Riverside Auto Body",
        "?",
        "Yes.",
        "# A",
    ),
]
SENT = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
"""A Friday."""


def read(text: str) -> Facts:
    return read_narrative(text, sent_at=SENT)


def answer(kind: str, text: str) -> Facts:
    return parse_answer(kind, text, sent_at=SENT)


# --- claim type --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "claim_type"),
    [
        ("Hail dented the hood of my Corolla.", "auto_comprehensive"),
        ("Hail broke half of our shingles.", "home_storm"),
        ("My car caught fire on the highway.", "auto_comprehensive"),
        ("A fire destroyed our kitchen.", "home_fire"),
        ("A tree came down on the roof of our house.", "home_storm"),
        ("A tree came down on my parked car.", "auto_comprehensive"),
        ("Someone stole my car.", "auto_comprehensive"),
        ("Burglars stole our television from the living room.", "other"),
        ("I hit a deer with my truck.", "auto_comprehensive"),
        ("I hit a parked truck.", "auto_collision"),
        ("I was hospitalized with pneumonia.", "medical"),
        ("I was rear-ended and had to go to the hospital for x-rays.", "auto_collision"),
        ("A pipe burst in our bathroom.", "other"),
        ("The streetcar caught my mirror and the whole left side.", "auto_collision"),
        ("A lorry shoved my car into the barrier.", "auto_collision"),
        ("Backed out of the garage and scraped the side of the Honda along the wall.", "auto_collision"),
        ("I knocked a cyclist off his bike with my Polo.", "auto_collision"),
        ("Our Civic was broadsided at the junction and the rear window burst.", "auto_collision"),
        ("I went over a pothole and bent a rim.", "auto_collision"),
        ("Somebody has taken the Corsa from our drive.", "auto_comprehensive"),
        ("The fuel tank of my truck was drilled and the diesel drained.", "auto_comprehensive"),
        ("Someone ran a key along both sides of my Astra.", "auto_comprehensive"),
        ("All four tires of my Civic were punctured.", "auto_comprehensive"),
        ("A stone came up from the lorry ahead and starred my windscreen.", "auto_comprehensive"),
        ("The river came up and my van stood in water to the seats.", "auto_comprehensive"),
        ("A roof tile slid off and went through the back window of my Golf.", "auto_comprehensive"),
        ("A marten has bitten through the cables of my Skoda.", "auto_comprehensive"),
        ("Lightning struck our gable and the attic burned.", "home_fire"),
        ("Lightning and wind took the antenna off our roof.", "home_storm"),
        ("The fat in the pan went up and the kitchen is sooty.", "home_fire"),
        ("The charger of the scooter exploded in the hall.", "home_fire"),
        ("Meltwater backed up behind the ice on the eaves.", "home_storm"),
        ("The carport of our house collapsed in the blizzard; the car was not in it.", "home_storm"),
        ("My daughter was born by caesarean and the clinic sent its bill.", "medical"),
        ("I fell off a ladder and they put a plate in my ankle.", "medical"),
        ("Our cat swallowed a needle and the vet operated on her.", "other"),
        ("Our dog ran into the road and a cyclist wants compensation from us.", "other"),
        ("I was hit on the crosswalk and had a concussion.", "auto_collision"),
        ("A taxi knocked my son off his scooter.", "auto_collision"),
        ("My motorcycle slipped on gravel and I broke my collarbone.", "auto_collision"),
        ("The whole left side of my van is pushed in.", "auto_collision"),
        ("I drove over a traffic island and bent two rims.", "auto_collision"),
        ("Hit and run: someone smashed into my parked Ram.", "auto_collision"),
        ("A big animal jump from the right and my car is all broken.", "auto_comprehensive"),
        ("A cow was standing on the road and I hit it with my Kia.", "auto_comprehensive"),
        ("This morning my car was not where I parked it.", "auto_comprehensive"),
        ("They cut the catalytic converter off my Prius.", "auto_comprehensive"),
        ("The garage door came down on the roof of my car.", "auto_comprehensive"),
        ("Lightning struck my motorhome.", "auto_comprehensive"),
        ("The toaster set fire to the kitchen.", "home_fire"),
        ("The scooter battery went up in the hallway, the walls are burnt.", "home_fire"),
        ("The wind ripped the awning off and broke two windows at our home.", "home_storm"),
        ("Trees are down across the fence and one is leaning on the house.", "home_storm"),
        ("I had my knee operated on and would like my money back.", "medical"),
        ("A night at the heart center with palpitations.", "medical"),
        ("My suitcase is lost; it was last seen in ward 3 of the depot.", "other"),
        ("A semi squeezed me against the concrete wall.", "auto_collision"),
        ("A horse kicked the door of my Jeep.", "auto_comprehensive"),
        ("Unknown offenders tried to break open my car.", "auto_comprehensive"),
        ("When I came back my car had no wheels.", "auto_comprehensive"),
        ("A branch broke the skylight of our house.", "home_storm"),
        ("The left fender of my Skoda is dented.", "auto_collision"),
        ("Policy AUT-205559. The bumper and the grille are broken.", "auto_collision"),
        ("Policy HLT-330266. Costs of last Thursday.", "medical"),
        ("Policy HOM-118425, licence PA-20931. Wind took the roof covering.", "home_storm"),
    ],
)
def test_the_type_follows_from_what_happened_to_what(text: str, claim_type: str) -> None:
    assert read(text).claim_type == claim_type


@pytest.mark.parametrize(
    "text",
    [
        "The storm tore off our gutters. There was no fire.",
        "The storm tore off our gutters, without any fire or smoke damage.",
        "The storm tore off our gutters. My previous claim in 2019 was for a kitchen fire.",
        "Was there a fire? No, the storm tore off our gutters.",
    ],
)
def test_what_is_denied_asked_or_long_past_is_no_evidence(text: str) -> None:
    assert read(text).claim_type == "home_storm"


def test_what_is_told_before_a_question_without_a_full_stop_is_evidence() -> None:
    told = "a truck ahead threw up a stone and now a crack runs right across the whole windscreen, tues"

    assert read(f"{told} do i even need to send pics??").claim_type == "auto_comprehensive"


def test_a_stated_type_outweighs_the_words_of_the_story() -> None:
    assert (
        read("Claim type: home_fire\nThe wind carried the flames over the fence.").claim_type == "home_fire"
    )


@pytest.mark.parametrize(
    ("text", "claim_type"), [("", None), ("  \n ", None), ("12345", None), ("Hello.", "other")]
)
def test_a_text_without_words_has_no_type_and_one_without_evidence_is_other(
    text: str, claim_type: str | None
) -> None:
    assert read(text).claim_type == claim_type


# --- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("on March 5, 2026", "2026-03-05"),
        ("on 5 March 2026", "2026-03-05"),
        ("on the 5th of March", "2026-03-05"),
        ("on 2026-03-05", "2026-03-05"),
        ("on 03/05/2026", "2026-03-05"),
        ("on 25/03/2026", "2026-03-25"),
        ("on 05.03.2026", "2026-03-05"),
        ("on 3/5/26", "2026-03-05"),
        ("on Mar. 5th", "2026-03-05"),
        ("on December 24", "2025-12-24"),
        ("on December 24 last year", "2025-12-24"),
        ("on Halloween", "2026-10-31"),
        ("on the 12th", "2026-11-12"),
        ("on the 25th", "2026-10-25"),
        ("today", "2026-11-20"),
        ("two hours ago", "2026-11-20"),
        ("last night", "2026-11-19"),
        ("the day before yesterday", "2026-11-18"),
        ("three days ago", "2026-11-17"),
        ("a couple of weeks ago", "2026-11-06"),
        ("on Tuesday", "2026-11-17"),
        ("last Friday night", "2026-11-13"),
        ("two weeks ago on Tuesday", "2026-11-03"),
        ("last week on Wednesday", "2026-11-11"),
        ("yesterday (November 18th)", "2026-11-18"),
        ("between February 30 and 31", None),
        ("next Tuesday, November 24, 2026", None),
    ],
)
def test_days_are_read_in_every_usual_form(words: str, date: str | None) -> None:
    found = read(f"The accident happened {words}.").incident_date

    assert found == (dt.date.fromisoformat(date) if date else None)


def test_relative_days_count_from_the_date_line_of_the_text() -> None:
    text = (
        "From: Jo Field <jo@example.com>\nDate: Mon, 9 Nov 2026 23:50:00 -0500\n\nYesterday I was rear-ended."
    )

    assert read(text).incident_date == dt.date(2026, 11, 8)


@pytest.mark.parametrize(
    "other",
    [
        "I was born on May 2, 1979.",
        "My policy has been effective since January 1, 2026.",
        "The estimate is dated November 10, 2026 and valid until December 31, 2026.",
        "My appointment with the adjuster is on November 19.",
        "The invoice was issued on 11/12/2026.",
    ],
)
def test_the_other_days_in_a_letter_are_not_the_incidents(other: str) -> None:
    assert read(f"{other} On November 3 a van hit my car. {other}").incident_date == dt.date(2026, 11, 3)
    assert read(f"My car was hit by a van. {other}").incident_date is None


# --- amounts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "amount", "currency"),
    [
        ("USD 4,850.00", "4850.00", "USD"),
        ("$4.850", "4850", "USD"),
        ("4,850 dollars", "4850", "USD"),
        ("about 3k", "3000", None),
        ("€ 1.200,50", "1200.50", "EUR"),
        ("£900", "900", "GBP"),
        ("1'250.00 CHF", "1250.00", "CHF"),
        ("three thousand two hundred dollars", "3200", "USD"),
        ("twelve hundred bucks", "1200", "USD"),
    ],
)
def test_amounts_are_read_in_every_usual_form(words: str, amount: str, currency: str | None) -> None:
    facts = read(f"The repair will cost {words}.")

    assert (facts.claim_amount, facts.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "other",
    [
        "My deductible is $500.",
        "There is a $9,000 deductible.",
        "My coverage limit is $50,000.",
        "Labor is $140 per hour.",
        "I bought the car for $24,000.",
        "My premium is $1,100.",
        "Odometer: 48,200 miles.",
    ],
)
def test_the_other_sums_in_a_letter_are_not_claimed(other: str) -> None:
    assert read(f"{other} The estimate is $3,200. {other}").claim_amount == 3200


def test_a_total_outweighs_its_parts() -> None:
    assert read("Parts: $1,400\nLabor: $900\nTotal: $2,300").claim_amount == 2300


def test_positions_without_a_total_are_added_up() -> None:
    assert read("## Damages\n- Rear bumper: $2,500\n- Neck strain: $350").claim_amount == 2850


# --- policy, contact, place --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("policy no. hlt 330071", "HLT-330071"),
        ("My policy is HOM118204.", "HOM-118204"),
        ("Policy #: POL-2024-001", "POL-2024-001"),
        ("my policy number is X12345", "X12345"),
        ("Claim number CLM-778812, plate 7KLM332, phone 217-555-0142", None),
        ("I live at 1244 Quarry Street, Pittsburgh, PA 15203.", None),
        ("His policy number is GB-77812. My policy number is QR-55120.", "QR-55120"),
    ],
)
def test_the_policy_number_is_told_from_other_numbers(text: str, number: str | None) -> None:
    assert read(text).policy_number == number


def test_the_contact_is_the_claimants_own() -> None:
    facts = read(
        "The other driver, Kyle Denning, can be reached at 812-555-0101 (kyle@example.net). The body shop's "
        "number is 812-555-0188, estimates@example.org. Call me at (812) 555-0177 or write to "
        "grace.kim@example.com.\n"
        "Regards,\nGrace Kim"
    )

    assert (facts.claimant_name, facts.email, facts.phone) == (
        "Grace Kim",
        "grace.kim@example.com",
        "+18125550177",
    )


def test_a_name_and_place_are_found_without_capitals() -> None:
    facts = read(
        "my name is john carter and yesterday somebody hit my car on speedway blvd in tucson. "
        "please call 520-555-0188"
    )

    assert (facts.claimant_name, facts.incident_location) == ("John Carter", "Speedway Blvd in Tucson")


def test_an_address_of_home_is_the_place_of_its_damage_and_not_of_an_accident() -> None:
    home = "I live at 4 Oak Lane, Salem."

    assert read(f"{home} Hail broke our skylight.").incident_location == "4 Oak Lane, Salem"
    assert read(f"{home} I was rear-ended on Elm Street.").incident_location == "Elm Street"


# --- yes and no --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "injuries"),
    [
        ("Nobody was hurt.", False),
        ("There were no injuries.", False),
        ("We are all fine.", False),
        ("Was anyone injured? No.", False),
        ("Injuries: none", False),
        ("My neck is sore.", True),
        ("Nobody else was hurt, but I broke my wrist.", True),
        ("At first nobody was hurt. The next day I went to urgent care.", True),
        ("She breathed in smoke and spent a night in hospital.", True),
        ("My wife has two cracked ribs.", True),
        ("My daughter was taken away by paramedics.", True),
        ("All of us walked away unharmed.", False),
        ("Anyone injured? [ ] yes  [x] no", False),
        ("Anyone injured? yes [x] no [ ]", True),
        ("persons_injured: yes - my wife", True),
        ("Anyone sitting there would have been hurt.", None),
        ("A marten has bitten through the cables.", None),
        ("Please tell me whether anyone hurt should be reported.", None),
        ("The paint has blistered.", None),
        ("No police, she just called a doctor: I was injured.", True),
        ("The bumper is damaged.", None),
    ],
)
def test_injuries_are_told_from_their_absence(text: str, injuries: bool | None) -> None:
    assert read(text).injuries is injuries


@pytest.mark.parametrize(
    ("text", "police"),
    [
        ("The police came and took a report.", True),
        ("An officer gave me the report number.", True),
        ("I filed a report with the sheriff.", True),
        ("Police were not called.", False),
        ("We didn't call the cops.", False),
        ("No police were involved.", False),
        ("Did you call the police? No, we just swapped details.", False),
        ("The police did not arrive until an hour later.", True),
        ("A patrol car stopped and a sergeant noted it all.", True),
        ("PC Lowe attended.", True),
        ("Security called the police.", True),
        ("I called the police but they said they don't come for a dent.", False),
        ("The police had nothing to do with it.", False),
        ("There was no reason to get the police out.", False),
        ("Police informed? [ ] yes  [x] no", False),
        ("Police: not notified", False),
        ("Police       yes\nGarda        not involved", True),
        ("Garda: not involved", False),
        ("Neither of us saw a doctor, nor did we see any need for the police.", False),
        ("The Autobahnpolizei recorded the accident.", True),
        ("The policija came and gave us a paper.", True),
        ("Reported at the station, number 26-771.", True),
        ("I was standing in front of the police station.", None),
        ("My brother is a police officer.", None),
        ("Do I need to call the police?", None),
        ("The bumper is damaged.", None),
    ],
)
def test_the_police_count_only_if_they_were_there(text: str, police: bool | None) -> None:
    assert read(text).police_involved is police


@pytest.mark.parametrize(
    ("text", "theft"),
    [
        ("My car was stolen.", True),
        ("Someone keyed both doors.", True),
        ("My handbag was snatched on the tram.", True),
        ("They broke the window of my truck and the tools are all gone.", True),
        ("Two tyres of my car were slit with a knife.", True),
        ("Paint was sprayed over the hood by unknown persons.", True),
        ("The stereo and the glovebox contents are gone.", True),
        ("My truck was not where I left it.", True),
        ("They popped the lock and went through everything.", True),
        ("My mirrors were broken off by some drunk people.", True),
        ("My car was set on fire last night.", True),
        ("The toaster set fire to the kitchen.", None),
        ("Someone smashed into my car and drove away.", None),
        ("Nothing was stolen.", False),
        ("They took the car to the garage.", None),
        ("My wheel was removed by the mechanic.", None),
        ("I lost my camera, maybe it was stolen.", None),
        ("I was hit by an unknown driver.", None),
        ("A branch fell on my car.", None),
    ],
)
def test_theft_and_vandalism_are_told_from_accidents(text: str, theft: bool | None) -> None:
    assert read(text).theft_or_vandalism is theft


# --- description and vendors -------------------------------------------------------------------


def test_the_description_leaves_out_courtesies_and_stays_short() -> None:
    story = "A van ran the red light and hit my car. " * 60
    description = read(f"Dear team,\n\n{story}\n\nThank you and kind regards\nJo Field").incident_description

    assert description is not None
    assert description.startswith("A van ran the red light")
    assert "regards" not in description
    assert len(description) <= 1_000


def test_vendors_are_named_once_and_without_what_leads_up_to_them() -> None:
    facts = read(
        "I took it to Riverside Auto Body. Riverside Auto Body asks $900. My son was treated at "
        "St. Mary's Hospital. Any auto body shop would do."
    )

    assert facts.vendors == ["Riverside Auto Body", "St. Mary's Hospital"]


# --- documents on file -------------------------------------------------------------------------


def test_a_police_report_shows_that_the_police_were_there() -> None:
    facts = read_document("ACCIDENT REPORT\nUnit 1 struck unit 2. No injuries.", "police_report")

    assert (facts.police_involved, facts.injuries) == (True, False)


def test_a_medical_record_shows_that_someone_was_hurt() -> None:
    assert read_document("Cervical strain.", "medical_records").injuries is True


def test_an_estimate_adds_its_total_and_who_made_it() -> None:
    facts = read_document(
        "Honest Auto Body\nSubtotal: $2,767.00\nTOTAL ESTIMATE: $2,850.22", "repair_estimate"
    )

    assert facts == Facts(claim_amount=Decimal("2850.22"), currency="USD", vendors=["Honest Auto Body"])


def test_a_document_of_another_kind_says_nothing_about_the_claim() -> None:
    text = "My name is Jo Field, policy AUT-204518. My car was stolen on March 5. I claim $900."

    assert read_document(text, "other") == Facts()


# --- answers in notes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "facts"),
    [
        ("policy_number", "AUT-204518", Facts(policy_number="AUT-204518")),
        ("policy_number", "It's aut 204518.", Facts(policy_number="AUT-204518")),
        ("policy_number", "My policy number is ZX-99-1234", Facts(policy_number="ZX-99-1234")),
        ("policy_number", "I don't know", Facts()),
        ("incident_date", "last Friday", Facts(incident_date=dt.date(2026, 11, 13))),
        ("incident_date", "It was on the 5th of March", Facts(incident_date=dt.date(2026, 3, 5))),
        ("incident_date", "3/5", Facts(incident_date=dt.date(2026, 3, 5))),
        ("incident_date", "yesturday", Facts(incident_date=dt.date(2026, 11, 19))),
        ("incident_date", "no idea", Facts()),
        (
            "incident_location",
            "It happened at 12 Elm Street, Dayton",
            Facts(incident_location="12 Elm Street, Dayton"),
        ),
        ("incident_location", "corner of Main and 5th", Facts(incident_location="corner of Main and 5th")),
        ("incident_location", "?", Facts()),
        ("incident_description", "A van hit my car.", Facts(incident_description="A van hit my car.")),
        ("incident_description", "...", Facts()),
        ("claim_amount", "4850", Facts(claim_amount=Decimal(4850))),
        ("claim_amount", "around $4,850.50", Facts(claim_amount=Decimal("4850.50"), currency="USD")),
        ("claim_amount", "4.5k", Facts(claim_amount=Decimal(4500))),
        ("claim_amount", "a lot", Facts()),
        ("contact_information", "jo@example.com", Facts(email="jo@example.com")),
        ("contact_information", "call 217 555 0142", Facts(phone="+12175550142")),
        ("contact_information", "the office knows me", Facts()),
        ("favourite_colour", "blue", Facts()),
    ],
)
def test_an_answer_sets_what_was_asked_for_or_nothing(kind: str, text: str, facts: Facts) -> None:
    assert answer(kind, text) == facts


# --- hostile texts -----------------------------------------------------------------------------

HOSTILE = [
    "a",
    "1",
    "$",
    " ",
    "\n",
    "A ",
    "$1 ",
    "1,",
    "(",
    "<a",
    "a@b.",
    "no, ",
    "a: ",
    "|",
    "deer ran ",
    "a?",
    "somebody took the ",
    "hit the side and ",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_hostile_text_of_the_greatest_length_is_read_to_its_end(unit: str) -> None:
    text = f"{unit * (199_000 // len(unit))}\nMy policy is AUT-204518.\n"

    assert read(text).policy_number == "AUT-204518"


@pytest.mark.parametrize("unit", HOSTILE)
def test_what_is_read_of_a_text_is_bounded(unit: str) -> None:
    assert len(prepare(unit * (200_000 // len(unit))).flow) <= HEAD + TAIL + 2


@settings(derandomize=True, max_examples=60)
@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=20)), max_size=30).map(" ".join))
def test_any_text_can_be_read(text: str) -> None:
    facts = read(text)

    assert Facts.model_validate(facts.model_dump()) == facts
    assert facts.incident_date is None or facts.incident_date <= SENT.date()
    assert facts == read(text)


def test_of_a_long_text_the_beginning_and_the_end_are_read() -> None:
    filler = "We then waited for a while and nothing else was going on at all. " * 3_000
    facts = read(f"My car was stolen on March 5. {filler}\n\nSincerely,\nJo Field\njo.field@example.com")

    assert facts.incident_date == dt.date(2026, 3, 5)
    assert (facts.claimant_name, facts.email) == ("Jo Field", "jo.field@example.com")


def test_importing_the_reading_loads_no_library_and_no_words() -> None:
    program = (
        "import sys, reading\n"
        "heavy = {'dateparser', 'phonenumbers', 'price_parser', 'email_validator', 'ahocorasick', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)), [name for name in sys.modules if 'reading.' in name])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[] []"
