"""What the regimes share: vocabulary, countries, units, calendars."""
