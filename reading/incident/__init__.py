"""What happened: the kind of claim, when, where, to what, who was hurt, and what is claimed."""
