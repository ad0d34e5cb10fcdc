"""The words of the field as types: what comes in, what is known of a claim, and its inbox.

Instants are UTC with a zone; durations are ISO 8601; money is a `Decimal` in the
policy's currency and a JSON number on the wire.
"""
