"""What letters say beside facts: their language, a withdrawal, a mere question, how many incidents."""

import datetime as dt
import subprocess
import sys

import pytest

from reading import read_letter
from shared.models.papers import LetterSigns

SENT = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)


def signs(text: str) -> LetterSigns:
    return read_letter(text, sent_at=SENT).signs


FOREIGN = {
    "de": "Sehr geehrte Damen und Herren, gestern wurde mein Auto auf dem Parkplatz beschädigt.",
    "fr": "Bonjour, ma voiture a été volée hier soir devant la maison. La police est venue dans la nuit.",
    "es": "Ayer por la noche un coche chocó con mi coche en la calle. Mi hija fue llevada al hospital.",
    "it": "Ieri mattina la mia auto è stata tamponata in via Roma. Non ci sono feriti.",
    "nl": "Gisteren is mijn auto aangereden op de parkeerplaats. Er is veel schade aan het portier.",
    "pl": "Wczoraj mój samochód został uderzony na parkingu. Nie było policji i nie ma rannych.",
    "pt": "Ontem o meu carro foi roubado em Lisboa. A polícia foi chamada e não há feridos.",
}


@pytest.mark.parametrize("language", FOREIGN)
def test_a_letter_in_another_language_gives_neutral_facts_alone(language: str) -> None:
    read = read_letter(f"{FOREIGN[language]}\nAUT-204518\njo@example.com", sent_at=SENT)

    assert read.signs.languages == (language,)
    assert {*read.found} <= {"policy_number", "email", "phone", "incident_date", "claim_amount", "currency"}
    assert read.facts.policy_number == "AUT-204518"
    assert read.facts.email == "jo@example.com"


ENGLISH = [
    "hail dented roof",
    "rear ended I-71 bumper crushed policy AUT-204518",
    "Name: Łukasz Żółkiewski\nAddress: Calle de la Princesa 3, Madrid\nLoss: hail on roof",
    "I was rear-ended in the Rue de la Paix in Paris by Jean de La Fontaine. Nobody was hurt.",
    "- hood\n- windshield\n- left mirror",
    "",
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english_stays_english(text: str) -> None:
    assert signs(text).languages == ()


def test_an_english_letter_does_not_load_the_language_library() -> None:
    code = (
        "import datetime as dt, sys, reading;"
        "reading.read_letter('Hail dented my car.', sent_at=dt.datetime(2026, 11, 30, tzinfo=dt.UTC));"
        "sys.exit('py3langid' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "text",
    ["Please disregard this, I withdraw my claim.", "Never mind, found it.", "Please cancel the claim."],
)
def test_a_withdrawal_is_seen(text: str) -> None:
    assert signs(text).is_withdrawal


@pytest.mark.parametrize(
    "text",
    ["I do not want to withdraw my claim.", "Can I cancel my claim later?", "My flight was cancelled."],
)
def test_no_withdrawal_is_seen_where_there_is_none(text: str) -> None:
    assert not signs(text).is_withdrawal


@pytest.mark.parametrize(
    ("text", "is_question"),
    [
        ("Would this be covered if a tree fell on my roof?", True),
        ("How do I file a claim?", True),
        ("How do I file a claim? A storm tore off my roof.", False),
        ("I backed into a post.", False),
    ],
)
def test_a_letter_that_only_asks_is_a_question(text: str, is_question: bool) -> None:
    assert signs(text).is_question is is_question


@pytest.mark.parametrize(
    ("text", "incidents"),
    [
        ("Hail dented my car. Also last month I hit a post with it.", 2),
        (
            "On November 2, 2026 I scraped a pillar, and on November 9, 2026 I backed into a post.",
            2,
        ),
        ("On November 2, 2026 I backed into a post. The repair was on November 9, 2026.", 1),
        ("I backed into a post. My previous claim was for a second accident years ago.", 1),
    ],
)
def test_incidents_with_claims_of_their_own_are_counted(text: str, incidents: int) -> None:
    assert signs(text).incidents == incidents


def test_every_policy_is_named_once() -> None:
    text = "My policy is AUT-204518 (AUT204518). The old policy was AUT-110022."

    assert signs(text).policies == ("AUT-204518", "AUT-110022")
