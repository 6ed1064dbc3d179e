"""Indicators: folds over entries (DESIGN §2)."""
