"""A house without any network, and what looks over its shoulder; on the path of its processes, never imported here."""
