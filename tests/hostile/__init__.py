"""Hostile input: what is sent by somebody who means it, and what is sent by machines gone wrong."""
