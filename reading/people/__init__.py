"""Who the claimant is, how to reach the claimant, and the vendors and policies that a text names."""
