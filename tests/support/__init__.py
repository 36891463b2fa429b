"""Helpers that several test folders share: waiting, fakes of the clock and the journal, real tools."""
