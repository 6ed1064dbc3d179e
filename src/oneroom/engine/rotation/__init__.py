"""Who must leave his post and when, who may be put in which, and a round of moves that holds every rule (row T39)."""
