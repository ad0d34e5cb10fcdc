"""Claims with what approval by rule pays for them, and what it must not pay."""
