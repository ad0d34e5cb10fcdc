"""The country whose phone numbers a text gives without a country code."""

import re

HOME = "US"
_SIGNS = {
    "GB": r"£|\bGBP\b|\b(?:UK|United Kingdom|England|Scotland|Wales|London|Manchester|Birmingham|Bristol"
    r"|Leeds|Liverpool|Glasgow|Edinburgh|Cardiff|Belfast)\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b",
    "IE": r"\b(?:Ireland|Dublin|Cork|Galway|Limerick|Waterford)\b|\b[A-Z]\d[\dW] [A-Z][A-Z\d]{3}\b",
    "FR": r"\b(?:France|Paris|Lyon|Marseille|Toulouse|Nice|Bordeaux|Lille)\b|\b(?:rue|impasse)\b",
    "DE": r"\b(?:Germany|Deutschland|Berlin|Hamburg|M[uü]nchen|Munich|K[oö]ln|Cologne|Frankfurt|Stuttgart)\b"
    r"|\w(?:stra(?:ß|ss)e|str\.)",
    "AT": r"\b(?:Austria|[OÖ]sterreich|Vienna|Wien|Graz|Salzburg|Linz|Innsbruck)\b",
    "CH": r"\bCHF\b|\b(?:Switzerland|Schweiz|Z[uü]rich|Geneva|Gen[eè]ve|Basel|Bern|Lausanne)\b",
    "NL": r"\b(?:Netherlands|Nederland|Amsterdam|Rotterdam|Utrecht|Eindhoven|The Hague)\b",
    "BE": r"\b(?:Belgium|Brussels|Bruxelles|Antwerp(?:en)?|Ghent|Gent|Li[eè]ge)\b",
    "ES": r"\b(?:Spain|Espa[nñ]a|Madrid|Barcelona|Valencia|Sevill[ae]|M[aá]laga|Bilbao)\b",
    "IT": r"\b(?:Italy|Italia|Rom[ae]|Milano?|Turin|Torino|Naples|Napoli|Florence|Firenze|Bologna)\b",
    "IN": r"₹|\bINR\b|\b(?:India|Mumbai|Delhi|Bengaluru|Bangalore|Chennai|Kolkata|Hyderabad|Pune)\b",
    "NG": r"₦|\bNGN\b|\b(?:Nigeria|Lagos|Abuja|Kano|Ibadan|Port Harcourt)\b",
    "AU": r"\bAUD\b|\b(?:Australia|Sydney|Brisbane|Perth|Adelaide)\b",
    "NZ": r"\bNZD\b|\b(?:New Zealand|Auckland|Wellington|Christchurch)\b",
    "ZA": r"\bZAR\b|\b(?:South Africa|Johannesburg|Cape Town|Durban|Pretoria)\b",
    "AE": r"\bAED\b|\b(?:Dubai|Abu Dhabi|Sharjah|UAE)\b",
}
"""By the code of ISO 3166: the country's money, name, towns, streets and postcodes."""
_READ = 4_000


def region_of(text: str) -> str | None:
    """The country abroad of which `text` says most; None if it speaks of none."""
    counted = {region: len(re.findall(signs, text[:_READ])) for region, signs in _SIGNS.items()}
    likeliest = max(counted, key=lambda region: counted[region])
    return likeliest if counted[likeliest] else None
