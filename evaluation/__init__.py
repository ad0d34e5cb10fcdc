"""How well the agents read: labelled claims and documents, run through the real intake, and what came out."""
