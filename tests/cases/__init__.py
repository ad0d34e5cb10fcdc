"""Claims with what should become of them."""
