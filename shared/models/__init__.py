"""The data types of the app: what comes in, what is known of a claim, its inbox and its events.

Instants are UTC with a zone; durations are ISO 8601; money is a `Decimal` in the
policy's currency and a JSON number on the wire.
"""
