"""Recorded traffic: read it, judge it with the engine, and hold the verdicts to what was expected."""
