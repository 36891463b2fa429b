"""The tests of the wizard, one folder for each package; ``support`` has what they share."""
