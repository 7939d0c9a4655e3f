"""Formulas of spreadsheets: which values become one, and act, when a table that holds them is opened."""
